// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.cse.internal.outbound.OutboundNode;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a subscription must be, and the verification of its targets: TS-0004 7.4.8.2.1. */
class SubscriptionRulesTest {
    private final OutboundNetwork network = new OutboundNetwork();
    private OutboundNode node;

    @BeforeEach
    void aContainerAndTwoAes() {
        boot(OutboundNode.settings().withRequestTimeout(Duration.ofMillis(100)));
    }

    private void boot(OutboundSettings settings) {
        node = new OutboundNode("/mn-cse", CseType.MN, network, settings, Optional.empty(), Clock.systemUTC());
        node.side.start();
        node.container("data");
        node.ae("C1", "http://one");
        node.ae("C2", "http://two");
    }

    @AfterEach
    void close() {
        node.close();
    }

    private int subscribe(Attributes.Builder attributes) {
        return node.subscribe("data", "sub", "C1", attributes).statusCode();
    }

    private static Attributes.Builder nu(String... targets) {
        return Attributes.builder().set("nu", List.of(targets));
    }

    private static Attributes.Builder enc(String name, Object value) {
        return nu("http://hook/x").set("enc", Attributes.of(name, value));
    }

    @Test
    void withoutRetrieveNoSubscription() {
        node.mayRetrieve = false;
        assertThat(subscribe(nu("http://hook/x"))).isEqualTo(4103);
    }

    @Test
    @Tag("MQ-53")
    void targetsMustBeThereAndWellFormed() {
        assertThat(subscribe(nu())).isEqualTo(4000);
        assertThat(subscribe(nu("no such thing"))).isEqualTo(4000);
        assertThat(subscribe(nu("http://"))).isEqualTo(4000);
        assertThat(subscribe(nu("mqtt://broker"))).isEqualTo(4000);
        assertThat(subscribe(nu("htp://hook/x"))).as("a scheme of no binding").isEqualTo(4000);
        assertThat(subscribe(nu("http://hook/x").set("su", "a b"))).isEqualTo(4000);
    }

    @Test
    void batchesAndRatesMustSaySomething() {
        assertThat(subscribe(nu("http://hook/x").set("rl", Attributes.of("mnn", 3)))).as("without tww").isEqualTo(4000);
        assertThat(subscribe(nu("http://hook/x").set("rl", Attributes.of("tww", "PT5S")))).as("without mnn").isEqualTo(4000);
        assertThat(subscribe(nu("http://hook/x").set("rl", Attributes.builder().set("mnn", 0).set("tww", "PT5S").build())))
                .isEqualTo(4000);
        assertThat(subscribe(nu("http://hook/x").set("bn", Attributes.of("dur", "PT0S")))).isEqualTo(4000);
        assertThat(subscribe(nu("http://hook/x").set("bn", Attributes.of("dur", "soon")))).isEqualTo(4000);
        assertThat(subscribe(nu("http://hook/x").set("bn", Attributes.empty()).set("rl", Attributes.builder().set("mnn", 1)
                .set("tww", "PT5S").build()).set("acrs", List.of("crs1")))).isEqualTo(2001);
    }

    @Test
    void criteriaMustFitTogether() {
        assertThat(subscribe(nu("http://hook/x").set("enc",
                Attributes.builder().set("net", List.of(1)).set("om", List.of(1)).build()))).as("net and om").isEqualTo(4000);
        assertThat(subscribe(enc("net", List.of(9)))).as("no such event").isEqualTo(4000);
        assertThat(subscribe(enc("net", List.of(8)))).as("missing data without time series").isEqualTo(4000);
        assertThat(subscribe(enc("md", Attributes.of("num", 1)))).as("missing data without time series").isEqualTo(4000);
        assertThat(subscribe(enc("net", List.of(6)))).as("no trigger gets here").isEqualTo(5001);
        assertThat(subscribe(enc("om", List.of(6)))).as("no such operation").isEqualTo(4000);
        assertThat(subscribe(enc("om", List.of(2)).set("nct", 5))).isEqualTo(4000);
        assertThat(subscribe(enc("fo", 3))).isEqualTo(4000);
        assertThat(subscribe(enc("net", List.of(3)).set("nct", 2))).as("nothing is modified by a new child").isEqualTo(4000);
        assertThat(subscribe(enc("net", List.of(1)).set("nct", 7))).isEqualTo(4000);
        assertThat(subscribe(nu("http://hook/x").set("enc",
                Attributes.builder().set("net", List.of(3)).set("chty", List.of(2)).build()))).as("no AE below a container")
                .isEqualTo(4000);
        assertThat(subscribe(enc("chty", List.of(4)))).as("chty without child events").isEqualTo(4000);
        assertThat(node.store.child("id-data", "sub")).isEmpty();
    }

