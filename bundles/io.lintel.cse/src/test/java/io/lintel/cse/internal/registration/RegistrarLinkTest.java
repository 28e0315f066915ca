// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.cse.internal.outbound.OutboundNode;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway keeps itself registered at its registrar: TS-0001 10.2.2.2, TS-0004 7.4.4. */
class RegistrarLinkTest {
    private static final Duration SOON = Duration.ofMillis(20);

    private final OutboundNetwork network = new OutboundNetwork();
    private final List<OutboundNode> nodes = new ArrayList<>();
    private OutboundNode gateway;
    private OutboundNode infrastructure;

    @BeforeEach
    void nodes() {
        infrastructure = node("/in-cse", CseType.IN, null);
        infrastructure.side.start();
        gateway = node("/mn-cse", CseType.MN, settings("mqtt://in", "/in-cse", Duration.ofHours(1)));
        network.listen("in", infrastructure, "/mn-cse");
    }

    private OutboundNode node(String cseId, CseType type, RegistrarSettings registrar) {
        OutboundNode node = new OutboundNode(cseId, type, network, OutboundNode.settings().withRequestTimeout(Duration
                .ofMillis(300))
                .withRetries(Duration.ofMillis(5), SOON), Optional.ofNullable(registrar), Clock.systemUTC());
        nodes.add(node);
        return node;
    }

    private static RegistrarSettings settings(String uri, String cseId, Duration life) {
        return RegistrarSettings.of(uri, cseId, cseId.substring(1) + "-name", List.of(), "cbor", life, SOON,
                Duration.ofMillis(2), SOON);
    }

    @AfterEach
    void close() {
        nodes.forEach(OutboundNode::close);
    }

    private static Door door(OutboundNode node) {
        return node.side.registrarDoor().orElseThrow();
    }

    private void registers(OutboundNode node) {
        node.side.start();
        awaitRegistered(node);
    }

    private void awaitRegistered(OutboundNode node) {
        network.await(() -> door(node).isOpen() && !new RemoteCseIndex(node.store).withCseId(node.registrar.orElseThrow()
                .cseId()).isEmpty(),
                node.identity.cseId() + " is registered: " + door(node).detail());
    }

    private Optional<Resource> registration() {
        return infrastructure.store.child("base", "mn-cse");
    }

    private long creates() {
        return network.requestsTo("in").stream().filter(request -> request.operation() == Operation.CREATE).count();
    }

    @Test
    void itRegistersWithAllThatTheRegistrarNeeds() {
        registers(gateway);
        Resource there = registration().orElseThrow();
        assertThat(there.text("csi")).contains("/mn-cse");
        assertThat(there.text("cb")).contains("/mn-cse/mn-cse-name");
        assertThat(there.attributes().number("cst")).contains(2L);
        assertThat(there.attributes().flag("rr")).contains(true);
        assertThat(there.attributes().texts("poa")).containsExactly("mqtt://in");
        assertThat(there.attributes().texts("csz")).containsExactly("cbor");
        assertThat(there.attributes().texts("srv")).contains("2a");
        assertThat(there.attributes().has("dcse")).isTrue();
        assertThat(there.expiration()).isBetween(Instant.now().plusSeconds(3500).toEpochMilli(), Instant.now().plusSeconds(3700)
                .toEpochMilli());
        Resource here = gateway.store.child("base", "in-cse").orElseThrow();
        assertThat(here.text("csi")).contains("/in-cse");
        assertThat(here.text("cb")).contains("/in-cse/in-cse-name");
        assertThat(here.attributes().number("cst")).contains(1L);
        assertThat(here.attributes().texts("poa")).containsExactly("mqtt://in");
        assertThat(here.creator()).isEqualTo("/mn-cse");
        network.await(() -> door(gateway).detail().startsWith("registered at /in-cse"), "it says so");
        assertThat(network.requestsTo("in")).allSatisfy(request -> assertThat(request.from()).contains("/mn-cse"));
        assertThat(network.sentTo("in").get(0).receiver()).contains("/in-cse");
    }

