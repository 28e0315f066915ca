// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.registration.RegistrarSettings;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests in transit on Mcc, in both directions, and NOTIFY for AEs: TS-0004 7.3.2.6. */
class ForwarderTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final Hop AE_HOP = Hop.plain(Binding.MQTT, "ae", true);

    private final OutboundNetwork network = new OutboundNetwork();
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final List<OutboundNode> nodes = new ArrayList<>();
    private OutboundNode gateway;
    private OutboundNode infrastructure;

    @BeforeEach
    void twoNodesThatKnowEachOther() {
        Optional<RegistrarSettings> registrar = Optional.of(RegistrarSettings.of("mqtt://in", "/in-cse", "in-cse-name",
                List.of(), "json",
                Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofSeconds(1)));
        gateway = new OutboundNode("/mn-cse", CseType.MN, network, OutboundNode.settings(), registrar, clock);
        infrastructure = new OutboundNode("/in-cse", CseType.IN, network, OutboundNode.settings(), Optional.empty(), clock);
        nodes.add(gateway);
        nodes.add(infrastructure);
        gateway.remote("/in-cse", "mqtt://in", List.of());
        infrastructure.remote("/mn-cse", "mqtt://mn", List.of());
        network.listen("in", infrastructure, "/mn-cse");
        network.listen("mn", gateway, "/in-cse");
    }

    @AfterEach
    void close() {
        nodes.forEach(OutboundNode::close);
    }

    private RequestPrimitive sentTo(String authority) {
        List<RequestPrimitive> sent = network.requestsTo(authority);
        assertThat(sent).hasSize(1);
        return sent.get(0);
    }

    @Test
    @Tag("MQ-08")
    void anAesRequestTravelsUpwardsAndItsAnswerBack() {
        gateway.ae("C12");
        infrastructure.container("cloud");
        RequestPrimitive request = gateway.request(Operation.CREATE, "/in-cse/in-cse-name/cloud", "C12").requestIdentifier("ae-1")
                .resourceType(4).content(new Content("m2m:cin", Attributes.of("con", "21"))).build();
        ResponsePrimitive response = gateway.ask(request, AE_HOP);
        assertThat(response.statusCode()).isEqualTo(2001);
        assertThat(response.requestIdentifier()).isEqualTo("ae-1");
        RequestPrimitive hop = sentTo("in");
        assertThat(hop.from()).contains("/mn-cse/C12");
        assertThat(hop.to()).isEqualTo("/in-cse/in-cse-name/cloud");
        assertThat(hop.requestIdentifier()).isNotEqualTo("ae-1").isNotEmpty();
        assertThat(hop.content()).isEqualTo(request.content());
        assertThat(network.sentTo("in").get(0).receiver()).contains("/in-cse");
        assertThat(infrastructure.store.newestInstance("id-cloud")).get().extracting(Resource::creator).isEqualTo("/mn-cse/C12");
    }

    @Test
    void anApplicationsRequestTravelsDownwards() {
        infrastructure.ae("CApp");
        gateway.container("data");
        ResponsePrimitive response = infrastructure.ask(
                infrastructure.request(Operation.RETRIEVE, "/mn-cse/mn-cse-name/data", "CApp").requestIdentifier("app-1")
                .build(), AE_HOP);
        assertThat(response.statusCode()).isEqualTo(2000);
        assertThat(response.content()).get().extracting(Content::name).isEqualTo("m2m:cnt");
        assertThat(response.requestIdentifier()).isEqualTo("app-1");
        assertThat(sentTo("mn").from()).contains("/in-cse/CApp");
    }

    @Test
    void anSTypeAeKeepsItsShortSpRelativeName() {
        gateway.ae("S5");
        gateway.ask(gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "S5").build(), AE_HOP);
        assertThat(sentTo("in").from()).contains("/S5");
    }

    @Test
    void aRequestPassesThreeNodes() {
        OutboundNode leaf = new OutboundNode("/asn", CseType.ASN, network, OutboundNode.settings(), Optional.empty(), clock);
        nodes.add(leaf);
        leaf.container("deep");
        network.listen("asn", leaf, "/mn-cse");
        gateway.remote("/asn", "mqtt://asn", List.of());
        Resource known = infrastructure.store.byId("csrmn-cse").orElseThrow();
        infrastructure.put(known.with(known.attributes().toBuilder().set("dcse", List.of("/asn")).build()));
        infrastructure.ae("CApp");
        ResponsePrimitive response = infrastructure.ask(
                infrastructure.request(Operation.RETRIEVE, "/asn/asn-name/deep", "CApp").requestIdentifier("app-1").build(),
                AE_HOP);
        assertThat(response.statusCode()).isEqualTo(2000);
        assertThat(response.requestIdentifier()).isEqualTo("app-1");
        assertThat(sentTo("asn").from()).contains("/in-cse/CApp");
    }

    @Test
    void whatTheRegistrarSendsIsNeverSentBackUp() {
        infrastructure.remote("/mn-cse", "mqtt://mn", List.of("/ghost"));
        infrastructure.ae("CApp");
        ResponsePrimitive response = infrastructure.ask(infrastructure.request(Operation.RETRIEVE, "/ghost/x", "CApp").build(),
                AE_HOP);
        assertThat(response.statusCode()).isEqualTo(4004);
        assertThat(network.sentTo("mn")).hasSize(1);
        assertThat(network.sentTo("in")).isEmpty();
    }

    @Test
    void overATransportThatNamesNobodyTheSenderIsInferred() {
        Hop unnamed = Hop.plain(Binding.HTTP, "somebody", true);
        ResponsePrimitive fromAbove = gateway.ask(gateway.request(Operation.RETRIEVE, "/ghost/x", "/in-cse/CApp").build(),
                unnamed);
        assertThat(fromAbove.statusCode()).isEqualTo(4004);
        assertThat(network.sent()).isEmpty();
        gateway.remote("/asn", "mqtt://asn", List.of());
        gateway.ask(gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "/asn/C1").build(), unnamed);
        assertThat(sentTo("in").from()).contains("/asn/C1");
    }

    @Test
    void aRequestThatComesBackUnderTheIdentifierItLeftWithIsALoop() {
        gateway.ae("C1");
        List<ResponsePrimitive> inner = new ArrayList<>();
        network.peer("in", request -> {
            inner.add(gateway.ask(request.request(), Hop.plain(Binding.HTTP, "loop", true)));
            return CompletableFuture.completedFuture(inner.get(0));
        });
        gateway.ask(gateway.request(Operation.RETRIEVE, "/elsewhere/x", "C1").build(), AE_HOP);
        assertThat(inner).extracting(ResponsePrimitive::statusCode).containsExactly(4004);
        assertThat(network.sentTo("in")).hasSize(1);
    }

    @Test
    void relativeTimesBecomeAbsoluteAndTheOriginatingTimestampIsFilledIn() {
        gateway.ae("C1");
        gateway.ask(gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C1")
                .set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "4000").set(RequestParameter.RESULT_EXPIRATION_TIMESTAMP,
                "5000").build(),
                AE_HOP);
        Attributes sent = sentTo("in").parameters();
        assertThat(sent.text("rqet").flatMap(Timestamps::parse)).contains(NOW.plusSeconds(4));
        assertThat(sent.text("rset").flatMap(Timestamps::parse)).contains(NOW.plusSeconds(5));
        assertThat(sent.text("ot").flatMap(Timestamps::parse)).contains(NOW);
        assertThat(network.sentTo("in").get(0).deadline()).isEqualTo(NOW.plusSeconds(4));
    }

    @Test
    void relativeTimesCountFromTheOriginatorsTimestamp() {
        gateway.ae("C1");
        Instant sentAt = NOW.minusSeconds(3);
        gateway.ask(gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C1")
                .set(RequestParameter.ORIGINATING_TIMESTAMP, Timestamps.format(sentAt))
                .set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "4000").build(), AE_HOP);
        assertThat(sentTo("in").parameters().text("rqet").flatMap(Timestamps::parse)).contains(NOW.plusSeconds(1));
    }

    @Test
    void theDeadlineIsTheEarliestOfAllAndThePastIsATimeout() {
        gateway.ae("C1");
        RequestPrimitive.Builder request = gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C1");
        gateway.ask(request.build(), AE_HOP);
        gateway.ask(request.set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "6000")
                .set(RequestParameter.OPERATION_EXECUTION_TIME, "2000").build(), AE_HOP);
        assertThat(network.sentTo("in")).extracting(OutboundRequest::deadline)
                .containsExactly(NOW.plus(OutboundNode.settings().requestTimeout()), NOW.plusSeconds(2));
        ResponsePrimitive late = gateway.ask(request.set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP,
                Timestamps.format(NOW.minusSeconds(1))).build(), AE_HOP);
        assertThat(late.statusCode()).isEqualTo(4008);
        assertThat(network.sentTo("in")).hasSize(2);
    }

    @Test
    void aReleaseOneNeighbourGetsNoReleaseVersion() {
        gateway.ae("C1");
        RequestPrimitive request = gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C1")
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "3").set(RequestParameter.VENDOR_INFORMATION, "x").build();
        gateway.ask(request, AE_HOP);
        Resource in = gateway.store.byId("csrin-cse").orElseThrow();
        gateway.put(in.with(in.attributes().toBuilder().set("srv", List.of("1")).build()));
        gateway.ask(request, AE_HOP);
        assertThat(network.requestsTo("in")).extracting(r -> r.releaseVersionIndicator().orElse("none")).containsExactly("3",
                "none");
        assertThat(network.requestsTo("in")).extracting(r -> r.parameters().has("vsi")).containsExactly(true, false);
    }

    @Test
    void theNextWayIsTriedWhenTheFirstIsNotThere() {
        gateway.ae("C1");
        Resource in = gateway.store.byId("csrin-cse").orElseThrow();
        gateway.put(in.with(in.attributes().toBuilder().set("poa", List.of("http://dead", "mqtt://in")).build()));
        assertThat(gateway.ask(gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C1").build(), AE_HOP).statusCode())
                .isEqualTo(2000);
        assertThat(network.sent()).extracting(r -> r.pointOfAccess().getAuthority()).containsExactly("dead", "in");
    }

    @Test
    void aChangeThatMayHaveArrivedIsNotSentASecondWay() {
        gateway.ae("C1");
        Resource in = gateway.store.byId("csrin-cse").orElseThrow();
        gateway.put(in.with(in.attributes().toBuilder().set("poa", List.of("http://flaky", "mqtt://in")).build()));
        network.peer("flaky", request -> OutboundNetwork.unreachable(true));
        ResponsePrimitive created = gateway.ask(gateway.request(Operation.CREATE, "/in-cse/in-cse-name", "C1").resourceType(3)
                .content(new Content("m2m:cnt", Attributes.of("rn", "x"))).build(), AE_HOP);
        assertThat(created.statusCode()).isEqualTo(4008);
        assertThat(network.sentTo("in")).isEmpty();
        assertThat(gateway.ask(gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C1").build(), AE_HOP).statusCode())
                .as("reading twice harms nobody").isEqualTo(2000);
    }

    @Test
    void nobodyThereIs5103() {
        gateway.ae("C1");
        network.gone("in");
        assertThat(gateway.ask(gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C1").build(), AE_HOP).statusCode())
                .isEqualTo(5103);
    }

    @Test
    void manyWaitAtATimeAndEachGetsItsOwnAnswer() {
        gateway.ae("C1");
        List<OutboundRequest> waiting = new ArrayList<>();
        List<CompletableFuture<ResponsePrimitive>> promises = new ArrayList<>();
        network.peer("in", request -> {
            waiting.add(request);
            promises.add(new CompletableFuture<>());
            return promises.get(promises.size() - 1);
        });
        List<CompletionStage<ResponsePrimitive>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(gateway.handle(gateway.request(Operation.RETRIEVE, "/in-cse/x" + i, "C1").requestIdentifier("r"
                    + i).build(), AE_HOP));
        }
        assertThat(waiting).extracting(r -> r.request().requestIdentifier()).doesNotHaveDuplicates();
        for (int i = 99; i >= 0; i--) {
            promises.get(i).complete(ResponsePrimitive.builder(ResponseStatusCode.OK,
                    waiting.get(i).request().requestIdentifier())
                    .content(Content.uri("answer" + i)).build());
        }
        for (int i = 0; i < 100; i++) {
            ResponsePrimitive answer = answers.get(i).toCompletableFuture().join();
            assertThat(answer.requestIdentifier()).isEqualTo("r" + i);
            assertThat(answer.content()).contains(Content.uri("answer" + i));
        }
    }

    @Test
    void aSilentPeerIs4008AtTheDeadlineAlthoughItsBindingForgotTheRequest() {
        OutboundNode impatient = new OutboundNode("/mn3", CseType.MN, network,
                OutboundNode.settings().withRequestTimeout(Duration.ofMillis(50)), Optional.empty(), Clock.systemUTC());
        nodes.add(impatient);
        impatient.side.start();
        impatient.remote("/asn", "mqtt://asn", List.of());
        impatient.ae("C1");
        network.silent("asn");
        assertThat(impatient.ask(impatient.request(Operation.RETRIEVE, "/asn/x", "C1").build(),
                AE_HOP).statusCode()).isEqualTo(4008);
    }

    @Test
    void aNotifyForAnAeGoesToItsPointsOfAccessInOrder() {
        gateway.ae("C9", "http://first", "http://second");
        network.answer("second", ResponseStatusCode.OK);
        infrastructure.ae("CApp");
        RequestPrimitive notify = infrastructure.request(Operation.NOTIFY, "/mn-cse/C9", "CApp").requestIdentifier("n1")
                .content(new Content("m2m:sgn", Attributes.of("vrq", true))).build();
        ResponsePrimitive response = infrastructure.ask(notify, AE_HOP);
        assertThat(response.statusCode()).isEqualTo(2000);
        assertThat(response.requestIdentifier()).isEqualTo("n1");
        assertThat(network.sent()).extracting(r -> r.pointOfAccess().getAuthority()).containsExactly("mn", "first", "second");
        OutboundRequest last = network.sentTo("second").get(0);
        assertThat(last.receiver()).contains("/mn-cse/C9");
        assertThat(last.request().from()).contains("/in-cse/CApp");
        assertThat(last.request().to()).isEqualTo("/mn-cse/C9");
        network.gone("second");
        assertThat(infrastructure.ask(notify, AE_HOP).statusCode()).isEqualTo(5103);
    }

    @Test
    void theResultOfANonBlockingRequestComesUnderTheIdentifierItsOriginatorKnows() {
        gateway.ae("C9", "http://ae");
        network.answer("ae", ResponseStatusCode.OK);
        gateway.ask(gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C9").requestIdentifier("ae/1")
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 2)).build(), AE_HOP);
        String passedOn = sentTo("in").requestIdentifier();
        assertThat(passedOn).isNotEqualTo("ae/1").hasSizeLessThan(100);
        infrastructure.ask(infrastructure.request(Operation.NOTIFY, "/mn-cse/C9", "/in-cse")
                .content(result(passedOn)).build(), Hop.local("test"));
        assertThat(sentTo("ae").content()).contains(result("ae/1"));
    }

    private static Content result(String identifier) {
        return new Content("m2m:rsp", Attributes.builder().set("rsc", 2000).set("rqi", identifier).build());
    }

    @Test
    void theSameRequestTwiceIsPassedOnUnderTwoIdentifiers() {
        gateway.ae("C9");
        RequestPrimitive request = gateway.request(Operation.RETRIEVE, "/in-cse/in-cse-name", "C9").requestIdentifier("1")
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 2)).build();
        gateway.ask(request, AE_HOP);
        gateway.ask(request, AE_HOP);
        assertThat(network.requestsTo("in")).extracting(RequestPrimitive::requestIdentifier).doesNotHaveDuplicates();
    }

    @Test
    void anotherNodesResultIsLeftAlone() {
        gateway.ae("C9", "http://ae");
        network.answer("ae", ResponseStatusCode.OK);
        Content result = result("other-cse:1/2");
        infrastructure.ask(infrastructure.request(Operation.NOTIFY, "/mn-cse/C9", "/in-cse").content(result).build(),
                Hop.local("test"));
        assertThat(sentTo("ae").content()).contains(result);
    }

    @Test
    void anAeWithoutPointOfAccessIsLookedForAtTheOwnServerBeforeTheRegistrars() {
        gateway.ae("C9");
        gateway.doors = List.of("http://mn-http", "mqtt://in", "mqtt://own");
        network.answer("own", ResponseStatusCode.OK);
        infrastructure.ae("CApp");
        RequestPrimitive notify = infrastructure.request(Operation.NOTIFY, "/mn-cse/C9", "CApp")
                .content(new Content("m2m:sgn", Attributes.of("vrq", true))).build();
        assertThat(infrastructure.ask(notify, AE_HOP).statusCode()).isEqualTo(2000);
        assertThat(network.sent()).extracting(r -> r.pointOfAccess().getAuthority()).containsExactly("mn", "own");
    }

    @Test
    void nothingButNotifyIsSentToAnSTypeAe() {
        gateway.ae("S5", "http://ae");
        network.answer("ae", ResponseStatusCode.OK);
        infrastructure.put(new Resource(10002, "m2m:aeA", "S5", "base", "S5", "/mn-cse", Long.MAX_VALUE, Attributes.of("lnk",
                "/mn-cse/S5")));
        infrastructure.ae("CApp");
        assertThat(infrastructure.ask(infrastructure.request(Operation.NOTIFY, "/S5", "CApp")
                .content(new Content("m2m:sgn", Attributes.of("vrq", true))).build(), AE_HOP).statusCode()).isEqualTo(2000);
        assertThat(infrastructure.ask(infrastructure.request(Operation.RETRIEVE, "/S5", "CApp").build(), AE_HOP).statusCode())
                .isEqualTo(4005);
    }
}