    @Test
    void defaultsAndTheCreator() {
        assertThat(subscribe(nu("http://hook/x"))).isEqualTo(2001);
        Attributes stored = node.store.child("id-data", "sub").orElseThrow().attributes();
        assertThat(stored.number("nct")).contains(1L);
        assertThat(stored.text("cr")).contains("C1");
        assertThat(node.subscribe("data", "own", "C1", nu("/mn-cse/C1")).statusCode()).isEqualTo(2001);
        assertThat(node.store.child("id-data", "own").orElseThrow().attributes().has("cr")).isFalse();
    }

    @Test
    void anotherEntityIsAskedFirst() {
        network.answer("two", ResponseStatusCode.OK);
        assertThat(subscribe(nu("C2"))).isEqualTo(2001);
        RequestPrimitive asked = network.requestsTo("two").get(0);
        assertThat(asked.from()).contains("/mn-cse");
        assertThat(asked.to()).isEqualTo("C2");
        assertThat(asked.content().orElseThrow().attributes()).isEqualTo(Attributes.builder().set("vrq", true)
                .set("sur", "/mn-cse/mn-cse-name/data/sub").set("cr", "/mn-cse/C1").build());
    }

    @Test
    void aNoOrNoAnswerIs5204() {
        network.answer("two", ResponseStatusCode.SUBSCRIPTION_HOST_HAS_NO_PRIVILEGE);
        assertThat(subscribe(nu("C2"))).isEqualTo(5204);
        network.silent("two");
        assertThat(subscribe(nu("C2"))).isEqualTo(5204);
        network.gone("two");
        assertThat(subscribe(nu("C2"))).isEqualTo(5204);
        assertThat(subscribe(nu("C404"))).isEqualTo(5204);
        assertThat(node.store.child("id-data", "sub")).isEmpty();
    }

    @Test
    void allTargetsHaveToAgree() {
        node.ae("C3", "http://three");
        network.answer("two", ResponseStatusCode.OK);
        assertThat(subscribe(nu("C2", "C3"))).isEqualTo(5204);
        network.answer("three", ResponseStatusCode.OK);
        assertThat(subscribe(nu("C2", "C3"))).isEqualTo(2001);
    }

    @Test
    void theOriginatorAndFreeUrisAreNotAsked() {
        assertThat(subscribe(nu("C1", "/mn-cse/C1", "//lintel.example/mn-cse/C1", "mn-cse-name/ae-C1",
                "http://hook/x"))).isEqualTo(2001);
        assertThat(network.sent()).isEmpty();
    }

    @Test
    void freeUrisAreAskedIfThatIsWanted() {
        node.close();
        boot(OutboundNode.settings().withVerification(OutboundSettings.Verification.ALL));
        network.gone("hook");
        assertThat(subscribe(nu("http://hook/x"))).isEqualTo(5204);
        network.answer("hook", ResponseStatusCode.OK);
        assertThat(subscribe(nu("http://hook/x", "C1"))).isEqualTo(2001);
        assertThat(network.requestsTo("hook")).last().satisfies(asked -> assertThat(asked.content().orElseThrow().attributes()
                .flag("vrq")).contains(true));
        assertThat(node.update("mn-cse-name/data/sub", "C1", 23, nu("http://hook/x", "http://two/y").build()).statusCode())
                .as("one that does not answer").isEqualTo(5204);
    }

    @Test
    void theOriginatorBehindAnotherCseIsNotAsked() {
        node.remote("/in-cse", "http://in", List.of());
        assertThat(node.subscribe("data", "sub", "/in-cse/CApp", nu("/in-cse/CApp")).statusCode()).isEqualTo(2001);
        assertThat(network.sent()).isEmpty();
    }