    @Test
    @Tag("MQ-09")
    void overHttpItNamesItsOwnDoors() {
        OutboundNode http = node("/mn-http", CseType.MN, settings("http://in", "/in-cse", Duration.ofHours(1)));
        http.doors = List.of("http://me:8080");
        registers(http);
        assertThat(infrastructure.store.child("base", "mn-http").orElseThrow().attributes().texts("poa"))
                .containsExactly("http://me:8080");
    }

    @Test
    void itTriesUntilTheRegistrarIsThere() {
        network.gone("in");
        gateway.side.start();
        network.awaitRequests("in", 3);
        assertThat(door(gateway).isOpen()).isFalse();
        assertThat(door(gateway).detail()).startsWith("not registered at /in-cse: ");
        network.listen("in", infrastructure, "/mn-cse");
        awaitRegistered(gateway);
    }

    @Test
    void aRefusalIsSaidAndTriedAgain() {
        network.answer("in", ResponseStatusCode.SECURITY_ASSOCIATION_REQUIRED);
        gateway.side.start();
        network.await(() -> door(gateway).detail().contains("4107"), "the reason is shown");
        assertThat(door(gateway).isOpen()).isFalse();
        network.listen("in", infrastructure, "/mn-cse");
        awaitRegistered(gateway);
    }

    @Test
    void aRegistrationThatStandsIsTakenUpAfterACrash() {
        registers(gateway);
        String id = registration().orElseThrow().id();
        gateway.crashAndBoot();
        assertThat(door(gateway).isOpen()).isFalse();
        registers(gateway);
        assertThat(creates()).isEqualTo(1);
        assertThat(registration().orElseThrow().id()).isEqualTo(id);
        assertThat(gateway.store.ofType(16, "", 10)).hasSize(1);
    }

    @Test
    void whatChangedMeanwhileIsBroughtUpToDate() {
        registers(gateway);
        Resource there = registration().orElseThrow();
        gateway.crash();
        infrastructure.put(there.with(there.attributes().toBuilder().set("poa", List.of("mqtt://old")).build()));
        gateway.boot();
        registers(gateway);
        network.await(() -> registration().orElseThrow().attributes().texts("poa").equals(List.of("mqtt://in")),
                "the new address");
        assertThat(creates()).isEqualTo(1);
    }

    @Test
    void anEarlierRegistrationUnderAnotherNameIsAdopted() {
        Attributes attributes = Attributes.builder().set("csi", "/mn-cse").set("cb", "/mn-cse/x").set("rr", false)
                .set("et", Timestamps.format(Instant.now().plusSeconds(7200))).build();
        infrastructure.put(new Resource(16, "m2m:csr", "csr1", "base", "gateway-of-old", "/mn-cse", Long.MAX_VALUE, attributes));
        registers(gateway);
        assertThat(infrastructure.store.ofType(16, "", 10)).extracting(Resource::name).containsExactly("gateway-of-old");
        network.await(() -> infrastructure.store.byId("csr1").orElseThrow().attributes().flag("rr").orElse(false),
                "it is brought up to date");
    }

    @Test
    void aNameThatIsTakenBySomebodyElseIsNotInsistedOn() {
        infrastructure.put(new Resource(3, "m2m:cnt", "cnt1", "base", "mn-cse", "CAdmin", Long.MAX_VALUE, Attributes.empty()));
        registers(gateway);
        assertThat(infrastructure.store.ofType(16, "", 10)).hasSize(1);
        long made = creates();
        network.awaitRequests("in", network.sentTo("in").size() + 5);
        assertThat(creates()).as("it is found under the name that it got").isEqualTo(made);
    }

    @Test
    void aRegistrationThatVanishedIsMadeAgain() {
        registers(gateway);
        infrastructure.delete("in-cse-name/mn-cse", "CAdmin");
        network.await(() -> registration().isPresent(), "it is there again");
        awaitRegistered(gateway);
    }

