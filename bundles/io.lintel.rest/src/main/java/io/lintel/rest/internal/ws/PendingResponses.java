// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;

/**
 * The requests of one connection that wait for their response, by request identifier (TS-0020 6.3). Bounded; each has its
 * deadline. Any thread; results are completed outside the lock.
 */
final class PendingResponses {
    /** One request that was sent, or is about to be. */
    static final class Pending {
        private final String requestIdentifier;
        private final CompletableFuture<ResponsePrimitive> result;
        private volatile boolean gone;

        private Pending(String requestIdentifier, CompletableFuture<ResponsePrimitive> result) {
            this.requestIdentifier = requestIdentifier;
            this.result = result;
        }

        /** Whether it is on its way: if so, it may have arrived. */
        void gone(boolean now) {
            gone = now;
        }
    }

    private final int capacity;
    private final ScheduledExecutorService timer;
    private final Map<String, Deque<Pending>> byIdentifier = new HashMap<>();
    private int count;

    PendingResponses(int capacity, ScheduledExecutorService timer) {
        this.capacity = capacity;
        this.timer = timer;
    }

    /** @throws UnreachableException if too many wait already */
    Pending add(String requestIdentifier, CompletableFuture<ResponsePrimitive> result, Duration left)
            throws UnreachableException {
        Pending pending = new Pending(requestIdentifier, result);
        synchronized (this) {
            if (count >= capacity) {
                throw new UnreachableException(capacity + " requests wait for their responses already", false, null);
            }
            count++;
            byIdentifier.computeIfAbsent(requestIdentifier, id -> new ArrayDeque<>(1)).add(pending);
        }
        Future<?> timeout = timer.schedule(() -> fail(pending, "no answer in time"), left.toMillis(), TimeUnit.MILLISECONDS);
        result.whenComplete((response, failure) -> {
            timeout.cancel(false);
            remove(pending);
        });
        return pending;
    }

    /** @return false if no request of this identifier waits */
    boolean answered(ResponsePrimitive response) {
        Pending first;
        synchronized (this) {
            Deque<Pending> waiting = byIdentifier.get(response.requestIdentifier());
            first = waiting == null ? null : waiting.peek();
        }
        return first != null && first.result.complete(response);
    }

    /** Fails the request of this identifier, whose answer could not be read; false if none waits. */
    boolean unreadable(String requestIdentifier, String why) {
        Pending first;
        synchronized (this) {
            Deque<Pending> waiting = byIdentifier.get(requestIdentifier);
            first = waiting == null ? null : waiting.peek();
        }
        if (first == null) {
            return false;
        }
        fail(first, "the answer could not be read: " + why);
        return true;
    }

    void fail(Pending pending, String why) {
        pending.result.completeExceptionally(new UnreachableException(why, pending.gone, null));
    }

    void failAll(String why) {
        List<Pending> all = new ArrayList<>();
        synchronized (this) {
            byIdentifier.values().forEach(all::addAll);
        }
        all.forEach(pending -> fail(pending, why));
    }

    synchronized boolean isEmpty() {
        return count == 0;
    }

    private synchronized void remove(Pending pending) {
        Deque<Pending> waiting = byIdentifier.get(pending.requestIdentifier);
        if (waiting != null && waiting.remove(pending)) {
            count--;
            if (waiting.isEmpty()) {
                byIdentifier.remove(pending.requestIdentifier);
            }
        }
    }
}
