// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to disk. What the event loop wants written gathers while one unit is on its way to the {@link SessionStore},
 * and becomes the next unit, so that many acknowledgements share a sync and one hop back, and the order of changes is
 * the order of the calls whatever fails. A unit that the store does not take (too busy, disk full) is offered again for
 * a while before its writes fail. Belongs to the event loop; only the store's completion arrives on another thread and
 * hops over.
 *
 * <pre>
 *   write(changes, done)       done(null) after the sync, or done(failure) and nothing of it is stored
 *   eventually(changes, then)  stored sooner or later: tried until the store takes it, then() afterwards
 *   barrier(then)              then() after everything asked for so far
 * </pre>
 * Completions run in the order of the calls.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private static final int MOST_CHANGES_A_UNIT = 512;
    private static final long RETRY_MILLIS = 50;
    private static final int SMOOTHING = 8;
    /** How long changes that nobody waits for wait for company. */
    private static final long MOMENT_MILLIS = 20;
    /** How long the store may refuse before writes fail and their clients are sent away. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final SessionStore store;
    private final EventLoop loop;
    private final long mostBytes;
    private final Room room = new Room();
    private final Deque<Unit> waiting = new ArrayDeque<>();
    private final List<Runnable> contributors = new ArrayList<>();
    private final List<CompletableFuture<Void>> drained = new ArrayList<>();
    private Unit underWay;
    private boolean flushScheduled;
    private boolean momentRuns;
    private boolean failing;
    private long bytes;
    private long usualNanos;

    Journal(SessionStore store, EventLoop loop, long mostBytes) {
        this.store = store;
        this.loop = loop;
        this.mostBytes = mostBytes;
    }

    /** What happens after a write: {@code failure} is null when it is on disk. Runs on the event loop. */
    @FunctionalInterface
    interface Done {
        void done(Throwable failure);
    }

    /**
     * Writes the changes as one.
     *
     * @param payloadBytes what they hold in memory until then
     */
    void write(List<SessionChange> changes, long payloadBytes, Done done) {
        assert loop.inEventLoop();
        bytes += payloadBytes;
        add(new Entry(changes, payloadBytes, done, null));
    }

    void eventually(List<SessionChange> changes, Runnable then) {
        assert loop.inEventLoop();
        add(new Entry(changes, 0, null, then));
    }

    void barrier(Runnable then) {
        assert loop.inEventLoop();
        contribute();
        if (underWay == null && waiting.isEmpty()) {
            then.run();
        } else {
            eventually(List.of(), then);
        }
    }

    /**
     * Calls back once before the next unit leaves, so that small changes that nobody waits for are gathered and share the
     * sync of others; if there are no others, one of their own after a moment.
     */
    void beforeNextUnit(Runnable contributor) {
        contributors.add(contributor);
        if (!momentRuns) {
            momentRuns = true;
            loop.schedule(() -> {
                momentRuns = false;
                if (!contributors.isEmpty()) {
                    scheduleFlush();
                }
            }, MOMENT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Payload that is kept in memory in the journal's stead. */
    void occupy(long payloadBytes) {
        bytes += payloadBytes;
    }

    void vacate(long payloadBytes) {
        bytes -= payloadBytes;
        if (!isFull()) {
            room.open();
        }
    }

    /** Somebody waits for what {@link #beforeNextUnit} gathers. */
    void hurry() {
        scheduleFlush();
    }

    /** Full while more waits to be written than memory should hold: publishers wait for room. */
    boolean isFull() {
        return bytes >= mostBytes;
    }

    /** How long a unit took on its way to disk and back, lately. */
    long usualNanos() {
        return usualNanos;
    }

    /** Payload bytes that wait to be written. */
    long bytes() {
        return bytes;
    }

    Room room() {
        return room;
    }

    /** Completes when nothing is left to be written. */
    CompletableFuture<Void> drained() {
        assert loop.inEventLoop();
        CompletableFuture<Void> future = new CompletableFuture<>();
        drained.add(future);
        scheduleFlush();
        return future;
    }

    private void add(Entry entry) {
        Unit last = waiting.peekLast();
        if (last == null || last.changes.size() + entry.changes.size() > MOST_CHANGES_A_UNIT && !last.entries.isEmpty()) {
            last = new Unit(System.nanoTime());
            waiting.add(last);
        }
        last.add(entry);
        scheduleFlush();
    }

    private void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        if (underWay != null) {
            return;   // its completion flushes again
        }
        contribute();
        if (!waiting.isEmpty()) {
            underWay = waiting.poll();
            offer(underWay);
        } else if (!drained.isEmpty()) {
            drained.forEach(f -> f.complete(null));
            drained.clear();
        }
    }

    private void contribute() {
        while (!contributors.isEmpty()) {
            List<Runnable> now = List.copyOf(contributors);
            contributors.clear();
            now.forEach(Runnable::run);
        }
    }

    private void offer(Unit unit) {
        if (unit.changes.isEmpty()) {
            stored(unit);
            return;
        }
        long asked = System.nanoTime();
        CompletionStage<Void> stage;
        try {
            stage = store.write(List.copyOf(unit.changes));
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        stage.whenComplete((nothing, failure) -> loop.execute(() -> {
            if (failure == null) {
                usualNanos += (System.nanoTime() - asked - usualNanos) / SMOOTHING;
                stored(unit);
            } else {
                refused(unit, failure);
            }
        }));
    }

    private void stored(Unit unit) {
        if (failing && !unit.changes.isEmpty()) {
            failing = false;
            LOG.info("The journal is written again");
        }
        for (Entry entry : unit.entries) {
            bytes -= entry.payloadBytes;
            complete(entry, null);
        }
        next();
    }

    /** Offered again; but writes that have waited too long fail, in this unit and behind it. */
    private void refused(Unit unit, Throwable failure) {
        Unit again = new Unit(unit.since);
        List<Entry> failed = new ArrayList<>();
        keepOrFail(unit, again, failed);
        while (!waiting.isEmpty() && waiting.peek().isOverdue()) {
            keepOrFail(waiting.poll(), again, failed);
        }
        if (!failed.isEmpty() && !failing) {
            failing = true;
            LOG.error("The journal cannot be written; nothing of it was acknowledged", failure);
        }
        underWay = again;
        for (Entry entry : failed) {
            bytes -= entry.payloadBytes;
            complete(entry, failure);
        }
        if (again.entries.isEmpty()) {
            next();
        } else {
            loop.schedule(() -> offer(again), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static void keepOrFail(Unit unit, Unit again, List<Entry> failed) {
        boolean overdue = unit.isOverdue();
        for (Entry entry : unit.entries) {
            if (overdue && entry.done != null) {
                failed.add(entry);
            } else {
                again.add(entry);
            }
        }
    }

    private static void complete(Entry entry, Throwable failure) {
        try {
            if (entry.done != null) {
                entry.done.done(failure);
            } else if (entry.then != null) {
                entry.then.run();
            }
        } catch (RuntimeException e) {
            LOG.error("What follows a write of the journal failed", e);
        }
    }

    private void next() {
        underWay = null;
        if (!isFull()) {
            room.open();
        }
        scheduleFlush();
    }

    /** Changes that are written as one, and what happens then. */
    private static final class Unit {
        private final List<SessionChange> changes = new ArrayList<>();
        private final List<Entry> entries = new ArrayList<>();
        private final long since;

        Unit(long since) {
            this.since = since;
        }

        boolean isOverdue() {
            return System.nanoTime() - since >= PATIENCE_NANOS;
        }

        void add(Entry entry) {
            changes.addAll(entry.changes);
            entries.add(entry);
        }
    }

    /**
     * @param done for a write; null for what is stored eventually
     * @param then for what is stored eventually
     */
    private record Entry(List<SessionChange> changes, long payloadBytes, Done done, Runnable then) {
    }
}