    @Test
    void itIsRenewedBeforeItExpires() {
        OutboundNode brief = node("/mn-brief", CseType.MN, settings("mqtt://in", "/in-cse", Duration.ofSeconds(6)));
        registers(brief);
        Resource first = infrastructure.store.child("base", "mn-brief").orElseThrow();
        network.await(() -> infrastructure.store.child("base", "mn-brief").orElseThrow().expiration() > first.expiration(),
                "more time");
        assertThat(infrastructure.store.child("base", "mn-brief").orElseThrow().id()).as("the same registration")
                .isEqualTo(first.id());
        assertThat(door(brief).isOpen()).isTrue();
    }

    @Test
    void aRegistrarOfAnEarlierReleaseIsRegisteredAtWithoutReleases() {
        network.peer("in", request -> {
            boolean names = request.request().content().map(content -> content.attributes().has("srv")).orElse(false);
            return names ? CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.BAD_REQUEST,
                    request.request().requestIdentifier()).build())
                    : infrastructure.handle(request.request(), io.lintel.cse.api.Hop.local("in"));
        });
        registers(gateway);
        assertThat(registration().orElseThrow().attributes().has("srv")).isFalse();
    }

    @Test
    void whoRegistersBelowIsMadeKnownAbove() {
        registers(gateway);
        OutboundNode leaf = node("/asn", CseType.ASN, settings("mqtt://mn", "/mn-cse", Duration.ofHours(1)));
        network.listen("mn", gateway, "/asn");
        registers(leaf);
        network.await(() -> registration().orElseThrow().attributes().texts("dcse").equals(List.of("/asn")),
                "/asn is known above");
        leaf.crash();
        gateway.delete("mn-cse-name/asn", "CAdmin");
        network.await(() -> registration().orElseThrow().attributes().texts("dcse").isEmpty(), "its end is known above");
    }

    @Test
    void deregistrationEndsItOnBothSidesForGood() {
        registers(gateway);
        ResponsePrimitive response = gateway.side.registrar().orElseThrow().deregister().toCompletableFuture().join();
        assertThat(response.statusCode()).isEqualTo(2002);
        assertThat(registration()).isEmpty();
        assertThat(gateway.store.ofType(16, "", 10)).isEmpty();
        assertThat(door(gateway).isOpen()).isFalse();
        assertThat(door(gateway).detail()).isEqualTo("deregistered from /in-cse");
    }

    @Test
    void theEndOfTheProcessIsNoDeregistration() {
        registers(gateway);
        gateway.crash();
        assertThat(registration()).isPresent();
        gateway.boot();
    }

    @Test
    void whatWaitedForTheRegistrarGoesWhenTheLinkIsBack() {
        registers(gateway);
        gateway.container("data");
        network.gone("in");
        assertThat(gateway.subscribe("data", "sub", "/in-cse/CApp", Attributes.builder().set("nu", List.of("/in-cse/CApp"))
                .set("enc", Attributes.of("net", List.of(3)))).statusCode()).isEqualTo(2001);
        gateway.instance("data", "v0");
        gateway.instance("data", "v1");
        network.await(() -> gateway.side.counters().getOrDefault("notifications.retried", 0L) > 0, "the link is down");
        infrastructure.ae("CApp", "http://app");
        network.answer("app", ResponseStatusCode.OK);
        network.listen("in", infrastructure, "/mn-cse");
        List<RequestPrimitive> arrived = network.awaitRequests("app", 2);
        assertThat(arrived).extracting(request -> request.content().orElseThrow().toString().replaceAll(".*con=(v\\d).*", "$1"))
                .containsExactly("v0", "v1");
        assertThat(arrived.get(0).from()).contains("/mn-cse");
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> settings("not a uri", "/in-cse", SOON)).hasMessageContaining("registrar.uri");
        assertThatThrownBy(() -> settings("mqtt:", "/in-cse", SOON)).hasMessageContaining("registrar.uri");
        assertThatThrownBy(() -> settings("mqtt://in", "in-cse", SOON)).hasMessageContaining("registrar.cseId");
        assertThatThrownBy(() -> settings("mqtt://in", "/in-cse", Duration.ZERO)).hasMessageContaining("positive");
    }
}
