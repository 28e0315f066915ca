// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Resources of a gateway announced to its IN-CSE, and kept in step there (TS-0001 10.2.18). */
class AnnouncementTest {
    private final OutboundNetwork network = new OutboundNetwork();
    private final List<WholeCse> nodes = new ArrayList<>();
    private WholeCse infrastructure;
    private WholeCse gateway;

    @BeforeEach
    void aGatewayAndItsInfrastructureNode() {
        infrastructure = WholeCse.infrastructure(network);
        nodes.add(infrastructure);
        gateway = WholeCse.gateway(network, "mn");
        nodes.add(gateway);
        gateway.awaitRegistered();
        gateway.ae("CApp");
    }

    @AfterEach
    void close() {
        nodes.forEach(WholeCse::crash);
    }

    private ResponsePrimitive create(String to, int type, String member, Attributes attributes) {
        return gateway.ask(Operation.CREATE, to, "CAdmin", Optional.of(type), new Content(member, attributes));
    }

    private Attributes made(String to, int type, String member, Attributes attributes) {
        ResponsePrimitive response = create(to, type, member, attributes);
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2001);
        return response.content().orElseThrow().attributes();
    }

    private ResponsePrimitive update(String to, String member, Attributes attributes) {
        ResponsePrimitive response = gateway.ask(Operation.UPDATE, to, "CAdmin", Optional.empty(), new Content(member,
                attributes));
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2004);
        return response;
    }

    private static Attributes.Builder announced(String name) {
        return Attributes.builder().set("rn", name).set("at", List.of("/in-cse"));
    }

    private static Attributes rules(String originator, int operations) {
        return Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of(originator)).set("acop", operations)
                .build()));
    }

    private static Attributes links(String... entries) {
        return Attributes.of("at", List.of(entries));
    }

    /** What is at the IN-CSE, as its administrator sees it. */
    private ResponsePrimitive above(String address) {
        return infrastructure.ask(Operation.RETRIEVE, address, "CAdmin", Optional.empty(), null);
    }

    private Attributes seen(String address) {
        ResponsePrimitive response = above(address);
        assertThat(response.statusCode()).as(address + " " + response).isEqualTo(2000);
        return response.content().orElseThrow().attributes();
    }

    private static String link(Attributes original) {
        return original.texts("at").get(0);
    }

    private void settled() {
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "all is told");
    }

    @Test
    void aResourceIsAnnouncedBelowWhatStandsForTheGateway() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").set("lbl", List.of("lamp")).set("mni", 5)
                .set("mbs", 500).set("aa", List.of("mni")).build());
        assertThat(original.texts("at")).hasSize(1).allMatch(entry -> entry.startsWith("/in-cse/"));
        Attributes seen = seen(link(original));
        String id = original.text("ri").orElseThrow();
        assertThat(seen.text("lnk")).contains("/mn-cse/" + id);
        assertThat(seen.number("ty")).contains(10003L);
        assertThat(seen.texts("lbl")).containsExactly("lamp");
        assertThat(seen.text("et")).isEqualTo(original.text("et"));
        assertThat(seen.number("mni")).contains(5L);
        assertThat(seen.names()).doesNotContain("mbs", "cni", "cbs", "at", "aa", "st");
        Attributes base = seen(seen.text("pi").orElseThrow());
        assertThat(base.number("ty")).contains(10005L);
        assertThat(base.text("lnk")).contains("/mn-cse/base");
        assertThat(base.text("pi")).contains("base");
        assertThat(above("in-name/mn-cse_Annc").statusCode()).isEqualTo(2000);
    }

    @Test
    void childrenAreAnnouncedBelowTheirAnnouncedParents() {
        assertThat(create("mn-name", 3, "m2m:cnt", Attributes.of("rn", "plain")).statusCode()).isEqualTo(2001);
        ResponsePrimitive refused = create("mn-name/plain", 4, "m2m:cin", Attributes.builder().set("con", "x")
                .set("at", List.of("/in-cse")).build());
        assertThat(refused.statusCode()).as("its container is not announced").isEqualTo(4005);
        Attributes ae = update("CApp", "m2m:ae", links("/in-cse")).content().orElseThrow().attributes();
        Attributes container = made("mn-name/CApp", 3, "m2m:cnt", announced("data").build());
        Attributes instance = made("mn-name/CApp/data", 4, "m2m:cin", Attributes.builder().set("con", "21")
                .set("cnf", "text/plain:0")                .set("at", List.of("/in-cse")).set("aa", List.of("con")).build());
        assertThat(seen(link(ae)).number("ty")).contains(10002L);
        assertThat(seen(link(container)).text("pi").map(id -> "/in-cse/" + id)).contains(link(ae));
        assertThat(seen(link(instance)).text("pi").map(id -> "/in-cse/" + id)).contains(link(container));
        assertThat(seen(link(instance)).text("con")).contains("21");
        assertThat(seen(link(instance)).has("cnf")).isFalse();
    }

    @Test
    void changesAreToldAndNothingElse() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").set("mni", 5).set("mbs", 9).set("aa",
                List.of("mni")).build());
        int before = network.requestsTo("in").size();
        update("mn-name/data", "m2m:cnt", Attributes.of("mbs", 10));
        settled();
        assertThat(network.requestsTo("in")).as("mbs is not announced").hasSize(before);
        update("mn-name/data", "m2m:cnt", Attributes.builder().set("mni", 6).set("lbl", List.of("a", "b")).build());
        settled();
        assertThat(seen(link(original)).number("mni")).contains(6L);
        assertThat(seen(link(original)).texts("lbl")).containsExactly("a", "b");
        RequestPrimitive told = network.requestsTo("in").get(network.requestsTo("in").size() - 1);
        assertThat(told.content().orElseThrow().attributes().names()).containsExactlyInAnyOrder("mni", "lbl");
        assertThat(told.from()).contains("/mn-cse");
        update("mn-name/data", "m2m:cnt", Attributes.of("lbl", Attributes.NULL));
        settled();
        assertThat(seen(link(original)).has("lbl")).isFalse();
    }

    @Test
    void moreIsAnnouncedOrLess() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").set("mni", 5).set("mbs", 9).build());
        Attributes more = update("mn-name/data", "m2m:cnt", Attributes.of("aa", List.of("mni", "mbs"))).content().orElseThrow()
                .attributes();
        assertThat(more.texts("aa")).containsExactly("mni", "mbs");
        settled();
        assertThat(seen(link(original)).number("mni")).contains(5L);
        assertThat(seen(link(original)).number("mbs")).contains(9L);
        update("mn-name/data", "m2m:cnt", Attributes.of("aa", List.of("mbs")));
        settled();
        assertThat(seen(link(original)).has("mni")).isFalse();
        update("mn-name/data", "m2m:cnt", Attributes.of("aa", Attributes.NULL));
        settled();
        assertThat(seen(link(original)).has("mbs")).isFalse();
    }

    @Test
    void theStateTagFollowsEveryInstance() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").set("aa", List.of("st")).build());
        for (int i = 0; i < 5; i++) {
            assertThat(create("mn-name/data", 4, "m2m:cin", Attributes.of("con", "v" + i)).statusCode()).isEqualTo(2001);
        }
        settled();
        assertThat(seen(link(original)).number("st")).contains(5L);
    }

    @Test
    void whatCanNotBeAnnouncedIsRefused() {
        for (String name : List.of("cni", "con")) {
            assertThat(create("mn-name", 3, "m2m:cnt", announced("a").set("aa", List.of(name)).build()).statusCode()).as(name)
                    .isEqualTo(4000);
        }
        assertThat(create("mn-name", 3, "m2m:cnt", Attributes.builder().set("at", List.of("/mn-cse")).build()).statusCode())
                .as("to itself").isEqualTo(4000);
        assertThat(create("mn-name", 3, "m2m:cnt", Attributes.builder().set("at", List.of("cse")).build()).statusCode())
                .isEqualTo(4000);
        assertThat(create("mn-name/CApp", 23, "m2m:sub", Attributes.builder().set("nu", List.of("CApp"))
                .set("at", List.of("/in-cse")).build()).statusCode()).as("a subscription").isEqualTo(4000);
    }

    @Test
    void aCseThatIsNowhereIsTakenOffTheList() {
        Attributes original = made("mn-name", 3, "m2m:cnt", Attributes.builder().set("rn", "data")
                .set("at", List.of("/nowhere", "/in-cse")).build());
        assertThat(original.texts("at")).hasSize(1).allMatch(entry -> entry.startsWith("/in-cse/"));
    }

    @Test
    void theEndOfTheOriginalIsThatOfTheAnnounced() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").build());
        Attributes child = made("mn-name/data", 3, "m2m:cnt", announced("below").build());
        assertThat(gateway.ask(Operation.DELETE, "mn-name/data", "CAdmin", Optional.empty(), null).statusCode()).isEqualTo(2002);
        settled();
        assertThat(above(link(original)).statusCode()).isEqualTo(4004);
        assertThat(above(link(child)).statusCode()).isEqualTo(4004);
    }

    @Test
    void aNameTakenOffTheListIsAnnouncedNoMore() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").build());
        Attributes same = update("mn-name/data", "m2m:cnt", links("/in-cse")).content().orElseThrow().attributes();
        assertThat(same.texts("at")).isEqualTo(original.texts("at"));
        update("mn-name/data", "m2m:cnt", Attributes.of("at", Attributes.NULL));
        settled();
        assertThat(above(link(original)).statusCode()).isEqualTo(4004);
        Attributes again = update("mn-name/data", "m2m:cnt", links("/in-cse")).content().orElseThrow().attributes();
        assertThat(seen(link(again)).text("lnk")).isPresent();
    }

    @Test
    void aPlaceAboveCanBeChosen() {
        Attributes all = rules("all", 63);
        infrastructure.create("in-name", "CAdmin", 1, "m2m:acp", Attributes.builder().set("rn", "open").set("pv", all)
                .set("pvs", all).build());
        infrastructure.ae("CHouse");
        assertThat(infrastructure.ask(Operation.UPDATE, "in-name/mn-cse", "CAdmin", Optional.empty(), new Content("m2m:csr",
                Attributes.of("acpi", List.of("in-name/open")))).statusCode()).isEqualTo(2004);
        Attributes original = made("mn-name", 3, "m2m:cnt", Attributes.builder().set("rn", "data")
                .set("at", List.of("/in-cse/in-name/mn-cse")).build());
        assertThat(above("in-name/mn-cse").content().orElseThrow().attributes().text("ri")).isEqualTo(
                seen(link(original)).text("pi"));
        Attributes refused = made("mn-name", 3, "m2m:cnt", Attributes.builder().set("rn", "other")
                .set("at", List.of("/in-cse/in-name/chouse")).build());
        assertThat(refused.has("at")).as("there is no such place for it").isFalse();
    }

    @Test
    void policiesThatAreAnnouncedTooAreObeyedAbove() {
        Attributes everybody = rules("all", 2);
        Attributes own = rules("CApp", 63);
        made("mn-name", 1, "m2m:acp", announced("policy").set("pv", everybody).set("pvs", own).build());
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").set("acpi", List.of("mn-name/policy")).build());
        infrastructure.ae("CReader");
        ResponsePrimitive read = infrastructure.ask(Operation.RETRIEVE, link(original), "CReader", Optional.empty(), null);
        assertThat(read.statusCode()).as(read.toString()).isEqualTo(2000);
        Attributes secret = made("mn-name", 3, "m2m:cnt", announced("secret").build());
        assertThat(infrastructure.ask(Operation.RETRIEVE, link(secret), "CReader", Optional.empty(), null).statusCode())
                .isEqualTo(4103);
        assertThat(infrastructure.ask(Operation.UPDATE, link(original), "CReader", Optional.empty(), new Content("m2m:cntA",
                Attributes.of("lbl", List.of("x")))).statusCode()).isEqualTo(4103);
        assertThat(infrastructure.ask(Operation.DELETE, link(original), "CReader", Optional.empty(), null).statusCode())
                .isEqualTo(4103);
    }

    @Test
    void theOriginalIsSeenThroughTheAnnounced() {
        Attributes everybody = rules("all", 2);
        Attributes own = rules("CApp", 63);
        made("mn-name", 1, "m2m:acp", announced("policy").set("pv", everybody).set("pvs", own).build());
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").set("mni", 7).set("acpi",
                List.of("mn-name/policy")).build());
        infrastructure.ae("CReader");
        RequestPrimitive request = RequestPrimitive.builder(Operation.RETRIEVE, link(original)).from("CReader")
                .requestIdentifier("original").set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .set(RequestParameter.RESULT_CONTENT, 7).build();
        ResponsePrimitive seen = infrastructure.core.dispatcher().handle(request, Hop.plain(Binding.HTTP, "test", true))
                .toCompletableFuture().join();
        assertThat(seen.statusCode()).as(seen.toString()).isEqualTo(2000);
        assertThat(seen.requestIdentifier()).isEqualTo("original");
        assertThat(seen.content().orElseThrow().name()).isEqualTo("m2m:cnt");
        assertThat(seen.content().orElseThrow().attributes().number("mni")).contains(7L);
        RequestPrimitive wrong = request.toBuilder().to("in-name").build();
        assertThat(infrastructure.core.dispatcher().handle(wrong, Hop.plain(Binding.HTTP, "test", true)).toCompletableFuture()
                .join().statusCode()).isEqualTo(4000);
    }

    @Test
    void othersPutTheirOwnBelowWhatIsAnnounced() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").build());
        infrastructure.create(link(original), "CAdmin", 3, "m2m:cnt", Attributes.of("rn", "notes"));
        assertThat(above(link(original) + "/notes").statusCode()).isEqualTo(2000);
    }

    @Test
    void nobodyButTheGatewayAnnouncesForIt() {
        made("mn-name", 3, "m2m:cnt", announced("data").build());
        Content content = new Content("m2m:cntA", Attributes.builder().set("lnk", "/mn-cse/x").build());
        infrastructure.ae("CThief");
        assertThat(infrastructure.ask(Operation.CREATE, "in-name/mn-cse_Annc", "CThief", Optional.of(10003), content)
                .statusCode()).isEqualTo(4103);
        assertThat(infrastructure.ask(Operation.CREATE, "in-name/mn-cse_Annc", "CAdmin", Optional.of(10003), content)
                .statusCode()).isEqualTo(4103);
        Content base = new Content("m2m:cbA", Attributes.builder().set("lnk", "/mn-cse/base").build());
        assertThat(infrastructure.ask(Operation.CREATE, "in-name", "/mn-cse", Optional.of(10005), base).statusCode())
                .as("it has one").isEqualTo(4105);
        Content elsewhere = new Content("m2m:cntA", Attributes.builder().set("lnk", "/mn2-cse/x").build());
        assertThat(infrastructure.ask(Operation.CREATE, "in-name/mn-cse_Annc", "/mn-cse", Optional.of(10003), elsewhere)
                .statusCode()).isEqualTo(4000);
    }

    @Test
    void bothDirectionsAreKeptInStepWhereThatIsWanted() {
        Attributes all = rules("all", 63);
        made("mn-name", 1, "m2m:acp", announced("policy").set("pv", all).set("pvs", all).build());
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").set("mni", 7).set("ast", 2)
                .set("aa", List.of("mni")).set("acpi", List.of("mn-name/policy")).build());
        infrastructure.ae("CAbove");
        ResponsePrimitive changed = infrastructure.ask(Operation.UPDATE, link(original), "CAbove", Optional.empty(),
                new Content("m2m:cntA", Attributes.of("mni", 8)));
        assertThat(changed.statusCode()).as(changed.toString()).isEqualTo(2004);
        assertThat(gateway.ask(Operation.RETRIEVE, "mn-name/data", "CAdmin", Optional.empty(), null).content().orElseThrow()
                .attributes().number("mni")).contains(8L);
        settled();
        assertThat(seen(link(original)).number("mni")).contains(8L);
        infrastructure.ask(Operation.UPDATE, link(original), "CAdmin", Optional.empty(), new Content("m2m:cntA",
                Attributes.of("mni", 9)));
        assertThat(gateway.ask(Operation.RETRIEVE, "mn-name/data", "CAdmin", Optional.empty(), null).content().orElseThrow()
                .attributes().number("mni")).as("the administrator of the other CSE bypasses nothing").contains(9L);
        ResponsePrimitive bad = infrastructure.ask(Operation.UPDATE, link(original), "CAbove", Optional.empty(),
                new Content("m2m:cntA", Attributes.of("lnk", "/mn-cse/x")));
        assertThat(bad.statusCode()).isEqualTo(4005);
    }

    @Test
    void whatIsOutOfReachIsAnnouncedLaterOnceAndInOrderAlsoAfterACrash() {
        network.gone("in");
        Attributes waiting = made("mn-name", 3, "m2m:cnt", announced("data").set("mni", 1).set("aa", List.of("mni")).build());
        assertThat(waiting.texts("at")).as("not yet").containsExactly("/in-cse");
        Attributes child = made("mn-name/data", 3, "m2m:cnt", announced("below").build());
        assertThat(child.texts("at")).containsExactly("/in-cse");
        for (int i = 2; i < 30; i++) {
            update("mn-name/data", "m2m:cnt", Attributes.of("mni", i));
        }
        assertThat(gateway.store.outbound("/in-cse", 0, 100)).as("changes are gathered").hasSizeLessThan(6);
        gateway.crash();
        infrastructure.listen("in", "/mn-cse");
        gateway.boot();
        gateway.awaitRegistered();
        settled();
        Attributes original = gateway.ask(Operation.RETRIEVE, "mn-name/data", "CAdmin", Optional.empty(), null).content()
                .orElseThrow().attributes();
        assertThat(seen(link(original)).number("mni")).contains(29L);
        Attributes below = gateway.ask(Operation.RETRIEVE, "mn-name/data/below", "CAdmin", Optional.empty(), null).content()
                .orElseThrow().attributes();
        assertThat(seen(link(below)).text("pi").map(id -> "/in-cse/" + id)).contains(link(original));
        assertThat(infrastructure.store.ofType(10003, "", 10)).as("each once").hasSize(2);
    }

    @Test
    void anAnswerThatWasLostMakesNoSecondOne() {
        network.peer("in", request -> {
            Hop hop = new Hop(Binding.MQTT, "/mn-cse", true, false, Optional.empty(), Optional.of("/mn-cse"), Optional.empty(),
                    Optional.empty());
            var answered = infrastructure.core.dispatcher().handle(request.request(), hop);
            if (request.request().resourceType().equals(Optional.of(10003))) {
                infrastructure.listen("in", "/mn-cse");
                return answered.thenCompose(lost -> OutboundNetwork.unreachable(true));
            }
            return answered;
        });
        made("mn-name", 3, "m2m:cnt", announced("data").build());
        settled();
        assertThat(infrastructure.store.ofType(10003, "", 10)).hasSize(1);
        Attributes original = gateway.ask(Operation.RETRIEVE, "mn-name/data", "CAdmin", Optional.empty(), null).content()
                .orElseThrow().attributes();
        assertThat(link(original)).isEqualTo("/in-cse/" + infrastructure.store.ofType(10003, "", 10).get(0).id());
    }

    @Test
    void whatIsGoneBeforeItWasEverSentIsNotAnnounced() {
        network.gone("in");
        assertThat(create("mn-name", 3, "m2m:cnt", announced("first").build()).statusCode()).isEqualTo(2001);
        assertThat(create("mn-name", 3, "m2m:cnt", announced("data").build()).statusCode()).isEqualTo(2001);
        assertThat(gateway.ask(Operation.DELETE, "mn-name/data", "CAdmin", Optional.empty(), null).statusCode()).isEqualTo(2002);
        infrastructure.listen("in", "/mn-cse");
        settled();
        assertThat(infrastructure.store.ofType(10003, "", 10)).hasSize(1);
    }

    @Test
    void whatIsGoneWhileTheInfrastructureNodeIsAwayIsDeletedThereLater() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").build());
        network.gone("in");
        assertThat(gateway.ask(Operation.DELETE, "mn-name/data", "CAdmin", Optional.empty(), null).statusCode()).isEqualTo(2002);
        gateway.crash();
        assertThat(above(link(original)).statusCode()).isEqualTo(2000);
        infrastructure.listen("in", "/mn-cse");
        gateway.boot();
        settled();
        assertThat(above(link(original)).statusCode()).isEqualTo(4004);
    }

    @Test
    void anAnnouncedResourceThatVanishedIsMadeAnew() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").build());
        assertThat(infrastructure.ask(Operation.DELETE, link(original), "CAdmin", Optional.empty(), null).statusCode())
                .isEqualTo(2002);
        update("mn-name/data", "m2m:cnt", Attributes.of("lbl", List.of("again")));
        settled();
        Attributes now = gateway.ask(Operation.RETRIEVE, "mn-name/data", "CAdmin", Optional.empty(), null).content().orElseThrow()
                .attributes();
        assertThat(link(now)).isNotEqualTo(link(original));
        assertThat(seen(link(now)).texts("lbl")).containsExactly("again");
    }

    @Test
    void allIsAnnouncedAgainAfterTheGatewayHadToRegisterAnew() {
        Attributes original = made("mn-name", 3, "m2m:cnt", announced("data").set("at",
                List.of("/in-cse/in-name/mn-cse")).build());
        assertThat(infrastructure.ask(Operation.DELETE, "in-name/mn-cse", "CAdmin", Optional.empty(), null).statusCode())
                .isEqualTo(2002);
        assertThat(above(link(original)).statusCode()).isEqualTo(4004);
        network.await(() -> infrastructure.store.ofType(10003, "", 10).size() == 1, "it is announced again");
        settled();
        Attributes now = gateway.ask(Operation.RETRIEVE, "mn-name/data", "CAdmin", Optional.empty(), null).content().orElseThrow()
                .attributes();
        assertThat(seen(link(now)).text("lnk")).isPresent();
    }

    @Test
    void anAddressInAnAttributeIsValidAbove() {
        Attributes group = made("mn-name", 9, "m2m:grp", announced("g").set("mnm", 5).set("mid",
                List.of("mn-name/CApp", "/in-cse/x")).set("aa", List.of("mid", "cnm")).build());
        assertThat(seen(link(group)).texts("mid")).containsExactly("/mn-cse/mn-name/CApp", "/in-cse/x");
        assertThat(seen(link(group)).number("cnm")).contains(2L);
    }

    @Test
    void theAdministratorOfTheQueueSeesWhatWaits() {
        network.gone("in");
        made("mn-name", 3, "m2m:cnt", announced("data").build());
        assertThat(gateway.outbound.administration().items("/in-cse", 0, 10)).hasSize(1);
        long sequence = gateway.outbound.administration().items("/in-cse", 0, 10).get(0).sequence();
        network.await(() -> gateway.outbound.administration().delete(sequence).toCompletableFuture().join(), "it is deleted");
        network.await(() -> gateway.ask(Operation.RETRIEVE, "mn-name/data", "CAdmin", Optional.empty(), null).content()
                .orElseThrow().attributes().texts("at").isEmpty(), "and no link any more");
    }
}
