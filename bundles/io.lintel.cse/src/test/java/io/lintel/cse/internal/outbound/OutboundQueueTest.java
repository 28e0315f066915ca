// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivery: in order, at least once, to each target by itself, within bounds. */
class OutboundQueueTest {
    private static final Duration FIRST = Duration.ofMillis(2);
    private static final Duration LONGEST = Duration.ofMillis(10);
    private static final Duration NEVER = Duration.ofHours(1);

    private final OutboundNetwork network = new OutboundNetwork();
    private final SettableClock clock = new SettableClock();
    private OutboundNode node;

    private static final class SettableClock extends Clock {
        private volatile Instant now = Instant.parse("2026-03-01T10:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void node() {
        boot(OutboundNode.settings().withRetries(FIRST, LONGEST));
    }

    private void boot(OutboundSettings settings) {
        if (node != null) {
            node.close();
        }
        node = new OutboundNode("/mn-cse", CseType.MN, network, settings, Optional.empty(), clock);
        node.side.start();
        node.container("data");
    }

    @AfterEach
    void close() {
        node.close();
    }

    private void subscribed(String name, String... targets) {
        subscribed(name, Attributes.builder(), targets);
    }

    private void subscribed(String name, Attributes.Builder attributes, String... targets) {
        assertThat(node.subscribe("data", name, "CAdmin", attributes.set("nu", List.of(targets))
                .set("enc", Attributes.of("net", List.of(3)))).statusCode()).isEqualTo(2001);
    }

    private static String contentOf(RequestPrimitive notify) {
        return notify.content().orElseThrow().attributes().object("nev").flatMap(nev -> nev.object("rep"))
                .flatMap(rep -> rep.object("m2m:cin")).flatMap(cin -> cin.text("con")).orElse("?");
    }

    private List<String> contentsAt(String authority) {
        return network.requestsTo(authority).stream().map(OutboundQueueTest::contentOf).toList();
    }

    private long counter(String name) {
        return node.side.counters().getOrDefault(name, 0L);
    }

    private void awaitEmptyQueue() {
        network.await(() -> node.store.outboundTargets().isEmpty(), "the queue is empty");
    }

