// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.StoreFullException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Reads that may take long, such as a discovery that looks at everything and finds nothing. A short one is done on the thread
 * of the door that asks; what is not done after a moment goes on elsewhere, a part at a time and in turns with the others
 * that wait, so that neither the door's other clients nor another long read stand behind it. Any thread.
 */
public final class LongReads {
    /** A part ends after this time, or so many steps; it has at least as many steps as are always worth it. */
    private static final long PART_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
    private static final int MOST_STEPS = 1000;
    private static final int LEAST_STEPS = 16;
    private static final int WAITING = 64;

    private final Executor executor;
    private final int most;
    private final Queue<Part<?>> waiting = new ArrayDeque<>();
    private boolean running;

    /** A read that can be interrupted between its steps. */
    interface Work<T> {
        /**
         * Begins or goes on.
         *
         * @param more asked before each step
         * @return the result, or empty if there was no time left for it
         */
        Optional<T> goOn(BooleanSupplier more);
    }

    private record Part<T>(Work<T> work, CompletableFuture<T> result) {
        /** Whether it is done. */
        boolean goOn() {
            try {
                Optional<T> found = work.goOn(budget());
                found.ifPresent(result::complete);
                return found.isPresent();
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
                return true;
            }
        }
    }

    /** @param executor has one part at a time to do */
    public LongReads(Executor executor) {
        this(executor, WAITING);
    }

    LongReads(Executor executor, int most) {
        this.executor = executor;
        this.most = most;
    }

    /** @throws StoreFullException if as many wait as may */
    <T> CompletionStage<T> run(Work<T> work) {
        Optional<T> atOnce = work.goOn(budget());
        if (atOnce.isPresent()) {
            return CompletableFuture.completedFuture(atOnce.get());
        }
        Part<T> rest = new Part<>(work, new CompletableFuture<>());
        synchronized (waiting) {
            if (waiting.size() >= most) {
                throw new StoreFullException(most + " long discoveries are under way already");
            }
            waiting.add(rest);
            if (running) {
                return rest.result();
            }
            running = true;
        }
        next();
        return rest.result();
    }

    private static BooleanSupplier budget() {
        long end = System.nanoTime() + PART_NANOS;
        int[] steps = {0};
        return () -> ++steps[0] <= LEAST_STEPS || steps[0] <= MOST_STEPS && System.nanoTime() - end < 0;
    }

    private void next() {
        try {
            executor.execute(this::part);
        } catch (RejectedExecutionException e) {
            synchronized (waiting) {
                waiting.forEach(part -> part.result().completeExceptionally(new StoreFullException("the CSE is closing")));
                waiting.clear();
                running = false;
            }
        }
    }

    /** One part of one of them; then it is another's turn, and the thread's other work goes first. */
    private void part() {
        Part<?> part;
        synchronized (waiting) {
            part = waiting.remove();
        }
        boolean done = part.goOn();
        synchronized (waiting) {
            if (!done) {
                waiting.add(part);
            }
            if (waiting.isEmpty()) {
                running = false;
                return;
            }
        }
        next();
    }
}
