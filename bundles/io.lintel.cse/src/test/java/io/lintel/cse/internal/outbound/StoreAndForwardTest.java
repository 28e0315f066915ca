// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.MovableClock;
import io.lintel.cse.internal.WholeCse;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests on Mcc whose originators don't wait: they wait instead, on disk, in order, within bounds (decision 17). */
class StoreAndForwardTest {
    private static final String CLOUD = "/in-cse/in-name/cloud";
    private static final int ASYNCH = 2;
    private static final int FLEX = 4;
    private static final int NO_RESPONSE = 5;

    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private WholeCse infrastructure;
    private WholeCse gateway;
    private int requests;

    @BeforeEach
    void gatewayThatIsRegistered() {
        infrastructure = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), clock);
        gateway = WholeCse.gateway(network, "mn", "in", new InMemoryResourceStore(10_000), clock, WholeCse.NUMBERS);
        gateway.awaitRegistered();
        network.answer("meter", ResponseStatusCode.OK);
        gateway.ae("Cmeter", "http://meter");
        infrastructure.create("in-name", "CAdmin", ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", Attributes.builder()
                .set("rn", "open").set("pv", rules()).set("pvs", rules()).build());
        infrastructure.create("in-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.builder().set("rn", "cloud")
                .set("acpi", List.of("in-name/open")).build());
    }

    private static Attributes rules() {
        return Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop", 63).build()));
    }

    @AfterEach
    void close() {
        gateway.crash();
        infrastructure.crash();
    }

    private RequestPrimitive.Builder request(Operation operation, int responseType) {
        return RequestPrimitive.builder(operation, CLOUD).from("Cmeter").requestIdentifier("m" + ++requests)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", responseType));
    }

    private RequestPrimitive.Builder reading(String value, int responseType) {
        return request(Operation.CREATE, responseType).resourceType(ResourceTypes.CONTENT_INSTANCE)
                .content(new Content("m2m:cin", Attributes.of("con", value)));
    }

    private ResponsePrimitive ask(RequestPrimitive request) {
        return gateway.core.dispatcher().handle(request, Hop.plain(Binding.HTTP, "127.0.0.1", true)).toCompletableFuture()
                .join();
    }

    private int send(RequestPrimitive.Builder request) {
        return ask(request.build()).statusCode();
    }

    private void away() {
        network.gone("in");
    }

    private void back() {
        infrastructure.listen("in", "/mn-cse");
    }

    private List<OutboundItem> waiting() {
        return gateway.store.outbound("/in-cse", 0, 1000);
    }

    private List<String> cloud() {
        List<String> contents = new ArrayList<>();
        String container = infrastructure.store.child("base", "cloud").orElseThrow().id();
        infrastructure.store.children(container, ResourceTypes.CONTENT_INSTANCE, "", 10_000)
                .forEach(instance -> contents.add(instance.text("con").orElse("?")));
        return contents;
    }

    private void awaitCloud(int count) {
        network.await(() -> cloud().size() >= count, count + " instances in the cloud, not " + cloud());
    }

    private void awaitNothingWaits() {
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "nothing waits any more");
    }

    /** Results that the meter got, as status by request identifier. */
    private List<String> results() {
        return network.requestsTo("meter").stream().map(notify -> notify.content().orElseThrow())
                .filter(content -> content.name().equals("m2m:rsp")).map(Content::attributes)
                .map(rsp -> rsp.text("rqi").orElse("?") + " " + rsp.number("rsc").orElse(0L)).toList();
    }

    private void awaitResults(int count) {
        network.await(() -> results().size() >= count, count + " results, not " + results());
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }

    @Test
    void whatIsAcceptedWhileTheRegistrarIsAwayArrivesOnceInOrderAndTheResultsComeBack() {
        away();
        for (int i = 0; i < 40; i++) {
            assertThat(send(reading("v" + i, i % 2 == 0 ? ASYNCH : NO_RESPONSE))).isEqualTo(i % 2 == 0 ? 1002 : 1000);
        }
        assertThat(waiting()).hasSize(40);
        back();
        awaitCloud(40);
        assertThat(cloud()).isEqualTo(values(0, 40));
        awaitResults(20);
        awaitNothingWaits();
        assertThat(results()).containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> "m" + (2 * i + 1)
                + " 2001").toList());
    }

    @Test
    void noResponseIsWantedOnThisHopOnly() {
        away();
        send(reading("v0", NO_RESPONSE));
        assertThat(waiting().get(0).request().parameters().has("rt")).as("it has to be known that it was done").isFalse();
        back();
        awaitCloud(1);
        awaitNothingWaits();
        assertThat(results()).isEmpty();
    }

    @Test
    void aReachableRegistrarTakesTheSameWay() {
        assertThat(send(reading("v0", ASYNCH))).isEqualTo(1002);
        awaitResults(1);
        assertThat(cloud()).containsExactly("v0");
        assertThat(results()).containsExactly("m1 2001");
        assertThat(gateway.outbound.counters()).containsEntry("requests.queued", 1L);
    }

    @Test
    void whatWaitsAndWhatWasUnderWaySurvivesACrashAndIsExecutedOnce() {
        // the registrar executes, but its first answers are lost
        List<RequestPrimitive> lost = new ArrayList<>();
        network.peer("in", request -> {
            infrastructure.core.dispatcher().handle(request.request(), hop(request.request())).toCompletableFuture().join();
            lost.add(request.request());
            return OutboundNetwork.unreachable(true);
        });
        assertThat(send(reading("v0", ASYNCH))).isEqualTo(1002);
        assertThat(send(reading("v1", NO_RESPONSE))).isEqualTo(1000);
        network.await(() -> lost.stream().anyMatch(request -> request.responseType() == ASYNCH), "the first one was sent");
        gateway.crashAndBoot(WholeCse.NUMBERS);
        network.peer("in", request -> infrastructure.core.dispatcher().handle(request.request(), hop(request.request())));
        awaitCloud(2);
        awaitNothingWaits();
        awaitResults(1);
        assertThat(cloud()).containsExactly("v0", "v1");
        assertThat(results()).containsExactly("m1 2001");
    }

    private static Hop hop(RequestPrimitive request) {
        return new Hop(Binding.MQTT, "/mn-cse", true, false, Optional.empty(), Optional.of("/mn-cse"), Optional.empty(),
                Optional.of(request.toString()));
    }

    @Test
    void aRepeatedDeliveryIsAcceptedOnce() {
        away();
        RequestPrimitive request = reading("v0", ASYNCH).build();
        Hop hop = new Hop(Binding.MQTT, "Cmeter", true, false, Optional.empty(), Optional.of("Cmeter"), Optional.empty(),
                Optional.of("the same bytes"));
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.core.dispatcher().handle(request, hop).toCompletableFuture().join().statusCode()).isEqualTo(1002);
            gateway.crashAndBoot(WholeCse.NUMBERS);
        }
        assertThat(waiting()).hasSize(1);
    }

    @Test
    void aBlockingRequestIsAnsweredAtOnceAlthoughOthersWait() {
        away();
        send(reading("v0", ASYNCH));
        assertThat(send(request(Operation.RETRIEVE, 3))).isEqualTo(5103);
        assertThat(send(reading("v1", 3))).isEqualTo(5103);
        network.silent("in");
        assertThat(send(request(Operation.RETRIEVE, 3))).isEqualTo(4008);
        assertThat(waiting()).hasSize(1);
        back();
        awaitCloud(1);
        assertThat(cloud()).containsExactly("v0");
    }

    @Test
    void aBlockingRequestThatGetsThroughEndsThePauseOfThoseThatWait() {
        gateway.crashAndBoot(WholeCse.NUMBERS.withRetries(Duration.ofHours(1), Duration.ofHours(1)));
        gateway.awaitRegistered();
        away();
        send(reading("v0", ASYNCH));
        network.await(() -> gateway.outbound.counters().getOrDefault("notifications.retried", 0L) == 1, "the first attempt");
        back();
        assertThat(send(request(Operation.RETRIEVE, 3))).isEqualTo(2000);
        awaitCloud(1);
    }

    @Test
    void flexBlockingWaitsIfItCantBeBlocking() {
        away();
        RequestPrimitive.Builder named = reading("v1", FLEX).set(RequestParameter.RESPONSE_TYPE,
                Attributes.builder().set("rtv", FLEX).set("nu", List.of("Cmeter")).build());
        assertThat(send(named)).isEqualTo(1002);
        assertThat(waiting()).extracting(item -> item.request().responseType()).containsExactly(ASYNCH);
        back();
        awaitResults(1);
        assertThat(cloud()).containsExactly("v1");
        away();
        assertThat(send(reading("v2", FLEX))).as("nobody is told, but it can be asked").isEqualTo(1001);
        back();
        awaitCloud(2);
        assertThat(send(reading("v3", FLEX))).as("it is blocking when that works").isEqualTo(2001);
    }

    @Test
    void whatTheOtherCseRefusesIsTheResult() {
        away();
        RequestPrimitive.Builder nowhere = request(Operation.RETRIEVE, ASYNCH).to("/in-cse/in-name/nothing");
        assertThat(send(nowhere)).isEqualTo(1002);
        assertThat(send(reading("v0", ASYNCH).from("Cnobody"))).as("refused here, and so not accepted").isEqualTo(4106);
        back();
        awaitResults(1);
        assertThat(results()).containsExactly("m1 4004");
    }

    @Test
    void aPeerThatKnowsNoAsynchronousRequestsAnswersWithTheResult() {
        away();
        send(reading("v0", ASYNCH));
        send(reading("v1", ASYNCH));
        network.peer("in", request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(
                request.request().content().map(content -> content.attributes().text("con")).orElseThrow()
                        .filter("v0"::equals).isPresent() ? ResponseStatusCode.CREATED : ResponseStatusCode.NOT_IMPLEMENTED,
                request.request().requestIdentifier()).build()));
        awaitResults(2);
        assertThat(results()).containsExactly("m1 2001", "m2 5001");
    }

    @Test
    @Tag("MQ-29")
    void whatExpiresWhileItWaitsIsNotSentAndItsOriginatorIsTold() {
        away();
        send(reading("kept", ASYNCH));
        send(reading("late", ASYNCH).set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "60000"));
        send(reading("later", ASYNCH).set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP,
                Timestamps.format(clock.instant().plusSeconds(90))));
        send(reading("silent", NO_RESPONSE).set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "60000"));
        assertThat(waiting()).hasSize(4);
        clock.pass(Duration.ofMinutes(2));
        network.await(() -> waiting().size() == 1, "what has expired is gone although nobody is back");
        awaitResults(2);
        assertThat(results()).containsExactlyInAnyOrder("m2 4008", "m3 4008");
        back();
        awaitCloud(1);
        awaitNothingWaits();
        assertThat(cloud()).containsExactly("kept");
    }

    @Test
    @Tag("MQ-29")
    void whatHasExpiredWhenItComesIsNotAccepted() {
        RequestPrimitive.Builder late = reading("late", ASYNCH).set(RequestParameter.ORIGINATING_TIMESTAMP,
                Timestamps.format(clock.instant().minusSeconds(60))).set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "30000");
        assertThat(send(late)).isEqualTo(4008);
        assertThat(waiting()).isEmpty();
    }

    @Test
    void aRequestThatNamesNoTimeWaitsForTheConfiguredLife() {
        away();
        send(reading("v0", ASYNCH));
        assertThat(waiting()).hasSize(1);
        assertThat(waiting().get(0).expiration() - clock.millis()).isBetween(Duration.ofDays(7).minusMinutes(1).toMillis(),
                Duration.ofDays(7).toMillis());
        clock.pass(Duration.ofDays(8));
        awaitResults(1);
        assertThat(results()).containsExactly("m1 4008");
    }

    private RequestPrimitive.Builder category(RequestPrimitive.Builder request, int category) {
        return request.set(RequestParameter.EVENT_CATEGORY, category);
    }

    @Test
    void theOrderIsByCategoryThenByArrivalAlsoAfterARestart() {
        away();
        send(category(reading("own-200", ASYNCH), 200));
        send(category(reading("own-100", ASYNCH), 100));
        send(reading("usual-1", ASYNCH));
        send(category(reading("best-2", ASYNCH), 3));
        send(category(reading("own-100b", ASYNCH), 100));
        send(reading("usual-3", NO_RESPONSE));
        gateway.crashAndBoot(WholeCse.NUMBERS);
        back();
        awaitCloud(6);
        assertThat(cloud()).containsExactly("usual-1", "best-2", "usual-3", "own-100", "own-100b", "own-200");
    }

    @Test
    void anImmediateRequestDoesNotWait() {
        away();
        assertThat(send(category(reading("v0", ASYNCH), 2))).isEqualTo(5103);
        assertThat(waiting()).isEmpty();
        back();
        assertThat(send(category(reading("v1", ASYNCH), 2))).isEqualTo(1002);
        awaitCloud(1);
        awaitResults(1);
        assertThat(results()).containsExactly("m2 2001");
    }

    @Test
    void ofTheCategoryLatestTheNewestTakesThePlaceOfTheOneThatWaits() {
        gateway.crashAndBoot(WholeCse.NUMBERS.withRetries(Duration.ofHours(1), Duration.ofHours(1)));
        away();
        send(category(reading("old", ASYNCH), 4));
        network.await(() -> gateway.outbound.counters().getOrDefault("notifications.retried", 0L) == 1, "it is not under way");
        send(reading("other", ASYNCH));
        send(category(request(Operation.RETRIEVE, ASYNCH), 4));
        send(category(reading("new", ASYNCH), 4));
        assertThat(waiting()).hasSize(3);
        awaitResults(1);
        assertThat(results()).as("it was promised a result").containsExactly("m1 4008");
        back();
        gateway.outbound.tryAgain();
        awaitCloud(2);
        awaitNothingWaits();
        assertThat(cloud()).containsExactly("new", "other");
    }

    @Test
    void aFullQueueSaysNoAndLosesNothing() {
        gateway.crashAndBoot(WholeCse.NUMBERS.withQueueLimit(3, OutboundSettings.WhenFull.DROP_OLDEST));
        away();
        for (int i = 0; i < 3; i++) {
            assertThat(send(reading("v" + i, ASYNCH))).isEqualTo(1002);
        }
        for (int i = 3; i < 6; i++) {
            assertThat(Busy.isBusy(ask(reading("v" + i, ASYNCH).build()))).as("the fourth and all others").isTrue();
        }
        back();
        awaitCloud(3);
        awaitNothingWaits();
        assertThat(cloud()).isEqualTo(values(0, 3));
        assertThat(send(reading("v6", ASYNCH))).as("there is room again").isEqualTo(1002);
    }

    @Test
    void bytesAndTheWholeAreBoundedToo() {
        OutboundSettings.Bounds bounds = new OutboundSettings.Bounds(4, 1000, 5000, Duration.ofDays(1), 10);
        gateway.crashAndBoot(WholeCse.NUMBERS.withBounds(bounds));
        away();
        assertThat(send(reading("x".repeat(2000), ASYNCH))).isEqualTo(1002);
        assertThat(Busy.isBusy(ask(reading("v", ASYNCH).build()))).as("the bytes for this target").isTrue();
        assertThat(send(reading("y".repeat(3000), ASYNCH).to("/other-cse/x"))).isEqualTo(1002);
        assertThat(Busy.isBusy(ask(reading("v", ASYNCH).to("/third-cse/x").build()))).as("the bytes in all").isTrue();
    }

    @Test
    void aFullQueueOfTheOriginatorsResultsIsToldBeforeAnythingIsDone() {
        gateway.crashAndBoot(WholeCse.NUMBERS.withQueueLimit(2, OutboundSettings.WhenFull.DROP_OLDEST));
        network.gone("meter");
        for (int i = 1; i <= 3; i++) {
            assertThat(send(request(Operation.RETRIEVE, ASYNCH).to("mn-name/Cmeter"))).isEqualTo(1002);
            int results = i;
            network.await(() -> gateway.store.outbound("Cmeter", 0, 10).size() == results, i + " results wait");
        }
        assertThat(Busy.isBusy(ask(request(Operation.RETRIEVE, ASYNCH).to("mn-name/Cmeter").build()))).isTrue();
        assertThat(gateway.store.outbound("Cmeter", 0, 10)).allMatch(item -> item.kind() == OutboundItem.Kind.RESULT);
    }

    @Test
    void oneSilentCseHurtsNoOther() {
        network.peer("in", request -> request.request().to().startsWith("/far-cse") ? new CompletableFuture<>()
                : infrastructure.core.dispatcher().handle(request.request(), hop(request.request())));
        assertThat(send(reading("lost", ASYNCH).to("/far-cse/name/x"))).isEqualTo(1002);
        for (int i = 0; i < 10; i++) {
            assertThat(send(reading("v" + i, ASYNCH))).isEqualTo(1002);
        }
        awaitCloud(10);
        assertThat(cloud()).isEqualTo(values(0, 10));
        assertThat(gateway.store.outbound("/far-cse", 0, 10)).hasSize(1);
    }

    @Test
    void theResultOfARequestThatTheIdentifiersOfTwoHopsCarryComesBack() {
        away();
        send(reading("v0", ASYNCH).requestIdentifier("the originator's own"));
        List<OutboundRequest> before = network.sentTo("in");
        assertThat(waiting().get(0).request().requestIdentifier()).startsWith("mn-cse:").endsWith("/the originator's own");
        back();
        awaitResults(1);
        assertThat(results()).containsExactly("the originator's own 2001");
        assertThat(network.sentTo("in")).hasSizeGreaterThan(before.size());
    }
}
