// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.MovableClock;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code <crossResourceSubscription>} (TS-0001 9.6.58, 10.2.29). */
class CrossResourceSubscriptionTest {
    private static final int CRS = ResourceTypes.CROSS_RESOURCE_SUBSCRIPTION;

    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private final WholeCse cse = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), clock);

    @BeforeEach
    void anAeWithTwoContainers() {
        network.answer("hook", ResponseStatusCode.OK);
        cse.ae("C1");
        container("C1", "one");
        container("C1", "two");
    }

    @AfterEach
    void end() {
        cse.crash();
    }

    private void container(String ae, String name) {
        cse.create("in-name/" + ae, ae, ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", name));
    }

    private static Attributes.Builder crs(int type) {
        return Attributes.builder().set("rn", "crs").set("nu", List.of("http://hook/x")).set("twt", type).set("tws", "PT1H");
    }

    private static Attributes.Builder regular(int type, String... resources) {
        return crs(type).set("rrat", List.of(resources)).set("encs", Attributes.of("enc", List.of(Attributes.of("net",
                List.of(3)))));
    }

    private ResponsePrimitive create(Attributes.Builder crs) {
        return cse.ask(Operation.CREATE, "in-name/C1", "C1", Optional.of(CRS), new Content("m2m:crs", crs.build()));
    }

    private void created(Attributes.Builder crs) {
        ResponsePrimitive response = create(crs);
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2001);
    }

    private void instance(String container) {
        cse.create("in-name/C1/" + container, "C1", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("con", "x"));
    }

    private void awaitQuiet() {
        network.await(() -> cse.store.outboundTargets().isEmpty(), "nothing waits");
    }

    private ResponsePrimitive ask(Operation operation, String to, Content content) {
        return cse.ask(operation, to, "CAdmin", Optional.empty(), content);
    }

    private List<String> children(String parent) {
        String id = ask(Operation.RETRIEVE, parent, null).content().orElseThrow().attributes().text("ri").orElseThrow();
        return cse.store.children(id, ResourceTypes.SUBSCRIPTION, "", 10).stream().map(found -> found.name()).toList();
    }

    @Test
    void itsRepresentationAndItsSubscriptions() {
        created(regular(1, "in-name/C1/one", "in-name/C1/two"));
        Attributes found = ask(Operation.RETRIEVE, "in-name/C1/crs", null).content().orElseThrow().attributes();
        assertThat(found.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "cr", "nu", "rrat", "twt",
                "tws", "encs");
        assertThat(found.text("cr")).contains("C1");
        for (String name : List.of("one", "two")) {
            List<String> subscriptions = children("in-name/C1/" + name);
            assertThat(subscriptions).containsExactly("crs_" + found.text("ri").orElseThrow());
            Attributes subscription = ask(Operation.RETRIEVE, "in-name/C1/" + name + "/" + subscriptions.get(0), null).content()
                    .orElseThrow().attributes();
            assertThat(subscription.texts("nu")).containsExactly("/in-cse/in-name/C1/crs");
            assertThat(subscription.texts("acrs")).containsExactly("/in-cse/in-name/C1/crs");
            assertThat(subscription.object("enc")).contains(Attributes.of("net", List.of(3)));
        }
    }

    @Test
    void itIsToldWhenAllHaveSpokenInAPeriodicWindow() {
        created(regular(1, "in-name/C1/one", "in-name/C1/two"));
        instance("one");
        instance("one");
        awaitQuiet();
        assertThat(network.sentTo("hook")).isEmpty();
        instance("two");
        Attributes notification = network.awaitRequests("hook", 1).get(0).content().orElseThrow().attributes();
        assertThat(notification).isEqualTo(Attributes.builder().set("sur", "/in-cse/in-name/C1/crs").set("cr", "/in-cse/C1")
                .build());
        instance("one");
        instance("two");
        awaitQuiet();
        assertThat(network.sentTo("hook")).as("once in a window").hasSize(1);
        clock.pass(Duration.ofHours(1));
        instance("one");
        awaitQuiet();
        cse.crashAndBoot(WholeCse.NUMBERS);
        instance("two");
        network.awaitRequests("hook", 2);
    }

    @Test
    void notWhenTheWindowEndsBetween() {
        created(regular(1, "in-name/C1/one", "in-name/C1/two"));
        instance("one");
        awaitQuiet();
        clock.pass(Duration.ofHours(1));
        instance("two");
        awaitQuiet();
        assertThat(network.sentTo("hook")).isEmpty();
    }

    @Test
    void aSlidingWindowBeginsWithTheFirstToSpeak() {
        created(regular(2, "in-name/C1/one", "in-name/C1/two"));
        clock.pass(Duration.ofMinutes(50));
        instance("one");
        awaitQuiet();
        clock.pass(Duration.ofMinutes(50));
        instance("two");
        network.awaitRequests("hook", 1);
        awaitQuiet();
        instance("two");
        instance("one");
        network.awaitRequests("hook", 2);
        awaitQuiet();
        instance("one");
        awaitQuiet();
        clock.pass(Duration.ofMinutes(61));
        instance("two");
        awaitQuiet();
        assertThat(network.sentTo("hook")).as("over before the other spoke").hasSize(2);
    }

    @Test
    void existingSubscriptionsGetItAsAnotherTarget() {
        cse.create("in-name/C1/one", "C1", ResourceTypes.SUBSCRIPTION, "m2m:sub", Attributes.builder().set("rn", "sub")
                .set("nu", List.of("http://hook/own")).set("enc", Attributes.of("net", List.of(3))).build());
        created(crs(1).set("srat", List.of("in-name/C1/one/sub")));
        Attributes joined = ask(Operation.RETRIEVE, "in-name/C1/one/sub", null).content().orElseThrow().attributes();
        assertThat(joined.texts("nu")).containsExactly("http://hook/own", "/in-cse/in-name/C1/crs");
        assertThat(joined.texts("acrs")).containsExactly("/in-cse/in-name/C1/crs");
        instance("one");
        network.awaitRequests("hook", 2);
        assertThat(ask(Operation.DELETE, "in-name/C1/crs", null).statusCode()).isEqualTo(2002);
        network.await(() -> ask(Operation.RETRIEVE, "in-name/C1/one/sub", null).content().orElseThrow().attributes().texts("nu")
                .equals(List.of("http://hook/own")), "it is a target no more");
        assertThat(ask(Operation.RETRIEVE, "in-name/C1/one/sub", null).content().orElseThrow().attributes().has("acrs"))
                .as("as before").isFalse();
    }

    @Test
    void whatCannotBeSubscribedToFailsItAsAWhole() {
        cse.ae("C2");
        container("C2", "foreign");
        assertThat(create(regular(1, "in-name/C1/one", "in-name/C2/foreign")).statusCode()).as("no right").isEqualTo(5221);
        assertThat(create(regular(1, "in-name/C1/one", "in-name/C1/none")).statusCode()).as("not there").isEqualTo(5221);
        assertThat(create(regular(1, "in-name/C1/one", "/far-cse/x")).statusCode()).as("no way").isEqualTo(5221);
        assertThat(ask(Operation.RETRIEVE, "in-name/C1/crs", null).statusCode()).isEqualTo(4004);
        network.await(() -> children("in-name/C1/one").isEmpty(), "nothing is left of it");
    }

    @Test
    void whatItMustSay() {
        assertThat(create(crs(1)).statusCode()).as("neither rrat nor srat").isEqualTo(4000);
        assertThat(create(crs(1).set("rrat", List.of("in-name/C1/one"))).statusCode()).as("no encs").isEqualTo(4000);
        assertThat(create(regular(3, "in-name/C1/one")).statusCode()).as("no such window").isEqualTo(4000);
        assertThat(create(regular(1, "in-name/C1/one").set("tws", "PT0S")).statusCode()).isEqualTo(4000);
        assertThat(create(regular(1, "in-name/C1/one").set("nu", List.of())).statusCode()).isEqualTo(4000);
        assertThat(cse.ask(Operation.CREATE, "in-name/C1/one", "C1", Optional.of(CRS), new Content("m2m:crs",
                regular(1, "in-name/C1/two").build())).statusCode()).as("not below a container").isEqualTo(4108);
    }

    @Test
    void itTakesItsSubscriptionsWithItAndGoesWithThem() {
        created(regular(1, "in-name/C1/one", "in-name/C1/two").set("su", "http://hook/gone"));
        assertThat(ask(Operation.DELETE, "in-name/C1/one/" + children("in-name/C1/one").get(0), null).statusCode())
                .isEqualTo(2002);
        network.await(() -> ask(Operation.RETRIEVE, "in-name/C1/crs", null).statusCode() == 4004, "it is gone");
        network.await(() -> children("in-name/C1/two").isEmpty(), "the other subscription, too");
        Attributes told = network.awaitRequests("hook", 1).get(0).content().orElseThrow().attributes();
        assertThat(told.flag("sud")).contains(true);
        assertThat(told.text("sur")).contains("/in-cse/in-name/C1/crs");
    }

    @Test
    void itsCounterEndsIt() {
        created(regular(2, "in-name/C1/one").set("exc", 1));
        instance("one");
        network.awaitRequests("hook", 1);
        network.await(() -> ask(Operation.RETRIEVE, "in-name/C1/crs", null).statusCode() == 4004, "it is gone");
    }

    @Test
    void resourcesAtAnotherCseTakePart() {
        WholeCse mn = WholeCse.gateway(network, "mn", "in", new InMemoryResourceStore(10_000), clock, WholeCse.NUMBERS);
        try {
            mn.awaitRegistered();
            mn.create("mn-name", "CAdmin", ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", Attributes.builder().set("rn", "all")
                    .set("pv", Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop", 63)
                            .build())))
                    .set("pvs", Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("CAdmin")).set("acop", 63)
                            .build()))).build());
            mn.create("mn-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.builder().set("rn", "far")
                    .set("acpi", List.of("mn-name/all")).build());
            created(regular(1, "in-name/C1/one", "/mn-cse/mn-name/far"));
            instance("one");
            mn.create("mn-name/far", "CAdmin", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("con", "x"));
            network.awaitRequests("hook", 1);
            assertThat(ask(Operation.DELETE, "in-name/C1/crs", null).statusCode()).isEqualTo(2002);
            String far = mn.store.child("base", "far").orElseThrow().id();
            network.await(() -> mn.store.children(far, ResourceTypes.SUBSCRIPTION, "", 10).isEmpty(), "none is left there");
        } finally {
            mn.crash();
        }
    }
}
