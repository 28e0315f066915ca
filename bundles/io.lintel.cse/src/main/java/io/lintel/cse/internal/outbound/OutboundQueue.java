// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundItem.Kind;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's outbound queue in motion (decision 17): one {@link OutboundDelivery} for each target that has something
 * waiting, none for the others. Items enter on the writer thread in the task that causes them, and leave by tasks that
 * remove many at a time. What was sent but not yet removed when the process dies is sent again under the same request
 * identifier. What was promised leaves without being sent only with its result.
 */
public final class OutboundQueue implements OutboundEnqueuing {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundQueue.class);
    /** What "targets" begin with that nothing is delivered to: what lies there waits for its time. */
    public static final String INTERNAL = "(";
    /** The "target" of requests to this CSE that wait for their time. */
    public static final String EXECUTION = INTERNAL + "execution)";
    private static final int EXPIRED_PAGE = 500;

    private final ResourceStore store;
    private final ScheduledExecutorService executor;
    private final OutboundCommit commit;
    private final OutboundSettings settings;
    private final OutboundCounters counters;
    private final Clock clock;
    private final OutboundDelivery.Sending sending;
    private final OutboundTelling telling;
    private final Function<String, Optional<Instant>> asleep;
    private final OutboundRemovals removals;
    private final OutboundWanted wanted;
    private final OutboundRoom room;
    private final OutboundClaims claims = new OutboundClaims();
    private final Map<String, OutboundDelivery> deliveries = new ConcurrentHashMap<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final Runnable kick = this::tryAgain;
    private final OutboundOverflow overflow;
    private volatile boolean closed;

    private record Wake(OutboundQueue queue, String target, long place, boolean now) implements Runnable {
        @Override
        public void run() {
            queue.wake(target, place, now);
        }
    }

    private record Spare(OutboundQueue queue, String target, long sequence) implements Runnable {
        @Override
        public void run() {
            queue.spare(target, sequence);
        }
    }

    /**
     * @param sending   sends one item; completes with the response or fails as {@link OutboundExchange#send}
     * @param exhausted told, on the executor, of a subscription whose {@code exc} has run out
     * @param asleep    when a target can be reached again, if its schedule says that it can't now; any thread
     */
    OutboundQueue(ResourceStore store, ScheduledExecutorService executor, OutboundCommit commit, OutboundSettings settings,
            OutboundCounters counters, Clock clock, OutboundTelling telling, OutboundDelivery.Sending sending,
            Consumer<Resource> exhausted, Function<String, Optional<Instant>> asleep) {
        this.asleep = asleep;
        this.store = store;
        this.executor = executor;
        this.commit = commit;
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
        this.telling = telling;
        this.sending = sending;
        this.room = new OutboundRoom(settings, clock);
        this.overflow = new OutboundOverflow(store, settings, counters, this::drop);
        this.removals = new OutboundRemovals(this, store, exhausted);
        this.wanted = new OutboundWanted(store, removals::isFinished);
        held.addAll(store.outboundHeld());
    }

    /** Takes up what waits since the last run. */
    void start() {
        store.outboundTargets().forEach(target -> wake(target, 0, false));
    }

    /** Stops sending; what is under way may still be answered, and is sent again at the next start if it is not. */
    void close() {
        closed = true;
        deliveries.values().forEach(OutboundDelivery::close);
        deliveries.clear();
    }

    /** Targets that have something waiting or under way. */
    Collection<String> activeTargets() {
        return List.copyOf(deliveries.keySet());
    }

    Collection<OutboundDelivery> deliveries() {
        return deliveries.values();
    }

    Optional<OutboundDelivery> delivery(String target) {
        return Optional.ofNullable(deliveries.get(target));
    }

    OutboundClaims claims() {
        return claims;
    }

    OutboundRemovals removals() {
        return removals;
    }

    /** A full queue drops by its rule, audibly; what was promised before is never dropped, and what is promised enters. */
    @Override
    public void enqueue(ResourceWriter writer, OutboundItem item) {
        if (room.isFull(writer, item.target())) {
            if (item.kind() == Kind.NOTIFICATION && !overflow.makeRoom(writer, item)) {
                return;
            }
        } else {
            overflow.over(item.target());
        }
        put(writer, item, older(writer, item));
    }

    /** @throws StoreFullException if there is no room; nothing was accepted then */
    @Override
    public OutboundItem accept(ResourceWriter writer, OutboundItem item) {
        Optional<OutboundItem> old = older(writer, item);
        if (old.isEmpty() && room.isFull(writer, item.target())) {
            counters.add(OutboundCounters.REQUESTS_REFUSED);
            throw new StoreFullException("as much waits for " + item.target() + " as is allowed");
        }
        return put(writer, item, old);
    }

    @Override
    public boolean hasRoom(String target) {
        return !room.isKnownFull(target);
    }

    @Override
    public OutboundResults results() {
        return telling.results();
    }

    @Override
    public boolean isPaused(String target) {
        return isHeld(target) || delivery(target).filter(delivery -> delivery.activity().paused()).isPresent();
    }

    @Override
    public void afterCommit(Runnable action) {
        commit.after(action);
    }

    @Override
    public void sendAnnouncementsBy(AnnouncementSending announcements) {
        telling.announcementsBy(announcements);
    }

    @Override
    public boolean verifiesTargets() {
        return settings.verification() != OutboundSettings.Verification.NONE;
    }

    @Override
    public Duration life() {
        return settings.notificationLife();
    }

    private OutboundItem put(ResourceWriter writer, OutboundItem item, Optional<OutboundItem> old) {
        OutboundItem placed;
        if (old.isPresent()) {
            counters.add(OutboundCounters.NOTIFICATIONS_SUPERSEDED);
            room.removed(old.get());
            placed = writer.replace(old.get(), item);
            tell(writer, old.get(), Optional.of(refusal(old.get(), ResponseStatusCode.REQUEST_TIMEOUT,
                    "not sent: a newer request of the event category latest took its place")));
        } else {
            placed = writer.enqueue(item);
        }
        room.added(placed);
        commit.after(new Wake(this, item.target(), placed.sequence(), item.rank() == EventCategory.IMMEDIATE));
        return placed;
    }

    /** The waiting item that a newer one makes worthless, which is not under way. */
    private Optional<OutboundItem> older(ResourceWriter writer, OutboundItem item) {
        return item.latestKey().isEmpty() ? Optional.empty() : writer.outboundLatest(item.latestKey())
                .filter(old -> old.target().equals(item.target()) && old.rank() == item.rank()).filter(this::doom);
    }

    /** Takes an item from its delivery until after the task under way; false if it is under way. */
    private boolean doom(OutboundItem item) {
        boolean mine = claims.doom(item.sequence());
        if (mine) {
            commit.after(new Spare(this, item.target(), item.sequence()));
        }
        return mine;
    }

    /** Takes an item out that is not sent; false if somebody is at it. */
    private boolean drop(ResourceWriter writer, OutboundItem item) {
        boolean mine = doom(item);
        if (mine) {
            takeOut(writer, item, Optional.empty());
        }
        return mine;
    }

    @Override
    public void takeOut(ResourceWriter writer, OutboundItem item, Optional<ResponsePrimitive> result) {
        writer.dequeue(item.sequence());
        room.removed(item);
        tell(writer, item, result);
    }

    @Override
    public boolean recall(ResourceWriter writer, OutboundItem item) {
        if (!doom(item)) {
            return false;
        }
        takeOut(writer, item, Optional.empty());
        return true;
    }

    private void tell(ResourceWriter writer, OutboundItem item, Optional<ResponsePrimitive> result) {
        telling.tell(writer, item, result).forEach(told -> put(writer, told, Optional.empty()));
    }

    static ResponsePrimitive refusal(OutboundItem item, ResponseStatusCode status, String why) {
        return ResponsePrimitive.refusal(item.request(), new PrimitiveException(status, why));
    }

    /** Gives up what has expired while it waited; an execution has its turn in any case. Called every second or so. */
    void sweepExpired() {
        List<OutboundItem> expired = store.outboundExpired(clock.millis(), EXPIRED_PAGE).stream()
                .filter(item -> item.kind() != Kind.EXECUTION && claims.doom(item.sequence())).toList();
        if (!expired.isEmpty()) {
            remove(expired, item -> {
                counters.add(OutboundCounters.NOTIFICATIONS_EXPIRED);
                return Optional.of(refusal(item, ResponseStatusCode.REQUEST_TIMEOUT, "it expired while it waited for "
                        + item.target()));
            });
        }
    }

    /** When a target can be reached again, if its schedule says that it can't now. */
    Optional<Instant> asleepUntil(String target) {
        return asleep.apply(target);
    }

    /** Goes on with targets that can be reached again by their schedules. Called every second or so. */
    void lookAtSchedules() {
        Instant now = clock.instant();
        deliveries.values().forEach(delivery -> delivery.look(now));
    }

    /** Removes doomed items in one task, and tells what there is to tell; the stage says how it ended. */
    CompletionStage<Integer> remove(List<OutboundItem> items, Function<OutboundItem, Optional<ResponsePrimitive>> result) {
        return store.write(writer -> {
            items.forEach(item -> takeOut(writer, item, result.apply(item)));
            return items.size();
        }).whenComplete((count, failure) -> {
            if (failure != null) {
                room.doubt();
            }
            items.forEach(item -> spare(item.target(), item.sequence()));
        });
    }

    /** For who takes an item out of an internal queue by a task of its own; false if somebody else does. */
    public boolean claim(OutboundItem item) {
        return claims.doom(item.sequence());
    }

    /** The task has ended. */
    public void disclaim(List<OutboundItem> items, boolean failed) {
        if (failed) {
            room.doubt();
        }
        items.forEach(item -> claims.spare(item.sequence()));
    }

    /** A notification that went another way was delivered: it counts for its subscription. */
    public CompletionStage<Void> delivered(String subscription, String target) {
        return removals.delivered(subscription, target);
    }

    private void spare(String target, long sequence) {
        delivery(target).ifPresent(OutboundDelivery::readAgain);
        claims.spare(sequence);
    }

    /** A commit failed with which numbers were counted. */
    void doubtCounts() {
        room.doubt();
    }

    /** Called on the writer thread: after this task's commit, pauses after failures end, because somebody may be back. */
    public void tryAgainAfterCommit() {
        commit.after(kick);
    }

    /** Ends all pauses after failures. */
    void tryAgain() {
        deliveries.values().forEach(OutboundDelivery::tryAgain);
    }

    /** Ends the pause of one target, which has just shown that it is there. */
    void tryAgain(String target) {
        delivery(target).ifPresent(OutboundDelivery::tryAgain);
    }

    boolean isHeld(String target) {
        return held.contains(target);
    }

    /** By an administrator, after it was noted on disk. */
    void hold(String target, boolean wanted) {
        if (wanted) {
            held.add(target);
        } else if (held.remove(target)) {
            tryAgain(target);
            wake(target, 0, false);
        }
    }

    private void wake(String target, long place, boolean now) {
        if (target.startsWith(INTERNAL)) {
            return;
        }
        deliveries.compute(target, (key, delivery) -> {
            if (closed) {
                return null;
            }
            OutboundDelivery awake = delivery == null ? new OutboundDelivery(this, key, store, sending, settings, counters,
                    clock) : delivery;
            awake.wake(place, now);
            return awake;
        });
    }

    /** The delivery has nothing more to do; unless it was woken meanwhile, it is forgotten. */
    void idle(OutboundDelivery delivery) {
        deliveries.computeIfPresent(delivery.target(), (key, known) -> known == delivery && delivery.mayEnd() ? null : known);
    }

    /** A subscription is deleted by request in the task under way; the deletion counts if its commit succeeds. */
    public void subscriptionDeleted(String id) {
        wanted.deleted(id);
    }

    boolean isWanted(OutboundItem item) {
        return wanted.isWanted(item);
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

    void scheduleUnlessClosed(Runnable step, long delayMillis) {
        if (!closed) {
            schedule(step, delayMillis);
        }
    }
}
