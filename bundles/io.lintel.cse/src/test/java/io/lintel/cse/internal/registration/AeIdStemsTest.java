// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** S-type AE-IDs between an IN-CSE, which assigns them, and the gateways where their AEs register (TS-0001 10.2.2.2). */
class AeIdStemsTest {
    private static final String KEY = "12-key1@lintel.example";
    private static final String OTHER_KEY = "12-key2@lintel.example";

    private final OutboundNetwork network = new OutboundNetwork();
    private final List<WholeCse> nodes = new ArrayList<>();
    private WholeCse infrastructure;
    private WholeCse gateway;
    private WholeCse neighbour;

    @BeforeEach
    void threeNodes() {
        infrastructure = WholeCse.infrastructure(network);
        infrastructure.listen("in2", "/mn2-cse");
        gateway = WholeCse.gateway(network, "mn");
        neighbour = WholeCse.gateway(network, "mn2", "in2");
        nodes.addAll(List.of(infrastructure, gateway, neighbour));
        gateway.awaitRegistered();
        neighbour.awaitRegistered();
    }

    @AfterEach
    void close() {
        nodes.forEach(WholeCse::crash);
    }

    private Attributes announced(String stem) {
        ResponsePrimitive response = infrastructure.ask(Operation.RETRIEVE, stem, "CAdmin", Optional.empty(), null);
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2000);
        return response.content().orElseThrow().attributes();
    }

    private void awaitLink(String stem, String link) {
        network.await(() -> announced(stem).text("lnk").filter(link::equals).isPresent(), stem + " is at " + link);
    }

    private static Attributes ae() {
        return Attributes.builder().set("api", "Ntest").set("rr", true).build();
    }

    private static Content change(String name, Object value) {
        return new Content("m2m:aeA", Attributes.of(name, value));
    }

    private static void delete(WholeCse cse, String stem) {
        assertThat(cse.ask(Operation.DELETE, stem, stem, Optional.empty(), null).statusCode()).isEqualTo(2002);
    }

    private static int registered(WholeCse cse, String stem, String credential) {
        return cse.register(stem, credential, ae()).statusCode();
    }

    /** A container at the IN-CSE that everybody may use. */
    private void sharedContainerAbove() {
        Attributes rules = Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop",
                63).build()));
        infrastructure.create("in-name", "CAdmin", 1, "m2m:acp", Attributes.builder().set("rn", "open").set("pv",
                rules).set("pvs", rules)
                .build());
        infrastructure.create("in-name", "CAdmin", 3, "m2m:cnt", Attributes.builder().set("rn", "data")
                .set("acpi", List.of("in-name/open")).build());
    }

    @Test
    void theInfrastructureNodeAssignsTheStemAndKnowsWhereTheAeIs() {
        String stem = gateway.ae("S", "http://device");
        assertThat(stem).startsWith("S").hasSizeGreaterThan(1);
        Attributes announced = announced(stem);
        assertThat(announced.text("ri")).contains(stem);
        assertThat(announced.number("ty")).contains(10002L);
        assertThat(announced.text("lnk")).contains("/mn-cse/" + stem);
        assertThat(announced.text("api")).contains("Ntest");
        assertThat(announced.texts("lbl")).containsExactly("Credential-ID:None");
        assertThat(gateway.ae("S")).isNotEqualTo(stem);
        assertThat(neighbour.ae("S")).isNotEqualTo(stem);
        assertThat(infrastructure.ae("S")).isNotEqualTo(stem);
    }

    @Test
    void anAeBehindTheGatewayIsNotifiedFromAboveByItsShortId() {
        sharedContainerAbove();
        network.answer("device", ResponseStatusCode.OK);
        String stem = gateway.ae("S", "http://device");
        for (String target : List.of("/" + stem, stem, "//lintel.example/" + stem)) {
            Content subscription = new Content("m2m:sub", Attributes.builder().set("rn", "watch").set("nu", List.of(target))
                    .set("enc", Attributes.of("net", List.of(3))).build());
            ResponsePrimitive response = gateway.ask(Operation.CREATE, "/in-cse/in-name/data", stem, Optional.of(23),
                    subscription);
            assertThat(response.statusCode()).as(target + response).isEqualTo(2001);
            infrastructure.create("in-name/data", "CAdmin", 4, "m2m:cin", Attributes.of("con", "for " + target));
            network.await(() -> network.requestsTo("device").stream().anyMatch(arrived -> arrived.toString().contains("for "
                    + target + ",")
                    || arrived.toString().contains("for " + target + "}")), target + " is notified");
            assertThat(infrastructure.ask(Operation.DELETE, "in-name/data/watch", "CAdmin", Optional.empty(), null).statusCode())
                    .isEqualTo(2002);
        }
        OutboundRequest first = network.sentTo("device").get(0);
        assertThat(first.receiver()).contains("/" + stem);
        assertThat(first.request().from()).contains("/in-cse");
    }

    @Test
    void bothSidesKnowTheStemAfterARestart() {
        sharedContainerAbove();
        network.answer("device", ResponseStatusCode.OK);
        String stem = gateway.ae("S", "http://device");
        infrastructure.crash();
        infrastructure.boot();
        gateway.crash();
        gateway.boot();
        gateway.awaitRegistered();
        Content subscription = new Content("m2m:sub", Attributes.builder().set("nu", List.of("/" + stem))
                .set("enc", Attributes.of("net", List.of(3))).build());
        assertThat(gateway.ask(Operation.CREATE, "/in-cse/in-name/data", stem, Optional.of(23),
                subscription).statusCode()).isEqualTo(2001);
        infrastructure.create("in-name/data", "CAdmin", 4, "m2m:cin", Attributes.of("con", "v"));
        network.awaitRequests("device", 1);
        assertThat(gateway.ask(Operation.CREATE, "mn-name", stem, Optional.of(2), new Content("m2m:ae",
                ae())).statusCode()).isEqualTo(4117);
    }

    @Test
    void aStemGoesWithItsCredential() {
        assertThat(registered(gateway, "Smeter", KEY)).isEqualTo(2001);
        assertThat(announced("Smeter").texts("lbl")).containsExactly("Credential-ID:" + KEY);
        assertThat(registered(neighbour, "Smeter", OTHER_KEY)).isEqualTo(4126);
        delete(gateway, "Smeter");
        awaitLink("Smeter", "INACTIVE");
        assertThat(registered(gateway, "Smeter", OTHER_KEY)).isEqualTo(4126);
        assertThat(registered(infrastructure, "Smeter", OTHER_KEY)).isEqualTo(4126);
        assertThat(gateway.core.registrations().ae("Smeter")).isEmpty();
        assertThat(announced("Smeter").text("lnk")).contains("INACTIVE");
        assertThat(registered(gateway, "Smeter", KEY)).isEqualTo(2001);
        assertThat(announced("Smeter").text("lnk")).contains("/mn-cse/Smeter");
    }

    @Test
    void anAeThatShowsItsCredentialMovesToAnotherGateway() {
        assertThat(registered(gateway, "Smeter", KEY)).isEqualTo(2001);
        assertThat(registered(neighbour, "Smeter", KEY)).isEqualTo(2001);
        assertThat(announced("Smeter").text("lnk")).contains("/mn2-cse/Smeter");
        delete(gateway, "Smeter");
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "the gateway has told of the end");
        assertThat(announced("Smeter").text("lnk")).as("which is no end of the AE elsewhere").contains("/mn2-cse/Smeter");
    }

    @Test
    void aStemWithoutACredentialIsInUseUntilItIsGivenUp() {
        gateway.ae("Smeter");
        ResponsePrimitive refused = neighbour.ask(Operation.CREATE, "mn-name", "Smeter", Optional.of(2), new Content("m2m:ae",
                ae()));
        assertThat(refused.statusCode()).isEqualTo(4117);
        assertThat(refused.content().orElseThrow().toString()).contains("/mn-cse");
        assertThat(infrastructure.ask(Operation.CREATE, "in-name", "Smeter", Optional.of(2), new Content("m2m:ae",
                ae())).statusCode())
                .isEqualTo(4117);
        delete(gateway, "Smeter");
        awaitLink("Smeter", "INACTIVE");
        neighbour.ae("Smeter");
        assertThat(announced("Smeter").text("lnk")).contains("/mn2-cse/Smeter");
        infrastructure.ae("Sown");
        assertThat(neighbour.ask(Operation.CREATE, "mn-name", "Sown", Optional.of(2), new Content("m2m:ae", ae())).statusCode())
                .as("registered at the IN-CSE itself").isEqualTo(4117);
    }

    @Test
    void anIdleStemMayRegisterAtTheInfrastructureNodeItself() {
        gateway.ae("Smeter");
        delete(gateway, "Smeter");
        awaitLink("Smeter", "INACTIVE");
        infrastructure.ae("Smeter");
        assertThat(infrastructure.core.registrations().ae("Smeter")).isPresent();
    }

    @Test
    void anExpiredRegistrationLeavesAnIdleStem() {
        Instant end = Instant.now().plusMillis(300);
        Attributes brief = ae().toBuilder().set("et", Timestamps.format(end.plusSeconds(1))).build();
        assertThat(gateway.register("Smeter", KEY, brief).statusCode()).isEqualTo(2001);
        Content longer = change("et", Timestamps.format(end.plusSeconds(3600)));
        assertThat(infrastructure.ask(Operation.UPDATE, "Smeter", "CAdmin", Optional.empty(),
                longer).statusCode()).isEqualTo(2004);
        network.await(() -> {
            gateway.core.sweepExpired();
            return gateway.core.registrations().ae("Smeter").isEmpty();
        }, "the registration has expired");
        awaitLink("Smeter", "INACTIVE");
    }

    @Test
    void theStemLastsAsLongAsTheRegistration() {
        gateway.ae("Smeter");
        String later = Timestamps.format(Instant.now().plus(Duration.ofDays(300)));
        assertThat(gateway.ask(Operation.UPDATE, "Smeter", "Smeter", Optional.empty(), new Content("m2m:ae", Attributes.of("et",
                later)))
                .statusCode()).isEqualTo(2004);
        network.await(() -> announced("Smeter").text("et").filter(later::equals).isPresent(), "the IN-CSE knows");
    }

    @Test
    void whileTheInfrastructureNodeIsAwayNoStemIsAssigned() {
        network.gone("in");
        ResponsePrimitive refused = gateway.ask(Operation.CREATE, "mn-name", "S", Optional.of(2), new Content("m2m:ae", ae()));
        assertThat(refused.statusCode()).isEqualTo(5103);
        assertThat(refused.content().orElseThrow().toString()).contains("/in-cse");
        gateway.ae("Clocal");
        infrastructure.listen("in", "/mn-cse");
        gateway.ae("S");
    }

    @Test
    void anEndThatTheInfrastructureNodeDidNotHearOfIsToldLater() {
        gateway.ae("Smeter");
        network.gone("in");
        delete(gateway, "Smeter");
        assertThat(gateway.store.outboundTargets()).contains("/in-cse/Smeter");
        gateway.crash();
        assertThat(announced("Smeter").text("lnk")).contains("/mn-cse/Smeter");
        infrastructure.listen("in", "/mn-cse");
        gateway.boot();
        awaitLink("Smeter", "INACTIVE");
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "nothing waits any more");
    }

    @Test
    void anAeThatCameBackIsNotDeclaredIdleByAnEarlierEnd() {
        gateway.ae("Smeter");
        network.gone("in");
        delete(gateway, "Smeter");
        infrastructure.listen("in", "/mn-cse");
        gateway.ae("Smeter");
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "nothing waits any more");
        assertThat(announced("Smeter").text("lnk")).contains("/mn-cse/Smeter");
    }

    @Test
    void aRegistrationThatFailsAfterAllLeavesNoActiveStem() {
        gateway.ae("Ctaken");
        Attributes sameName = ae().toBuilder().set("rn", "Ctaken").build();
        assertThat(gateway.register("Smeter", KEY, sameName).statusCode()).isEqualTo(4105);
        awaitLink("Smeter", "INACTIVE");
    }

    @Test
    void onlyTheRegistrarOfTheAeChangesWhatIsKnownOfIt() {
        assertThat(registered(gateway, "Smeter", KEY)).isEqualTo(2001);
        Content inactive = change("lnk", "INACTIVE");
        assertThat(infrastructure.from("/mn2-cse", Operation.UPDATE, "Smeter", "/mn2-cse",
                inactive).statusCode()).isEqualTo(4103);
        assertThat(infrastructure.from("/mn2-cse", Operation.UPDATE, "Smeter", "/mn2-cse/Smeter",
                inactive).statusCode()).isEqualTo(4103);
        assertThat(infrastructure.from("/mn2-cse", Operation.DELETE, "Smeter", "/mn2-cse/Smeter",
                null).statusCode()).isEqualTo(4103);
        assertThat(infrastructure.from("/mn-cse", Operation.UPDATE, "Smeter", "/mn-cse/Cother",
                inactive).statusCode()).isEqualTo(4103);
        Content stolen = new Content("m2m:aeA", Attributes.builder().set("lnk", "/mn2-cse/Smeter")
                .set("lbl", List.of("Credential-ID:" + OTHER_KEY)).build());
        assertThat(infrastructure.from("/mn2-cse", Operation.UPDATE, "Smeter", "/mn2-cse/Smeter",
                stolen).statusCode()).isEqualTo(4126);
        Content elsewhere = change("lnk", "/third-cse/Smeter");
        assertThat(infrastructure.from("/mn-cse", Operation.UPDATE, "Smeter", "/mn-cse/Smeter",
                elsewhere).statusCode()).isEqualTo(4000);
        Content forgotten = change("lbl", List.of("meter"));
        assertThat(infrastructure.from("/mn-cse", Operation.UPDATE, "Smeter", "/mn-cse", forgotten).statusCode()).isEqualTo(2004);
        assertThat(announced("Smeter").texts("lbl")).as("the credential stays").containsExactly("meter", "Credential-ID:" + KEY);
        assertThat(infrastructure.from("/mn-cse", Operation.DELETE, "Smeter", "/mn-cse", null).statusCode()).isEqualTo(2002);
    }

    @Test
    void nobodyButARegistrarMakesAStem() {
        Content content = new Content("m2m:aeA", Attributes.builder().set("lnk", "/mn-cse/S1").set("api", "Ntest").build());
        assertThat(infrastructure.from("/mn-cse", Operation.CREATE, "in-name", "/mn-cse/Capp",
                content).statusCode()).isEqualTo(4103);
        assertThat(infrastructure.from("/mn-cse", Operation.CREATE, "in-name", "/mn-cse", content).statusCode()).isEqualTo(4103);
        assertThat(infrastructure.from("/mn2-cse", Operation.CREATE, "in-name", "/mn2-cse/S1", content).statusCode())
                .as("lnk leads to another CSE").isEqualTo(4000);
        assertThat(infrastructure.from("/mn-cse", Operation.CREATE, "in-name", "/mn-cse/S1", change("api", "Ntest")).statusCode())
                .as("no lnk").isEqualTo(4000);
        assertThat(infrastructure.from("/mn-cse", Operation.CREATE, "in-name", "/mn-cse/S1",
                content).statusCode()).isEqualTo(2001);
        assertThat(infrastructure.from("/mn-cse", Operation.CREATE, "in-name", "/mn-cse/S1",
                content).statusCode()).isEqualTo(4117);
        assertThat(gateway.from("/in-cse", Operation.CREATE, "mn-name", "/in-cse/S2", content).statusCode()).isEqualTo(4005);
    }

    @Test
    void anAeIsBelievedOnlyThroughItsOwnRegistrar() {
        sharedContainerAbove();
        gateway.ae("Smeter");
        assertThat(infrastructure.from("/mn-cse", Operation.RETRIEVE, "in-name/data", "/Smeter",
                null).statusCode()).isEqualTo(2000);
        assertThat(infrastructure.from("/mn2-cse", Operation.RETRIEVE, "in-name/data", "/Smeter",
                null).statusCode()).isEqualTo(4106);
        assertThat(infrastructure.from("/mn2-cse", Operation.RETRIEVE, "in-name/data", "/Snobody",
                null).statusCode()).isEqualTo(4106);
    }

    /** MN to MN to IN: the IN-CSE is asked through the gateway between, and requests find their way down by the CSE's name. */
    @Test
    void anAeBehindTwoGatewaysHasAStemOfTheInfrastructureNode() {
        WholeCse attic = WholeCse.gateway(network, "attic", RegistrarSettings.of("mqtt://mn-attic", "/mn-cse", "mn-name",
                List.of("mqtt://attic"), "json", Duration.ofHours(1), Duration.ofMillis(200), Duration.ofMillis(5),
                Duration.ofMillis(50)).withInCse("/in-cse"));
        nodes.add(attic);
        gateway.listen("mn-attic", "/attic-cse");
        attic.awaitRegistered();
        network.await(() -> infrastructure.core.registrations().registreeInFrontOf("/attic-cse").isPresent(),
                "the IN-CSE knows of the attic");
        sharedContainerAbove();
        network.answer("device", ResponseStatusCode.OK);
        Attributes device = ae().toBuilder().set("poa", List.of("http://device")).build();
        ResponsePrimitive made = attic.register("S", KEY, device);
        assertThat(made.statusCode()).as(made.toString()).isEqualTo(2001);
        String stem = made.content().orElseThrow().attributes().text("aei").orElseThrow();
        assertThat(announced(stem).text("lnk")).contains("/attic-cse/" + stem);
        assertThat(announced(stem).texts("lbl")).containsExactly("Credential-ID:" + KEY);
        assertThat(registered(gateway, stem, OTHER_KEY)).as("somebody else at the gateway between").isEqualTo(4126);

        Content subscription = new Content("m2m:sub", Attributes.builder().set("rn", "watch").set("nu", List.of("/" + stem))
                .set("enc", Attributes.of("net", List.of(3))).build());
        assertThat(attic.ask(Operation.CREATE, "/in-cse/in-name/data", stem, Optional.of(23), subscription).statusCode())
                .isEqualTo(2001);
        infrastructure.create("in-name/data", "CAdmin", 4, "m2m:cin", Attributes.of("con", "v"));
        network.await(() -> network.requestsTo("device").stream().anyMatch(arrived -> arrived.toString().contains("con=v")),
                "the device behind two gateways is notified");

        delete(attic, stem);
        awaitLink(stem, "INACTIVE");
        assertThat(registered(attic, stem, KEY)).isEqualTo(2001);
        assertThat(announced(stem).text("lnk")).contains("/attic-cse/" + stem);
    }
}