    private static CompletableFuture<ResponsePrimitive> ok(OutboundRequest request) {
        return CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK,
                request.request().requestIdentifier()).build());
    }

    @Test
    void theOrderIsKeptAndTheQueueEndsEmpty() {
        network.answer("hook", ResponseStatusCode.OK);
        subscribed("sub", "http://hook/x");
        for (int i = 0; i < 200; i++) {
            node.instance("data", "v" + i);
        }
        network.awaitRequests("hook", 200);
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).containsExactlyElementsOf(java.util.stream.IntStream.range(0, 200).mapToObj(i -> "v"
                + i).toList());
        network.await(() -> counter("outbound.targets") == 0, "no delivery is left in memory");
        assertThat(counter("notifications.sent")).isEqualTo(200);
    }

    @Test
    void oneAtATimePerTarget() {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<ResponsePrimitive>> promises = new CopyOnWriteArrayList<>();
        network.peer("hook", request -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            CompletableFuture<ResponsePrimitive> promise = new CompletableFuture<>();
            promises.add(promise);
            return promise.thenApply(answer -> {
                underWay.decrementAndGet();
                return ResponsePrimitive.builder(ResponseStatusCode.OK, request.request().requestIdentifier()).build();
            });
        });
        subscribed("sub", "http://hook/x");
        for (int i = 0; i < 5; i++) {
            node.instance("data", "v" + i);
        }
        for (int i = 0; i < 5; i++) {
            int count = i;
            network.await(() -> promises.size() > count, "request " + count);
            promises.get(i).complete(null);
        }
        awaitEmptyQueue();
        assertThat(most).hasValue(1);
    }

    @Test
    void anUnreachableTargetGetsEverythingInOrderWhenItIsBack() {
        AtomicInteger attempts = new AtomicInteger();
        network.peer("hook", request -> attempts.incrementAndGet() <= 5 ? OutboundNetwork.unreachable(true) : ok(request));
        subscribed("sub", "http://hook/x");
        node.instance("data", "first");
        node.instance("data", "second");
        awaitEmptyQueue();
        List<RequestPrimitive> sent = network.requestsTo("hook");
        assertThat(sent).hasSize(7);
        assertThat(sent.subList(0, 6)).as("the same request, so that a repetition can be told").containsOnly(sent.get(0));
        assertThat(contentOf(sent.get(0))).isEqualTo("first");
        assertThat(contentOf(sent.get(6))).isEqualTo("second");
        assertThat(counter("notifications.retried")).isEqualTo(5);
    }

    @Test
    void aDeadTargetHoldsUpNobodyElseAndKeepsItsSubscription() {
        network.silent("dead");
        network.answer("alive", ResponseStatusCode.OK);
        subscribed("sub", "http://dead/x", "http://alive/x");
        for (int i = 0; i < 50; i++) {
            node.instance("data", "v" + i);
        }
        network.awaitRequests("alive", 50);
        assertThat(network.sentTo("dead")).hasSize(1);
        assertThat(node.store.outbound("http://dead/x", 0, 100)).hasSize(50);
        assertThat(node.store.child("id-data", "sub")).isPresent();
    }

    @Test
    void whatIsOnDiskIsSentAfterACrashUnderTheSameIdentifier() {
        network.silent("hook");
        subscribed("sub", "http://hook/x");
        for (int i = 0; i < 3; i++) {
            node.instance("data", "v" + i);
        }
        RequestPrimitive before = network.awaitRequests("hook", 1).get(0);
        node.crashAndBoot();
        network.answer("hook", ResponseStatusCode.OK);
        node.side.start();
        network.awaitRequests("hook", 4);
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).containsExactly("v0", "v0", "v1", "v2");
        assertThat(network.requestsTo("hook").get(1)).isEqualTo(before);
    }

    @Test
    void aCrashBetweenAnswerAndRemovalRepeatsButLosesNothing() {
        CompletableFuture<Void> mayAnswer = new CompletableFuture<>();
        network.peer("hook", request -> mayAnswer.thenCompose(nothing -> ok(request)));
        subscribed("sub", "http://hook/x");
        node.instance("data", "v0");
        network.awaitRequests("hook", 1);
        node.store.failNextCommits(1);
        mayAnswer.complete(null);
        network.await(() -> counter("notifications.sent") == 1, "the answer was seen");
        OutboundNetwork.settle(node);
        assertThat(node.store.outboundTargets()).as("its removal failed").isNotEmpty();
        node.crashAndBoot();
        node.side.start();
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).containsExactly("v0", "v0");
    }

    @Test
    void aRemovalThatFailsIsMadeUpForWithoutSendingAgain() {
        CompletableFuture<Void> mayAnswer = new CompletableFuture<>();
        network.peer("hook", request -> mayAnswer.thenCompose(nothing -> ok(request)));
        subscribed("sub", "http://hook/x");
        node.instance("data", "v0");
        network.awaitRequests("hook", 1);
        node.store.failNextCommits(1);
        mayAnswer.complete(null);
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).containsExactly("v0");
    }

    @Test
    void whatTheTargetRefusesIsNotRepeated() {
        network.answer("hook", ResponseStatusCode.ORIGINATOR_HAS_NO_PRIVILEGE);
        subscribed("sub", "http://hook/x");
        node.instance("data", "v0");
        node.instance("data", "v1");
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).containsExactly("v0", "v1");
        assertThat(counter("notifications.refused")).isEqualTo(2);
    }

    @Test
    void aTargetThatAnotherCseCantReachIsTriedAgain() {
        AtomicInteger attempts = new AtomicInteger();
        network.peer("hook", request -> attempts.incrementAndGet() <= 3 ? CompletableFuture.completedFuture(
                ResponsePrimitive.builder(ResponseStatusCode.TARGET_NOT_REACHABLE, request.request().requestIdentifier())
                .build()) : ok(request));
        subscribed("sub", "http://hook/x");
        node.instance("data", "v0");
        awaitEmptyQueue();
        assertThat(network.sentTo("hook")).hasSize(4);
        assertThat(counter("notifications.sent")).isEqualTo(1);
    }

    @Test
    void anErrorOfTheTargetIsTriedAFewTimes() {
        network.answer("hook", ResponseStatusCode.INTERNAL_SERVER_ERROR);
        subscribed("sub", "http://hook/x");
        node.instance("data", "v0");
        awaitEmptyQueue();
        assertThat(network.sentTo("hook")).hasSize(5);
        assertThat(counter("notifications.refused")).isEqualTo(1);
    }

    @Test
    void whatWaitsTooLongIsGivenUp() {
        boot(OutboundNode.settings().withRetries(FIRST, LONGEST).withNotificationLife(Duration.ofMinutes(5)));
        subscribed("sub", "http://hook/x");
        node.instance("data", "old");
        network.awaitRequests("hook", 2);
        clock.now = clock.now.plus(Duration.ofMinutes(6));
        network.await(() -> counter("notifications.expired") == 1, "the old one is given up");
        network.answer("hook", ResponseStatusCode.OK);
        node.instance("data", "new");
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).endsWith("new");
    }

    @Test
    void aTargetThatRegistersEndsThePause() {
        boot(OutboundNode.settings().withRetries(NEVER, NEVER).withVerification(OutboundSettings.Verification.NONE));
        subscribed("sub", "C1");
        node.instance("data", "v0");
        network.await(() -> counter("notifications.retried") == 1, "the first attempt failed");
        network.answer("ae", ResponseStatusCode.OK);
        assertThat(node.create("mn-cse-name", "C1", 2, Attributes.builder().set("rr", true).set("poa",
                List.of("http://ae")).build())
                .statusCode()).isEqualTo(2001);
        awaitEmptyQueue();
        assertThat(contentsAt("ae")).containsExactly("v0");
        assertThat(network.sentTo("ae").get(0).receiver()).contains("/mn-cse/C1");
    }

    @Test
    void aFullQueueDropsTheOldestButTheOneUnderWay() {
        boot(OutboundNode.settings().withRetries(NEVER, NEVER).withQueueLimit(3, OutboundSettings.WhenFull.DROP_OLDEST));
        network.silent("hook");
        subscribed("sub", "http://hook/x");
        node.instance("data", "v0");
        network.awaitRequests("hook", 1);
        for (int i = 1; i < 7; i++) {
            node.instance("data", "v" + i);
        }
        assertThat(node.store.outbound("http://hook/x", 0, 100)).extracting(item -> contentOf(item.request()))
                .containsExactly("v0", "v5", "v6");
        assertThat(counter("notifications.dropped")).isEqualTo(4);
    }

    @Test
    void aFullQueueRefusesTheNewestIfSoConfigured() {
        boot(OutboundNode.settings().withRetries(NEVER, NEVER).withQueueLimit(3, OutboundSettings.WhenFull.DROP_NEWEST));
        network.silent("hook");
        subscribed("sub", "http://hook/x");
        for (int i = 0; i < 7; i++) {
            node.instance("data", "v" + i);
        }
        assertThat(node.store.outbound("http://hook/x", 0, 100)).extracting(item -> contentOf(item.request()))
                .containsExactly("v0", "v1", "v2");
        assertThat(counter("notifications.dropped")).isEqualTo(4);
    }

    @Test
    void theLimitHoldsAcrossARestartAndIsPerTarget() {
        boot(OutboundNode.settings().withRetries(NEVER, NEVER).withQueueLimit(3, OutboundSettings.WhenFull.DROP_NEWEST));
        network.silent("hook");
        network.silent("other");
        subscribed("sub", "http://hook/x");
        node.instance("data", "v0");
        node.instance("data", "v1");
        node.crashAndBoot();
        node.side.start();
        subscribed("sub2", "http://other/x");
        for (int i = 2; i < 5; i++) {
            node.instance("data", "v" + i);
        }
        assertThat(node.store.outbound("http://hook/x", 0, 100)).hasSize(3);
        assertThat(node.store.outbound("http://other/x", 0, 100)).hasSize(3);
    }

    @Test
    void ofLatestNotificationsOnlyTheLastOfThoseThatWaitIsSent() {
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<Void> back = new CompletableFuture<>();
        network.peer("hook", request -> attempts.getAndIncrement() == 0
                ? back.thenCompose(nothing -> ok(request)) : ok(request));
        subscribed("sub", Attributes.builder().set("ln", true), "http://hook/x");
        for (int i = 0; i < 5; i++) {
            node.instance("data", "v" + i);
        }
        network.awaitRequests("hook", 1);
        back.complete(null);
        awaitEmptyQueue();
        List<String> contents = contentsAt("hook");
        assertThat(contents).endsWith("v4").hasSizeLessThan(5);
        assertThat(network.requestsTo("hook").get(0).parameters().number("ec")).contains(4L);
    }

    @Test
    void ofTheCategoryLatestOneWaitsHoweverManyCome() {
        boot(OutboundNode.settings().withRetries(NEVER, NEVER).withQueueLimit(3, OutboundSettings.WhenFull.DROP_NEWEST));
        network.silent("hook");
        subscribed("sub", Attributes.builder().set("nec", 4), "http://hook/x");
        node.instance("data", "v0");
        network.awaitRequests("hook", 1);
        for (int i = 1; i < 50; i++) {
            node.instance("data", "v" + i);
        }
        assertThat(node.store.outbound("http://hook/x", 0, 100)).extracting(item -> contentOf(item.request()))
                .as("the one under way, and the newest").containsExactly("v0", "v49");
        assertThat(counter("notifications.dropped")).isZero();
    }

    @Test
    void anImmediateNotificationIsTriedAtOnceAndNotKept() {
        boot(OutboundNode.settings().withRetries(NEVER, NEVER));
        subscribed("slow", "http://hook/x");
        subscribed("now", Attributes.builder().set("nec", 2), "http://hook/x");
        node.instance("data", "v0");
        network.await(() -> counter("notifications.dropped") == 1, "the immediate one was tried and dropped");
        network.await(() -> node.store.outbound("http://hook/x", 0, 100).size() == 2, "of the slow one's, two wait");
        network.answer("hook", ResponseStatusCode.OK);
        node.instance("data", "v1");
        network.await(() -> counter("notifications.sent") == 4, "the immediate one ends the pause");
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).as("first what is immediate").endsWith("v1", "?", "v0", "v1");
    }

    @Test
    void aSignThatTheTargetIsBackCountsAlsoForTheAttemptUnderWay() {
        boot(OutboundNode.settings().withRetries(NEVER, NEVER));
        List<CompletableFuture<ResponsePrimitive>> promises = new CopyOnWriteArrayList<>();
        network.peer("hook", request -> {
            promises.add(new CompletableFuture<>());
            return promises.get(promises.size() - 1);
        });
        subscribed("sub", "http://hook/x");
        node.instance("data", "v0");
        network.await(() -> promises.size() == 1, "it is tried");
        node.side.tryAgain();
        promises.get(0).completeExceptionally(new UnreachableException("away", false, null));
        network.await(() -> promises.size() == 2, "it is tried again");
        promises.get(1).completeExceptionally(new UnreachableException("away", false, null));
        network.await(() -> counter("notifications.retried") == 2, "once: then it pauses");
        assertThat(network.requestsTo("hook")).hasSize(2);
    }

    @Test
    void promisedResultsAreNotDroppedFromAFullQueue() {
        boot(OutboundNode.settings().withRetries(NEVER, NEVER).withQueueLimit(2, OutboundSettings.WhenFull.DROP_OLDEST));
        network.silent("hook");
        subscribed("sub", "http://hook/x");
        for (int i = 0; i < 2; i++) {
            OutboundItem result = new OutboundItem(0, "http://hook/x", node.request(Operation.NOTIFY, "http://hook/x",
                    "/mn-cse").build(), "", Long.MAX_VALUE - 1, OutboundItem.Kind.RESULT, 3, "", 0, 0);
            node.store.writeNow(writer -> {
                node.side.queue().enqueue(writer, result);
                return true;
            });
        }
        for (int i = 0; i < 3; i++) {
            node.instance("data", "v" + i);
        }
        assertThat(node.store.outbound("http://hook/x", 0, 100)).extracting(OutboundItem::kind)
                .containsExactly(OutboundItem.Kind.RESULT, OutboundItem.Kind.RESULT);
        assertThat(counter("notifications.dropped")).isEqualTo(3);
    }

    @Test
    void whenThereIsNoRoomTheLowestStoragePriorityGoesFirst() {
        for (OutboundSettings.WhenFull rule : OutboundSettings.WhenFull.values()) {
            boot(OutboundNode.settings().withRetries(NEVER, NEVER).withQueueLimit(4, rule));
            network.silent("busy");
            subscribed("high", Attributes.builder().set("nsp", 5), "http://hook/x");
            subscribed("low", Attributes.builder().set("nsp", 1), "http://hook/x");
            subscribed("none", "http://hook/x");
            network.await(() -> node.side.administration().targets().stream()
                    .anyMatch(target -> target.state().name().equals("PAUSED")), "the target is not there");
            for (int i = 0; i < 8; i++) {
                node.instance("data", "v" + i);
            }
            assertThat(node.store.outbound("http://hook/x", 0, 100)).as(rule.toString()).hasSize(4)
                    .allMatch(item -> node.store.byId(item.reason()).orElseThrow().name().equals("high"));
        }
    }

    @Test
    void aHeldTargetGetsNothingUntilItIsReleasedAlsoAfterACrash() {
        network.answer("hook", ResponseStatusCode.OK);
        subscribed("sub", "http://hook/x");
        node.store.writeNow(writer -> {
            writer.hold("http://hook/x", true);
            return true;
        });
        node.crashAndBoot();
        node.side.start();
        network.await(() -> counter("outbound.targets") == 0, "it has begun");
        node.instance("data", "v0");
        network.await(() -> counter("outbound.targets") == 1, "the target is looked at");
        OutboundNetwork.settle(node);
        assertThat(network.sentTo("hook")).isEmpty();
        node.side.administration().hold("http://hook/x", false).toCompletableFuture().join();
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).containsExactly("v0");
    }

    @Test
    void whatADeletedSubscriptionHasStillToSayIsNotSent() {
        boot(OutboundNode.settings().withRetries(Duration.ofMillis(50), Duration.ofMillis(50)));
        subscribed("sub", "http://hook/x");
        for (int i = 0; i < 5; i++) {
            node.instance("data", "v" + i);
        }
        network.awaitRequests("hook", 1);
        node.delete("mn-cse-name/data/sub", "CAdmin");
        network.answer("hook", ResponseStatusCode.OK);
        awaitEmptyQueue();
        assertThat(contentsAt("hook")).doesNotContain("v4");
    }

    @Test
    void aNotificationForAnotherCseGoesByItsRegistration() {
        node.remote("/in-cse", "mqtt://in", List.of());
        network.answer("in", ResponseStatusCode.OK);
        subscribed("sub", "/in-cse/CApp");
        node.instance("data", "v0");
        network.awaitRequests("in", 2);
        OutboundRequest sent = network.sentTo("in").get(1);
        assertThat(sent.receiver()).contains("/in-cse");
        assertThat(sent.request().to()).isEqualTo("/in-cse/CApp");
        assertThat(sent.request().from()).contains("/mn-cse");
    }
}
