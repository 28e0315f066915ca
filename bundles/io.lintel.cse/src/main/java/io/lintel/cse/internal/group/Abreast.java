// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Does something asynchronous for each element of a list, a few at a time. Holds no thread: the end of one starts the
 * next, on whichever thread that end comes. What ends at once costs no depth of stack, and after a slice of such work the
 * rest goes on in the executor, so that a door's thread is not kept.
 */
final class Abreast<T> {
    private static final int SLICE = 100;

    private final List<T> elements;
    private final int width;
    private final Executor executor;
    private final BooleanSupplier wanted;
    private final Function<T, CompletionStage<?>> work;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    /** Touched by the one caller that is let through. */
    private int next;

    private Abreast(List<T> elements, int width, Executor executor, BooleanSupplier wanted,
            Function<T, CompletionStage<?>> work) {
        this.elements = elements;
        this.width = width;
        this.executor = executor;
        this.wanted = wanted;
        this.work = work;
    }

    /**
     * @param width  how many may be under way at a time
     * @param wanted whether further ones are to be begun
     * @param work   begins with one; how it ends does not matter here
     * @return completes when all that were begun have ended
     */
    static <T> CompletionStage<Void> each(List<T> elements, int width, Executor executor, BooleanSupplier wanted,
            Function<T, CompletionStage<?>> work) {
        Abreast<T> abreast = new Abreast<>(elements, width, executor, wanted, work);
        abreast.go();
        return abreast.done;
    }

    private void go() {
        if (calls.getAndIncrement() != 0) {
            return;
        }
        int answered = 1;
        int begun = 0;
        do {
            boolean more = wanted.getAsBoolean();
            while (more && next < elements.size() && underWay.get() < width) {
                if (begun++ == SLICE) {
                    calls.set(0);
                    elsewhere();
                    return;
                }
                underWay.incrementAndGet();
                begin(elements.get(next++)).whenComplete((result, failure) -> {
                    underWay.decrementAndGet();
                    go();
                });
                more = wanted.getAsBoolean();
            }
            if (underWay.get() == 0 && (!more || next == elements.size())) {
                done.complete(null);
            }
            answered = calls.addAndGet(-answered);
        } while (answered != 0);
    }

    private void elsewhere() {
        try {
            executor.execute(this::go);
        } catch (RejectedExecutionException closing) {
            done.completeExceptionally(closing);
        }
    }

    private CompletionStage<?> begin(T element) {
        try {
            return work.apply(element);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
