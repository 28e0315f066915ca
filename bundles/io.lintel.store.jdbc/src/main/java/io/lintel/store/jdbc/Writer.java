// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.StoreException;
import io.lintel.cse.api.store.StoreFullException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes, and the one that completes stages.
 *
 * <pre>
 * any thread ──offer──► queue ──take one, drain up to 255──► lintel-store-writer ──one commit──► lintel-store-completion
 *        (full: refused)                                      runs the tasks                      completes the stages, in order
 * </pre>
 * There is no artificial delay: while one batch is being synced, the next gathers. A permit is held from the hand-off
 * until the stage's dependants have run, so that nothing between the two queues grows without bound.
 */
final class Writer {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int BATCH = 256;
    private static final long UPKEEP_MILLIS = 1000;

    private final Core core;
    private final BlockingQueue<Entry<?>> queue;
    private final BlockingQueue<List<Entry<?>>> finished = new LinkedBlockingQueue<>();
    private final Semaphore permits;
    private final Thread writer = new Thread(this::write, "lintel-store-writer");
    private final Thread completion = new Thread(this::complete, "lintel-store-completion");
    private volatile boolean closed;
    private volatile String refusal = "";
    private volatile String trouble = "";
    private long upkeepAt;

    Writer(Core core, int capacity) {
        this.core = core;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.permits = new Semaphore(capacity);
        writer.setDaemon(true);
        completion.setDaemon(true);
    }

    /** The thread that opens a damaged database anew, and so never waits for that. */
    Thread thread() {
        return writer;
    }

    void start() {
        refusal = core.database().refusal().orElse("");
        completion.start();
        writer.start();
    }

    /** Why nothing can be written now, for a person; empty when all is well. */
    Optional<String> trouble() {
        String why = closed ? "closed" : !refusal.isEmpty() ? refusal : trouble;
        return why.isEmpty() ? Optional.empty() : Optional.of(why);
    }

    <T> CompletionStage<T> offer(Entry.Work<T> work) {
        if (closed) {
            return CompletableFuture.failedFuture(new StoreException("the store is closed", null));
        }
        if (!refusal.isEmpty()) {
            return CompletableFuture.failedFuture(new StoreFullException(refusal));
        }
        if (!permits.tryAcquire()) {
            return CompletableFuture.failedFuture(new StoreFullException("the store's write queue is full"));
        }
        Entry<T> entry = new Entry<>(work);
        if (!queue.offer(entry)) {
            permits.release();
            return CompletableFuture.failedFuture(new StoreFullException("the store's write queue is full"));
        }
        if (closed && queue.remove(entry)) {
            permits.release();
            return CompletableFuture.failedFuture(new StoreException("the store is closed", null));
        }
        return entry.stage();
    }

    /** Takes no more, writes what was taken, completes all stages, and ends both threads. */
    void close() {
        closed = true;
        // wakes the writer if it waits; if there is no room, it does not wait
        queue.offer(new Entry<Void>((batch, view) -> null));
        try {
            writer.join();
            completion.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("interrupted while the store was closing");
        }
    }

    private void write() {
        List<Entry<?>> batch = new ArrayList<>(BATCH);
        while (true) {
            try {
                Entry<?> first = queue.poll(closed ? 0 : UPKEEP_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    run(batch);
                    finished.add(batch);
                    batch = new ArrayList<>(BATCH);
                } else if (closed && queue.isEmpty()) {
                    break;
                }
                upkeep();
            } catch (InterruptedException e) {
                closed = true;
            } catch (RuntimeException | Error e) {
                LOG.error("the store's writer met something unforeseen", e);
                trouble = e.toString();
                if (!batch.isEmpty()) {
                    StoreException why = new StoreException("the store failed: " + e, e);
                    batch.forEach(entry -> entry.lost(why));
                    finished.add(batch);
                    batch = new ArrayList<>(BATCH);
                    core.recover();
                }
            }
        }
        finished.add(List.of());
    }

    private void run(List<Entry<?>> entries) {
        try {
            core.run(entries);
            if (!trouble.isEmpty()) {
                LOG.info("the store writes again");
                trouble = "";
            }
        } catch (SQLException failure) {
            // the outer message of a batch repeats its data, which is no reader's business
            SQLException e = failure instanceof BatchUpdateException && failure.getNextException() != null
                    ? failure.getNextException() : failure;
            core.database().failed(e);
            String why = "the last write failed: " + e.getMessage();
            if (why.equals(trouble)) {   // a full disk fails every attempt, many a second
                LOG.debug("another batch of {} could not be written", entries.size(), e);
            } else {
                LOG.error("a batch of {} could not be written; none of it was kept", entries.size(), e);
            }
            trouble = why;
            StoreException lost = new StoreException("the store could not write: " + e.getMessage(), e);
            entries.forEach(entry -> entry.lost(lost));
            core.recover();
        }
    }

    private void upkeep() {
        long now = System.currentTimeMillis();
        if (now < upkeepAt) {
            return;
        }
        upkeepAt = now + UPKEEP_MILLIS;
        String before = refusal;
        refusal = core.database().refusal().orElse("");
        if (!refusal.isEmpty() && before.isEmpty()) {
            LOG.error("the store takes nothing any more: {}", refusal);
        } else if (refusal.isEmpty() && !before.isEmpty()) {
            LOG.info("the store takes tasks again");
        }
        if (refusal.isEmpty() && trouble.isEmpty()) {
            core.upkeep(now);
        }
    }

    private void complete() {
        while (true) {
            try {
                List<Entry<?>> batch = finished.take();
                if (batch.isEmpty()) {
                    return;
                }
                batch.forEach(entry -> {
                    try {
                        entry.complete();
                    } catch (RuntimeException | Error e) {
                        LOG.error("what waited for a write failed", e);
                    } finally {
                        permits.release();
                    }
                });
            } catch (InterruptedException e) {
                LOG.warn("the completion thread was interrupted and goes on; it ends with the store");
            }
        }
    }
}
