// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResourceTypes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's outbound queue in motion: one {@link OutboundDelivery} for each target that has something waiting, none for
 * the others. Items enter on the writer thread in the task that causes them, and leave by tasks that remove many at a
 * time. What was sent but not yet removed when the process dies is sent again under the same request identifier.
 */
final class OutboundQueue implements OutboundEnqueuing {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundQueue.class);
    private static final int COUNT_PAGE = 500;
    private static final int MAX_COUNTERS = 10_000;
    private static final int MAX_DELETED = 10_000;
    private static final long RECOUNT_MILLIS = 10_000;
    private static final long FLUSH_RETRY_MILLIS = 1000;

    private final ResourceStore store;
    private final ScheduledExecutorService executor;
    private final OutboundCommit commit;
    private final OutboundSettings settings;
    private final OutboundCounters counters;
    private final Clock clock;
    private final OutboundDelivery.Sending sending;
    private final Consumer<Resource> exhausted;

    private final Map<String, OutboundDelivery> deliveries = new ConcurrentHashMap<>();
    private final Runnable kick = this::tryAgain;

    /** How many items wait for a target: writer thread only. Absent until it is asked for. */
    private final Map<String, Waiting> waiting = new HashMap<>();
    /** Subscriptions whose {@code exc} has run out, until they are deleted. */
    private final Set<String> finished = ConcurrentHashMap.newKeySet();
    /** Subscriptions that somebody deleted in this run, the last ones: what still waits from them is wanted no more. */
    private final Set<String> deleted = Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_DELETED;
        }
    }));

    private final List<Done> done = new ArrayList<>();
    private boolean flushing;
    private volatile boolean closed;

    private static final class Waiting {
        private int count;
        private long countedAtMillis;
        private long droppedUpTo;
        private boolean full;
    }

    private record Done(OutboundDelivery delivery, OutboundItem item, boolean delivered) {
    }

    private record Wake(OutboundQueue queue, String target) implements Runnable {
        @Override
        public void run() {
            queue.wake(target);
        }
    }

    /**
     * @param sending   sends one item; completes with the response or fails as {@link OutboundExchange#send}
     * @param exhausted told, on the executor, of a subscription whose {@code exc} has run out
     */
    OutboundQueue(ResourceStore store, ScheduledExecutorService executor, OutboundCommit commit, OutboundSettings settings,
            OutboundCounters counters, Clock clock, OutboundDelivery.Sending sending, Consumer<Resource> exhausted) {
        this.store = store;
        this.executor = executor;
        this.commit = commit;
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
        this.sending = sending;
        this.exhausted = exhausted;
    }

    /** Takes up what waits since the last run. */
    void start() {
        store.outboundTargets().forEach(this::wake);
    }

    /** Stops sending; what is under way may still be answered, and is sent again at the next start if it is not. */
    void close() {
        closed = true;
        deliveries.values().forEach(OutboundDelivery::close);
        deliveries.clear();
    }

    /** Targets that have something waiting or under way. */
    int activeTargets() {
        return deliveries.size();
    }

    /** A full queue drops by its rule, audibly. */
    @Override
    public void enqueue(ResourceWriter writer, OutboundItem item) {
        Waiting count = waiting(item.target());
        if (count.count >= settings.queueLimit() && isReallyFull(item.target(), count)) {
            counters.add(OutboundCounters.NOTIFICATIONS_DROPPED);
            if (!count.full) {
                count.full = true;
                LOG.warn("{} items wait for {}: {} from now on, until there is room", count.count, item.target(),
                        settings.whenFull() == OutboundSettings.WhenFull.DROP_NEWEST ? "new ones are dropped"
                        : "the oldest are dropped");
            }
            if (settings.whenFull() == OutboundSettings.WhenFull.DROP_NEWEST || !dropOldest(writer, item.target(), count)) {
                return;
            }
            count.count--;
        } else if (count.full) {
            count.full = false;
            LOG.info("there is room again for what waits for {}", item.target());
        }
        writer.enqueue(item);
        count.count++;
        commit.after(new Wake(this, item.target()));
    }

    @Override
    public Duration life() {
        return settings.notificationLife();
    }

    private Waiting waiting(String target) {
        if (waiting.size() > MAX_COUNTERS) {
            waiting.values().removeIf(entry -> entry.count <= 0);
        }
        return waiting.computeIfAbsent(target, key -> recount(key, new Waiting()));
    }

    /** The running count may drift when a commit fails, so it is not believed without looking, though not at each item. */
    private boolean isReallyFull(String target, Waiting count) {
        if (clock.millis() - count.countedAtMillis >= RECOUNT_MILLIS) {
            recount(target, count);
        }
        return count.count >= settings.queueLimit();
    }

    private Waiting recount(String target, Waiting into) {
        into.countedAtMillis = clock.millis();
        into.count = 0;
        List<OutboundItem> page = store.outbound(target, 0, COUNT_PAGE);
        while (!page.isEmpty() && into.count < settings.queueLimit()) {
            into.count += page.size();
            page = page.size() < COUNT_PAGE ? List.of() : store.outbound(target, page.get(page.size() - 1).sequence(),
                    COUNT_PAGE);
        }
        return into;
    }

    /** The first item may be under way, so the next one that is not dropped already makes room. */
    private boolean dropOldest(ResourceWriter writer, String target, Waiting count) {
        List<OutboundItem> first = store.outbound(target, 0, 1);
        if (first.isEmpty()) {
            return false;
        }
        List<OutboundItem> next = store.outbound(target, Math.max(first.get(0).sequence(), count.droppedUpTo), 1);
        if (next.isEmpty()) {
            return false;
        }
        count.droppedUpTo = next.get(0).sequence();
        writer.dequeue(count.droppedUpTo);
        return true;
    }

    /** Called on the writer thread: after this task's commit, pauses after failures end, because somebody may be back. */
    void tryAgainAfterCommit() {
        commit.after(kick);
    }

    /** Ends all pauses after failures. */
    void tryAgain() {
        deliveries.values().forEach(OutboundDelivery::tryAgain);
    }

    private void wake(String target) {
        deliveries.compute(target, (key, delivery) -> {
            if (closed) {
                return null;
            }
            OutboundDelivery awake = delivery == null ? new OutboundDelivery(this, key, store, sending, settings, counters,
                    clock) : delivery;
            awake.wake();
            return awake;
        });
    }

    /** The delivery has nothing more to do; unless it was woken meanwhile, it is forgotten. */
    void idle(OutboundDelivery delivery) {
        deliveries.computeIfPresent(delivery.target(), (key, known) -> known == delivery && delivery.mayEnd() ? null : known);
    }

    /** A subscription is deleted by request in the task under way; the deletion counts if its commit succeeds. */
    void subscriptionDeleted(String id) {
        deleted.add(id);
    }

    /**
     * Whether an item is still to be sent. What a subscription said before its resource was deleted is; what is left of one
     * that was itself deleted, or has said enough, is not.
     */
    boolean isWanted(OutboundItem item) {
        if (item.request().operation() == Operation.UPDATE) {
            return InfrastructureStems.isWanted(store, item);
        }
        String subscription = item.reason();
        return !finished.contains(subscription) && !(deleted.contains(subscription) && store.byId(subscription).isEmpty());
    }

    void execute(Runnable step) {
        try {
            executor.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.debug("closing: deliveries end");
        }
    }

    ScheduledFuture<?> schedule(Runnable step, long delayMillis) {
        return executor.schedule(step, delayMillis, TimeUnit.MILLISECONDS);
    }

    /** Removes an item with the next removal task; the delivery is told when that is on disk. */
    void remove(OutboundDelivery delivery, OutboundItem item, boolean delivered) {
        synchronized (done) {
            done.add(new Done(delivery, item, delivered));
            if (flushing) {
                return;
            }
            flushing = true;
        }
        flush();
    }

    private void flush() {
        List<Done> batch;
        synchronized (done) {
            if (done.isEmpty()) {
                flushing = false;
                return;
            }
            batch = List.copyOf(done);
            done.clear();
        }
        store.write(writer -> removeAll(writer, batch)).whenComplete((ended, failure) -> {
            if (failure != null) {
                LOG.debug("{} sent items could not be removed yet: {}", batch.size(), failure.toString());
                synchronized (done) {
                    done.addAll(0, batch);
                }
                if (!closed) {
                    schedule(this::flush, FLUSH_RETRY_MILLIS);
                }
                return;
            }
            ended.forEach(subscription -> execute(() -> exhausted.accept(subscription)));
            Map<OutboundDelivery, Integer> removed = new LinkedHashMap<>();
            batch.forEach(entry -> removed.merge(entry.delivery(), 1, Integer::sum));
            removed.forEach(OutboundDelivery::removed);
            flush();
        });
    }

    private List<Resource> removeAll(ResourceWriter writer, List<Done> batch) {
        List<Resource> ended = new ArrayList<>();
        for (Done entry : batch) {
            writer.dequeue(entry.item().sequence());
            Waiting count = waiting.get(entry.item().target());
            if (count != null && count.count > 0) {
                count.count--;
            }
            if (entry.delivered() && !entry.item().reason().isEmpty()) {
                writer.byId(entry.item().reason()).filter(resource -> resource.type() == ResourceTypes.SUBSCRIPTION)
                        .ifPresent(subscription -> countDown(writer, subscription, ended));
            }
        }
        return ended;
    }

    /** {@code exc} counts successful notifications down; with the last one the subscription ends (TS-0004 7.4.8.2). */
    private void countDown(ResourceWriter writer, Resource subscription, List<Resource> ended) {
        subscription.attributes().number("exc").ifPresent(left -> {
            if (left > 1) {
                Attributes counted = subscription.attributes().toBuilder().set("exc", left - 1).build();
                writer.update(subscription.with(counted));
            } else if (finished.add(subscription.id())) {
                ended.add(subscription);
            }
        });
    }

    /** The subscription whose counter ran out is deleted, or was not there any more. */
    void ended(Resource subscription) {
        finished.remove(subscription.id());
    }
}
