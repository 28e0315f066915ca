// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundQueueAdministration;
import io.lintel.cse.api.OutboundQueueAdministration.State;
import io.lintel.cse.api.OutboundQueueAdministration.TargetView;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.MovableClock;
import io.lintel.cse.internal.WholeCse;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an administrator sees of the outbound queue and does to it. */
class OutboundAdministrationTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private WholeCse gateway;
    private int requests;

    @BeforeEach
    void gatewayWithAMeterWhoseRegistrarIsAway() {
        gateway = WholeCse.gateway(network, "mn", "nowhere", new InMemoryResourceStore(10_000), clock,
                WholeCse.NUMBERS.withRetries(NEVER, NEVER));
        network.answer("meter", ResponseStatusCode.OK);
        gateway.ae("Cmeter", "http://meter");
    }

    @AfterEach
    void close() {
        gateway.crash();
    }

    private OutboundQueueAdministration queue() {
        return gateway.outbound.administration();
    }

    private void send(String to) {
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, to).from("Cmeter").requestIdentifier("m"
                + ++requests).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").resourceType(4)
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 2))
                .content(new Content("m2m:cin", Attributes.of("con", "v"))).build();
        assertThat(gateway.core.dispatcher().handle(request, Hop.plain(Binding.HTTP, "127.0.0.1", true)).toCompletableFuture()
                .join().statusCode()).isEqualTo(1002);
    }

    private TargetView target(String name) {
        return queue().targets().stream().filter(target -> target.target().equals(name)).findFirst().orElseThrow();
    }

    private void awaitPaused(String target) {
        network.await(() -> target(target).state() == State.PAUSED, target + " is paused");
    }

    private List<String> results() {
        return network.requestsTo("meter").stream().map(notify -> notify.content().orElseThrow().attributes())
                .map(rsp -> rsp.text("rqi").orElse("?") + " " + rsp.number("rsc").orElse(0L)).toList();
    }

    @Test
    void targetsSayWhatWaitsAndWhy() {
        for (int i = 0; i < 5; i++) {
            send("/in-cse/x");
        }
        send("/far-cse/x");
        awaitPaused("/in-cse");
        TargetView in = target("/in-cse");
        assertThat(in.items()).isEqualTo(5);
        assertThat(in.bytes()).isEqualTo(queue().items("/in-cse", 0, 10).stream().mapToLong(OutboundItem::bytes).sum())
                .isPositive();
        assertThat(in.sinceMillis()).isBetween(clock.millis() - 60_000, clock.millis());
        assertThat(in.untilMillis()).isGreaterThan(System.currentTimeMillis());
        assertThat(in.trouble()).contains("not registered");
        assertThat(queue().targets()).extracting(TargetView::target).containsExactly("/far-cse", "/in-cse");
    }

    @Test
    void itemsAreReadInPages() {
        for (int i = 0; i < 5; i++) {
            send("/in-cse/x");
        }
        List<OutboundItem> first = queue().items("/in-cse", 0, 3);
        List<OutboundItem> second = queue().items("/in-cse", first.get(2).sequence(), 3);
        assertThat(first).hasSize(3);
        assertThat(second).hasSize(2);
        assertThat(queue().item(second.get(1).sequence())).get().extracting(item -> item.request().content())
                .isEqualTo(second.get(1).request().content());
    }

    @Test
    void whatIsDeletedIsToldToWhoWasPromisedIt() {
        for (int i = 0; i < 3; i++) {
            send("/in-cse/x");
        }
        awaitPaused("/in-cse");
        long second = queue().items("/in-cse", 0, 3).get(1).sequence();
        assertThat(queue().delete(second).toCompletableFuture().join()).isTrue();
        assertThat(queue().delete(second).toCompletableFuture().join()).as("it is gone").isFalse();
        network.await(() -> results().size() == 1, "the result");
        assertThat(results()).containsExactly("m2 5103");
        assertThat(queue().deleteAll("/in-cse").toCompletableFuture().join()).isEqualTo(2);
        network.await(() -> results().size() == 3, "the others");
        network.await(() -> queue().targets().isEmpty(), "nothing is left");
    }

    @Test
    void whatIsUnderWayIsNotDeleted() {
        gateway.store.write(writer -> {
            writer.insert(new io.lintel.cse.api.store.Resource(16, "m2m:csr", "csrin", "base", "in", "/mn-cse", Long.MAX_VALUE,
                    Attributes.builder().set("csi", "/other-cse").set("poa", List.of("mqtt://other")).build()));
            return true;
        }).toCompletableFuture().join();
        network.peer("other", request -> new CompletableFuture<>());
        send("/other-cse/x");
        network.awaitRequests("other", 1);
        send("/other-cse/x");
        assertThat(queue().delete(queue().items("/other-cse", 0, 1).get(0).sequence()).toCompletableFuture().join()).isFalse();
        assertThat(queue().deleteAll("/other-cse").toCompletableFuture().join()).isEqualTo(1);
        assertThat(target("/other-cse").state()).isEqualTo(State.SENDING);
    }

    @Test
    void aHeldTargetIsListedAndAReleasedOneIsTried() {
        queue().hold("/in-cse", true).toCompletableFuture().join();
        assertThat(target("/in-cse").state()).isEqualTo(State.HELD);
        assertThat(queue().tryAgain("/in-cse")).isFalse();
        send("/in-cse/x");
        assertThat(gateway.outbound.counters()).doesNotContainKey("notifications.retried");
        queue().hold("/in-cse", false).toCompletableFuture().join();
        awaitPaused("/in-cse");
        long tried = gateway.outbound.counters().get("notifications.retried");
        assertThat(tried).as("once, or twice if it was looked at just when it was released").isBetween(1L, 2L);
        assertThat(queue().tryAgain("/in-cse")).isTrue();
        network.await(() -> gateway.outbound.counters().get("notifications.retried") > tried, "it was tried again");
    }
}
