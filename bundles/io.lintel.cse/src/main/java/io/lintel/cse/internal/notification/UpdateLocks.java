// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.StoreFullException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Changes of one resource one after the other, each ending before the next begins, without a thread that waits. Holds what is
 * under way and what waits, and nothing of a resource that nobody changes. Any thread.
 */
final class UpdateLocks {
    /** Most changes that wait for one resource. */
    private static final int MOST = 100;

    private final Map<String, Deque<Runnable>> waiting = new HashMap<>();

    <T> CompletionStage<T> alone(String id, Supplier<CompletionStage<T>> change) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable work = () -> start(change).whenComplete((done, failure) -> {
            next(id);
            if (failure == null) {
                result.complete(done);
            } else {
                result.completeExceptionally(failure);
            }
        });
        synchronized (waiting) {
            Deque<Runnable> others = waiting.get(id);
            if (others != null) {
                if (others.size() >= MOST) {
                    return CompletableFuture.failedFuture(new StoreFullException(MOST + " changes of " + id + " wait already"));
                }
                others.add(work);
                return result;
            }
            waiting.put(id, new ArrayDeque<>());
        }
        work.run();
        return result;
    }

    private static <T> CompletionStage<T> start(Supplier<CompletionStage<T>> change) {
        try {
            return change.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void next(String id) {
        Runnable work;
        synchronized (waiting) {
            work = waiting.get(id).poll();
            if (work == null) {
                waiting.remove(id);
                return;
            }
        }
        work.run();
    }
}
