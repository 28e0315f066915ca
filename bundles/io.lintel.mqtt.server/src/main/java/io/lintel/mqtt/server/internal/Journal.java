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
 * The way to disk. What the event loop wants written in one turn goes to the {@link SessionStore} as one unit, and
 * while units are on their way the next one gathers, so that many acknowledgements share a sync and one hop back.
 * Belongs to the event loop; only the store's completion arrives on another thread and hops over.
 *
 * <pre>
 *   write(changes, done)       done(null) after the sync, or done(failure) and nothing of it is stored
 *   eventually(changes, then)  stored sooner or later: tried again until the store takes it, then() afterwards
 *   barrier(then)              then() after everything asked for so far
 * </pre>
 * Completions run in the order of the calls.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /** Two, so that the store has work while a completion hops back. */
    private static final int MOST_UNITS_UNDER_WAY = 2;
    private static final int MOST_CHANGES_A_UNIT = 512;
    private static final long RETRY_MILLIS = 500;

    private final SessionStore store;
    private final EventLoop loop;
    private final long mostBytes;
    private final Room room = new Room();
    private final Deque<Unit> underWay = new ArrayDeque<>();
    private final Deque<Unit> waiting = new ArrayDeque<>();
    private final List<Runnable> contributors = new ArrayList<>();
    private final List<CompletableFuture<Void>> drained = new ArrayList<>();
    private Unit retry;
    private boolean retryScheduled;
    private boolean flushScheduled;
    private boolean failing;
    private long bytes;

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
        Unit unit = gathering(changes.size());
        unit.changes.addAll(changes);
        unit.entries.add(new Entry(done, null, null));
        unit.bytes += payloadBytes;
        bytes += payloadBytes;
        scheduleFlush();
    }

    void eventually(List<SessionChange> changes, Runnable then) {
        assert loop.inEventLoop();
        Unit unit = gathering(changes.size());
        unit.changes.addAll(changes);
        unit.entries.add(new Entry(null, changes, then));
        scheduleFlush();
    }

    void barrier(Runnable then) {
        assert loop.inEventLoop();
        contribute();
        if (underWay.isEmpty() && waiting.isEmpty() && retry == null) {
            then.run();
        } else {
            eventually(List.of(), then);
        }
    }

    /** Calls back once before the next unit leaves, so that small changes of one turn can be gathered into one. */
    void beforeNextUnit(Runnable contributor) {
        contributors.add(contributor);
        scheduleFlush();
    }

    /** Full while more waits to be written than memory should hold: publishers wait for room. */
    boolean isFull() {
        return bytes >= mostBytes;
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

    private Unit gathering(int changes) {
        Unit last = waiting.peekLast();
        if (last == null || last.changes.size() + changes > MOST_CHANGES_A_UNIT && !last.entries.isEmpty()) {
            last = new Unit();
            waiting.add(last);
        }
        return last;
    }

    private void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        contribute();
        while (underWay.size() < MOST_UNITS_UNDER_WAY && !waiting.isEmpty()) {
            send(waiting.poll());
        }
        if (underWay.isEmpty() && waiting.isEmpty() && retry == null && contributors.isEmpty() && !drained.isEmpty()) {
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

    private void send(Unit unit) {
        underWay.add(unit);
        if (unit.changes.isEmpty()) {
            unit.finish(null);
            completeInOrder();
            return;
        }
        CompletionStage<Void> stage;
        try {
            stage = store.write(List.copyOf(unit.changes));
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        stage.whenComplete((nothing, failure) -> {
            if (loop.inEventLoop()) {
                unit.finish(failure);
                loop.execute(this::completeInOrder);
            } else {
                loop.execute(() -> {
                    unit.finish(failure);
                    completeInOrder();
                });
            }
        });
    }

    private void completeInOrder() {
        while (!underWay.isEmpty() && underWay.peek().finished) {
            complete(underWay.poll());
        }
        if (!waiting.isEmpty() || !contributors.isEmpty() || !drained.isEmpty()) {
            scheduleFlush();
        }
    }

    private void complete(Unit unit) {
        bytes -= unit.bytes;
        if (unit.failure != null && !failing) {
            LOG.error("The journal could not be written; nothing of it was acknowledged", unit.failure);
        } else if (unit.failure == null && failing && !unit.changes.isEmpty()) {
            LOG.info("The journal is written again");
        }
        failing = unit.failure != null || failing && unit.changes.isEmpty();
        for (Entry entry : unit.entries) {
            try {
                if (entry.done != null) {
                    entry.done.done(unit.failure);
                } else if (unit.failure == null && retry == null) {
                    if (entry.then != null) {
                        entry.then.run();
                    }
                } else {
                    tryAgain(entry, unit.failure != null);
                }
            } catch (RuntimeException e) {
                LOG.error("A completion of the journal failed", e);
            }
        }
        if (!isFull()) {
            room.open();
        }
    }

    /** What has to be stored is kept in order and leaves first next time. */
    private void tryAgain(Entry entry, boolean withChanges) {
        if (retry == null) {
            retry = new Unit();
        }
        if (withChanges) {
            retry.changes.addAll(entry.changes);
            retry.entries.add(entry);
        } else {
            retry.entries.add(new Entry(null, List.of(), entry.then));
        }
        if (!retryScheduled) {
            retryScheduled = true;
            loop.schedule(() -> {
                retryScheduled = false;
                Unit again = retry;
                retry = null;
                waiting.addFirst(again);
                scheduleFlush();
            }, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Changes that are written as one, and what happens then. */
    private static final class Unit {
        private final List<SessionChange> changes = new ArrayList<>();
        private final List<Entry> entries = new ArrayList<>();
        private long bytes;
        private boolean finished;
        private Throwable failure;

        void finish(Throwable cause) {
            finished = true;
            failure = cause;
        }
    }

    /**
     * @param done    for a write; else null
     * @param changes what has to be stored again if it was not, for {@link #eventually}
     */
    private record Entry(Done done, List<SessionChange> changes, Runnable then) {
    }
}
