// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.MovableClock;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.cse.internal.outbound.OutboundSettings;
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
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code oet} at the hosting CSE: not before its time, once, also after a crash; or an answer at once that says why not. */
class ExecutionTimeTest {
    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private WholeCse gateway;
    private int requests;

    @BeforeEach
    void gatewayWithAMeter() {
        gateway = WholeCse.gateway(network, "mn", "nowhere", new InMemoryResourceStore(10_000), clock, WholeCse.NUMBERS);
        network.answer("meter", ResponseStatusCode.OK);
        gateway.ae("Cmeter", "http://meter");
        gateway.create("mn-name/Cmeter", "Cmeter", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "data"));
    }

    @AfterEach
    void close() {
        gateway.crash();
    }

    private RequestPrimitive.Builder reading(int responseType, String time) {
        return RequestPrimitive.builder(Operation.CREATE, "mn-name/Cmeter/data").from("Cmeter").requestIdentifier("m"
                + ++requests).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").resourceType(ResourceTypes.CONTENT_INSTANCE)
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", responseType))
                .set(RequestParameter.OPERATION_EXECUTION_TIME, time)
                .content(new Content("m2m:cin", Attributes.of("con", "v" + requests)));
    }

    private CompletableFuture<ResponsePrimitive> send(RequestPrimitive.Builder request) {
        return gateway.core.dispatcher().handle(request.build(), Hop.plain(Binding.HTTP, "127.0.0.1", true))
                .toCompletableFuture();
    }

    private int answer(RequestPrimitive.Builder request) {
        return send(request).join().statusCode();
    }

    private List<String> data() {
        String container = gateway.store.child("Cmeter", "data").orElseThrow().id();
        return gateway.store.children(container, ResourceTypes.CONTENT_INSTANCE, "", 100).stream()
                .map(instance -> instance.text("con").orElse("?")).toList();
    }

    private List<String> results() {
        return network.requestsTo("meter").stream().map(notify -> notify.content().orElseThrow().attributes())
                .map(rsp -> rsp.text("rqi").orElse("?") + " " + rsp.number("rsc").orElse(0L)).toList();
    }

    private void awaitResults(int count) {
        network.await(() -> results().size() >= count, count + " results, not " + results());
    }

    private String in(Duration time) {
        return Timestamps.format(clock.instant().plus(time));
    }

    @Test
    void aPastTimeIsNow() {
        assertThat(answer(reading(3, "0"))).isEqualTo(2001);
        assertThat(answer(reading(3, in(Duration.ofMinutes(-5))))).isEqualTo(2001);
        assertThat(answer(reading(3, "tomorrow"))).isEqualTo(4000);
        assertThat(data()).containsExactly("v1", "v2");
    }

    @Test
    void anAcceptedRequestIsExecutedAtItsTimeInTheOrderOfTheTimes() {
        assertThat(answer(reading(2, in(Duration.ofHours(2))))).isEqualTo(1002);
        assertThat(answer(reading(2, "3600000"))).isEqualTo(1002);
        assertThat(answer(reading(5, in(Duration.ofMinutes(30))))).isEqualTo(1000);
        clock.pass(Duration.ofMinutes(31));
        network.await(() -> data().size() == 1, "the first is executed");
        assertThat(data()).containsExactly("v3");
        clock.pass(Duration.ofHours(1));
        awaitResults(1);
        clock.pass(Duration.ofHours(1));
        awaitResults(2);
        assertThat(data()).containsExactly("v3", "v2", "v1");
        assertThat(results()).containsExactly("m2 2001", "m1 2001");
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "nothing waits any more");
    }

    @Test
    void itIsExecutedOnceAlsoAfterACrash() {
        assertThat(answer(reading(2, "3600000"))).isEqualTo(1002);
        gateway.crashAndBoot(WholeCse.NUMBERS);
        assertThat(gateway.core.delayed()).isEqualTo(1);
        clock.pass(Duration.ofDays(2));
        awaitResults(1);
        gateway.crashAndBoot(WholeCse.NUMBERS);
        assertThat(gateway.core.delayed()).isZero();
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "nothing waits any more");
        assertThat(data()).containsExactly("v1");
        assertThat(new HashSet<>(network.requestsTo("meter"))).as("one request, which may be repeated").hasSize(1);
        assertThat(results()).containsOnly("m1 2001");
    }

    @Test
    void aCommitThatFailsIsMadeAgain() {
        assertThat(answer(reading(2, "3600000"))).isEqualTo(1002);
        ((InMemoryResourceStore) gateway.store).failNextCommits(1);
        clock.pass(Duration.ofHours(2));
        network.await(() -> ((InMemoryResourceStore) gateway.store).failed() == 1, "the commit has failed");
        clock.pass(Duration.ofMinutes(1));
        awaitResults(1);
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "nothing waits any more");
        assertThat(results()).hasSize(1);
    }

    @Test
    void accessIsDecidedWhenItIsExecutedAndTheRefusalIsTheResult() {
        RequestPrimitive.Builder gone = reading(2, "3600000");
        assertThat(answer(gone)).isEqualTo(1002);
        RequestPrimitive delete = RequestPrimitive.builder(Operation.DELETE, "mn-name/Cmeter/data").from("Cmeter")
                .requestIdentifier("d").set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build();
        assertThat(gateway.core.dispatcher().handle(delete, Hop.plain(Binding.HTTP, "127.0.0.1", true)).toCompletableFuture()
                .join().statusCode()).isEqualTo(2002);
        clock.pass(Duration.ofHours(2));
        awaitResults(1);
        assertThat(results()).containsExactly("m1 4004");
    }

    @Test
    void aBlockingRequestWaitsIfItsTimeComesBeforeItsDeadline() {
        CompletableFuture<ResponsePrimitive> soon = send(reading(3, "1500"));
        assertThat(soon).isNotDone();
        assertThat(data()).isEmpty();
        clock.pass(Duration.ofSeconds(2));
        assertThat(soon.join().statusCode()).isEqualTo(2001);
        assertThat(answer(reading(3, in(Duration.ofMinutes(1))))).as("longer than anybody waits").isEqualTo(4008);
    }

    @Test
    @Tag("MQ-29")
    void aTimeBeyondTheRequestsOwnExpirationIsRefusedAtOnce() {
        for (int type : new int[] {2, 3, 5}) {
            assertThat(answer(reading(type, "1500").set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "1000"))).isEqualTo(4008);
        }
        assertThat(gateway.core.delayed()).isZero();
    }

    @Test
    @Tag("MQ-29")
    void whatExpiredWhileTheNodeWasDownIsNotExecuted() {
        answer(reading(2, "60000").set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, in(Duration.ofMinutes(2))));
        gateway.crash();
        clock.pass(Duration.ofHours(1));
        gateway.boot();
        awaitResults(1);
        assertThat(results()).containsExactly("m1 4008");
        assertThat(data()).isEmpty();
    }

    @Test
    void soManyMayWaitAndNoMore() {
        gateway.crashAndBoot(WholeCse.NUMBERS.withBounds(new OutboundSettings.Bounds(100, 1 << 20, 1 << 20,
                Duration.ofDays(1), 2)));
        assertThat(answer(reading(2, "3600000"))).isEqualTo(1002);
        CompletableFuture<ResponsePrimitive> blocking = send(reading(3, "1500"));
        assertThat(Busy.isBusy(send(reading(5, "3600000")).join())).isTrue();
        clock.pass(Duration.ofSeconds(2));
        assertThat(blocking.join().statusCode()).isEqualTo(2001);
        assertThat(answer(reading(5, "3600000"))).isEqualTo(1000);
    }
}
