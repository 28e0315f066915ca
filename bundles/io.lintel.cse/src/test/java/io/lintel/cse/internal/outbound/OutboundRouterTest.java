// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.polling.PollingChannels;
import io.lintel.cse.internal.registration.RemoteCseIndex;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The way to the next hop: TS-0004 7.3.2.6 to 7.3.2.8. */
class OutboundRouterTest {
    private final OutboundNetwork network = new OutboundNetwork();
    private OutboundNode node;
    private OutboundRouter router;
    private List<String> sessions = List.of();
    private final Set<String> connections = new HashSet<>();

    @AfterEach
    void close() {
        node.close();
    }

    private void given(String cseId, CseType type, Optional<String> registrar) {
        network.real(PrimitiveSender.CONNECTION, new PrimitiveSender() {
            @Override
            public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
                return OutboundNetwork.unreachable(false);
            }

            @Override
            public Optional<URI> connection(String entity) {
                return connections.contains(entity) ? Optional.of(URI.create("connection:" + entity)) : Optional.empty();
            }
        });
        node = new OutboundNode(cseId, type, network, OutboundNode.settings(), Optional.empty(), Clock.systemUTC());
        router = new OutboundRouter(node.ids, node.store, new RemoteCseIndex(node.store), network::sender, registrar, () ->
                sessions,
                new PollingChannels(node.store, java.time.Clock.systemUTC()));
    }

    private void givenGateway() {
        given("/mn-cse", CseType.MN, Optional.of("/in-cse"));
    }

    private OutboundRoute toCse(String to, String cameFrom) {
        return router.toCse(Address.parse(to), to, Optional.ofNullable(cameFrom), "/in-cse".equals(cameFrom));
    }

    private int refusal(Runnable way) {
        return catchThrowableOfType(PrimitiveException.class, way::run).status().code();
    }

    @Test
    void anAeIsFoundByItsIdInEveryFormAndByItsResource() {
        givenGateway();
        node.ae("C12", "http://ae:1/inbox", "mqtt://broker");
        for (String form : List.of("C12", "/mn-cse/C12", "//lintel.example/mn-cse/C12", "mn-cse-name/ae-C12", "-/ae-C12",
                "/mn-cse/mn-cse-name/ae-C12")) {
            OutboundRoute route = router.toTarget(form);
            assertThat(route.kind()).as(form).isEqualTo(OutboundRoute.Kind.AE);
            assertThat(route.receiver()).contains("/mn-cse/C12");
            assertThat(route.to()).isEqualTo(form);
            assertThat(route.hops()).extracting(way -> way.pointOfAccess().toString()).containsExactly("http://ae:1/inbox",
                    "mqtt://broker");
        }
    }

    @Test
    void anAeWithAnSTypeIdIsFoundByItToo() {
        givenGateway();
        node.ae("S5", "http://ae:1");
        assertThat(router.toTarget("S5").receiver()).contains("/S5");
        assertThat(router.toTarget("/S5").receiver()).contains("/S5");
        assertThat(router.toTarget("//lintel.example/S5").receiver()).contains("/S5");
    }

    @Test
    void pointsOfAccessThatNobodyServesAreLeftOut() {
        givenGateway();
        node.ae("C1", "carrier-pigeon://roof", "not a uri at all", "http://ae:1");
        assertThat(router.toTarget("C1").hops()).hasSize(1);
        node.ae("C2", "carrier-pigeon://roof");
        assertThat(refusal(() -> router.toTarget("C2"))).isEqualTo(5103);
    }

    @Test
    void anAeWithoutPointOfAccessIsTriedWhereItMayHaveASession() {
        givenGateway();
        node.ae("C1");
        assertThat(refusal(() -> router.toTarget("C1"))).isEqualTo(5103);
        sessions = List.of("mqtt://own:1883");
        assertThat(router.toTarget("C1").hops()).extracting(way -> way.pointOfAccess().getHost()).containsExactly("own");
        Resource unreachable = node.ae("C2");
        node.put(unreachable.with(unreachable.attributes().toBuilder().set("rr", false).build()));
        assertThat(refusal(() -> router.toTarget("C2"))).isEqualTo(5103);
    }

    @Test
    @Tag("WS-10")
    void anAeWithoutPointOfAccessIsReachedByTheConnectionItKeepsOpen() {
        givenGateway();
        connections.add("/mn-cse/C1");
        connections.add("/mn-cse/C2");
        connections.add("/S3");
        sessions = List.of("mqtt://own:1883");
        Resource silent = node.ae("C1");
        node.put(silent.with(silent.attributes().toBuilder().set("rr", false).build()));
        node.ae("C2", "http://ae:1");
        node.ae("S3");
        assertThat(router.toTarget("C1").hops()).extracting(way -> way.pointOfAccess().toString())
                .containsExactly("connection:/mn-cse/C1");
        assertThat(router.toTarget("C2").hops()).as("where it wants to be reached first")
                .extracting(way -> way.pointOfAccess().toString()).containsExactly("http://ae:1", "connection:/mn-cse/C2");
        assertThat(router.toTarget("S3").hops()).extracting(way -> way.pointOfAccess().toString())
                .containsExactly("connection:/S3");
        connections.clear();
        assertThat(router.toTarget("S3").hops()).extracting(way -> way.pointOfAccess().getHost()).containsExactly("own");
    }

    @Test
    @Tag("WS-10")
    void aCseIsReachedFirstByAConnectionThatIsOpen() {
        given("/in-cse", CseType.IN, Optional.empty());
        node.remote("/mn-cse", "http://mn:1", List.of());
        assertThat(toCse("/mn-cse/x", null).hops()).extracting(way -> way.pointOfAccess().toString())
                .containsExactly("http://mn:1");
        connections.add("/mn-cse");
        assertThat(toCse("/mn-cse/x", null).hops()).extracting(way -> way.pointOfAccess().toString())
                .containsExactly("connection:/mn-cse", "http://mn:1");
    }

    @Test
    @Tag("MQ-54")
    void theSerializationIsTheTargetsWishElseTheReceivers() {
        givenGateway();
        Resource ae = node.ae("C1", "http://ae:1");
        assertThat(router.toTarget("C1").hops().get(0).serialization()).isEmpty();
        node.put(ae.with(ae.attributes().toBuilder().set("csz", List.of("application/xml", "json")).build()));
        assertThat(router.toTarget("C1").hops().get(0).serialization()).contains(Serialization.XML);
        assertThat(router.toTarget("C1?ct=cbor").hops().get(0).serialization()).contains(Serialization.CBOR);
        assertThat(router.toTarget("C1?ct=cbor").to()).isEqualTo("C1");
        assertThat(refusal(() -> router.toTarget("C1?ct=protobuf"))).isEqualTo(4000);
    }

    @Test
    @Tag("MQ-53") @Tag("MQ-54")
    void aProtocolUriIsItsOwnTargetWithoutItsCt() {
        givenGateway();
        OutboundRoute route = router.toTarget("http://hook:80/a?b=c&ct=xml&d=e");
        assertThat(route.kind()).isEqualTo(OutboundRoute.Kind.URI);
        assertThat(route.receiver()).isEmpty();
        assertThat(route.to()).isEqualTo("http://hook:80/a?b=c&d=e");
        assertThat(route.hops()).containsExactly(new OutboundRoute.Way(java.net.URI.create("http://hook:80/a?b=c&d=e"),
                Optional.of(Serialization.XML)));
        assertThat(refusal(() -> router.toTarget("mqtt://broker:1883"))).as("a MQTT target needs a topic").isEqualTo(4000);
    }

    @Test
    void aResourceThatIsNoAeIsServedHereAndWhatIsNotThereIsRefused() {
        givenGateway();
        assertThat(router.toTarget("/mn-cse").kind()).isEqualTo(OutboundRoute.Kind.HERE);
        assertThat(refusal(() -> router.toTarget("C404"))).isEqualTo(4004);
    }

    @Test
    void rule1TheRegisteredCseOrTheOneThatItIsBehind() {
        givenGateway();
        node.remote("/asn1", "http://asn1", List.of());
        node.remote("/mn2", "http://mn2", List.of("/asn2"));
        assertThat(toCse("/asn1/base", null).receiver()).contains("/asn1");
        assertThat(toCse("/asn2/base", "/in-cse").receiver()).contains("/mn2");
        assertThat(router.toTarget("/asn2/C1").receiver()).contains("/mn2");
    }

    @Test
    void rule2EverythingElseGoesToTheRegistrar() {
        givenGateway();
        node.remote("/in-cse", "http://in", List.of());
        assertThat(toCse("/elsewhere/x", null).receiver()).contains("/in-cse");
        assertThat(toCse("/elsewhere/x", "/asn1").receiver()).contains("/in-cse");
        assertThat(toCse("/S77", null).receiver()).as("S-type AE-IDs are the IN's to find").contains("/in-cse");
        assertThat(toCse("//other.example/in/x", null).receiver()).contains("/in-cse");
    }

    @Test
    void rule2WithoutRegistrationThereIsNoWayUpNow() {
        givenGateway();
        assertThat(refusal(() -> toCse("/elsewhere/x", null))).isEqualTo(5103);
    }

    @Test
    void rule3WhatTheRegistrarDoesNotFindBelowUsIsNowhere() {
        givenGateway();
        node.remote("/in-cse", "http://in", List.of());
        assertThat(refusal(() -> toCse("/elsewhere/x", "/in-cse"))).isEqualTo(4004);
        assertThat(refusal(() -> toCse("/in-cse/x", "/in-cse"))).as("back where it came from").isEqualTo(4004);
    }

    @Test
    void rule3TheInfrastructureNodeAsksNobodyElse() {
        given("/in-cse", CseType.IN, Optional.empty());
        node.remote("/mn-cse", "http://mn", List.of("/asn1"));
        assertThat(toCse("/asn1/x", null).receiver()).contains("/mn-cse");
        assertThat(refusal(() -> toCse("/elsewhere/x", "/mn-cse"))).isEqualTo(4004);
        assertThat(refusal(() -> toCse("/asn1/x", "/mn-cse"))).as("never back to the sender").isEqualTo(4004);
    }

    @Test
    void rule4AnotherProvidersInfrastructureNodeOverMccPrime() {
        given("/in-cse", CseType.IN, Optional.empty());
        assertThat(refusal(() -> toCse("//other.example/in/x", null))).isEqualTo(4004);
        Resource peer = node.remote("/peer", "http://other", List.of());
        node.put(peer.with(peer.attributes().toBuilder().set("csi", "//other.example/in").build()));
        OutboundRoute route = toCse("//other.example/in/x", null);
        assertThat(route.receiver()).contains("//other.example/in");
        assertThat(route.foreign()).isTrue();
    }

    @Test
    void twoCsesThatClaimTheSameDescendantAreAnError() {
        given("/in-cse", CseType.IN, Optional.empty());
        node.remote("/mn1", "http://mn1", List.of("/asn"));
        node.remote("/mn2", "http://mn2", List.of("/asn"));
        assertThat(refusal(() -> toCse("/asn/x", null))).isEqualTo(5000);
    }

    @Test
    void aCseWithoutUsablePointOfAccessIsNotReachable() {
        givenGateway();
        node.remote("/asn1", "carrier-pigeon://roof", List.of());
        assertThat(refusal(() -> toCse("/asn1/x", null))).isEqualTo(5103);
    }

    @Test
    void theInfrastructureNodeFindsAnSTypeAeByItsAnnouncement() {
        given("/in-cse", CseType.IN, Optional.empty());
        node.remote("/mn-cse", "http://mn", List.of());
        node.put(new Resource(10002, "m2m:aeA", "S5", "base", "S5", "/mn-cse", Long.MAX_VALUE, Attributes.of("lnk",
                "/mn-cse/S5")));
        assertThat(toCse("/S5", null).receiver()).contains("/mn-cse");
        node.put(new Resource(10002, "m2m:aeA", "S5", "base", "S5", "/mn-cse", Long.MAX_VALUE, Attributes.of("lnk", "INACTIVE")));
        assertThat(refusal(() -> toCse("/S5", null))).isEqualTo(4004);
    }

    @Test
    void onlyAReceiverThatNamesReleaseOneAloneIsTreatedAsSuch() {
        givenGateway();
        Resource remote = node.remote("/asn1", "http://asn1", List.of());
        assertThat(toCse("/asn1/x", null).release1()).isFalse();
        node.put(remote.with(remote.attributes().toBuilder().set("srv", List.of("1")).build()));
        assertThat(toCse("/asn1/x", null).release1()).isTrue();
        node.put(remote.with(remote.attributes().toBuilder().set("srv", List.of("1", "2a")).build()));
        assertThat(toCse("/asn1/x", null).release1()).isFalse();
    }
}