    @Test
    void verificationCanBeSwitchedOff() {
        node.close();
        boot(OutboundNode.settings().withVerification(OutboundSettings.Verification.NONE));
        assertThat(subscribe(nu("C2"))).isEqualTo(2001);
        assertThat(network.sent()).isEmpty();
    }

    @Test
    void onlyNewTargetsOfAnUpdateAreAsked() {
        node.ae("C3", "http://three");
        network.answer("two", ResponseStatusCode.OK);
        assertThat(subscribe(nu("C2"))).isEqualTo(2001);
        assertThat(node.update("mn-cse-name/data/sub", "C1", 23, nu("C2", "C3").build()).statusCode()).isEqualTo(5204);
        network.answer("three", ResponseStatusCode.OK);
        assertThat(node.update("mn-cse-name/data/sub", "C1", 23, nu("C2", "C3").build()).statusCode()).isEqualTo(2004);
        assertThat(network.sentTo("two")).hasSize(1);
        assertThat(node.store.child("id-data", "sub").orElseThrow().attributes().texts("nu")).containsExactly("C2", "C3");
    }

    @Test
    void anUpdateIsCheckedLikeACreation() {
        assertThat(subscribe(nu("http://hook/x"))).isEqualTo(2001);
        assertThat(node.update("mn-cse-name/data/sub", "C1", 23, Attributes.of("enc", Attributes.of("net",
                List.of(7)))).isSuccess()).isFalse();
        assertThat(node.update("mn-cse-name/data/sub", "C1", 23, Attributes.of("nu", List.of())).statusCode()).isEqualTo(4000);
        assertThat(node.update("mn-cse-name/data/sub", "C1", 23, Attributes.of("enc", Attributes.of("net",
                List.of(2)))).statusCode())
                .isEqualTo(2004);
    }

    @Test
    void theContentTypeGoesWithTheEvent() {
        int[][] allowed = {{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 3}, {3, 1}, {3, 3}, {4, 1}, {4, 3}, {5, 1}, {5, 3}};
        for (int net = 1; net <= 5; net++) {
            for (int nct = 1; nct <= 5; nct++) {
                int event = net;
                int content = nct;
                boolean good = java.util.Arrays.stream(allowed).anyMatch(pair -> pair[0] == event && pair[1] == content);
                int status = node.subscribe("data", "s" + net + nct, "C1", enc("net", List.of(net)).set("nct", nct)).statusCode();
                assertThat(status).as("net " + net + ", nct " + nct).isEqualTo(good ? 2001 : 4000);
            }
        }
        assertThat(node.subscribe("data", "mixed", "C1", enc("net", List.of(1, 3)).set("nct", 2)).statusCode()).isEqualTo(4000);
    }

    @Test
    void aBlockingUpdateHasOneTargetAndNoPolicy() {
        assertThat(subscribe(enc("net", List.of(7)))).as("a URI").isEqualTo(4000);
        Attributes seven = Attributes.of("net", List.of(7));
        assertThat(subscribe(nu("C1", "C2").set("enc", seven))).as("two targets").isEqualTo(4000);
        for (String name : List.of("pn", "exc", "nsp", "nec")) {
            assertThat(subscribe(nu("C1").set("enc", seven).set(name, 2))).as(name).isEqualTo(4000);
        }
        assertThat(subscribe(nu("C1").set("enc", Attributes.of("net", List.of(7, 1))))).as("another event").isEqualTo(4000);
        assertThat(subscribe(nu("C1").set("enc", seven.toBuilder().set("stb", 1).build()))).as("other tags").isEqualTo(4000);
        assertThat(subscribe(nu("C1").set("enc", seven).set("nct", 3))).as("an address").isEqualTo(4000);
        assertThat(node.subscribe("data", "one", "C1", nu("C1").set("enc", seven)).statusCode()).isEqualTo(2001);
        assertThat(node.store.child("id-data", "one").orElseThrow().attributes().number("nct")).contains(2L);
        assertThat(node.subscribe("data", "two", "C1", nu("C1").set("enc", seven)).statusCode()).as("a second").isEqualTo(4124);
        assertThat(node.subscribe("data", "other", "C1", nu("C1")).statusCode()).isEqualTo(2001);
        assertThat(node.update("mn-cse-name/data/other", "C1", 23, Attributes.of("enc", seven)).statusCode()).as("later")
                .isEqualTo(4000);
    }
}
