// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.function.IntConsumer;

/**
 * The requests of one connection that wait for their response, by request identifier and peer (MQ-32). Bounded.
 * Called from any thread; completes futures outside its lock.
 */
final class PendingResponses {
    /** One request on its way. */
    static final class Pending {
        private final String requestIdentifier;
        private final String peer;
        private final CompletableFuture<ResponsePrimitive> response = new CompletableFuture<>();
        private ScheduledFuture<?> deadline;

        private Pending(String requestIdentifier, String peer) {
            this.requestIdentifier = requestIdentifier;
            this.peer = peer;
        }

        CompletableFuture<ResponsePrimitive> response() {
            return response;
        }

        String peer() {
            return peer;
        }
    }

    private final int capacity;
    private final IntConsumer onCount;
    private final Map<String, List<Pending>> byIdentifier = new HashMap<>();
    private int count;

    /** @param onCount told the number of waiting requests after each change, under the lock */
    PendingResponses(int capacity, IntConsumer onCount) {
        this.capacity = capacity;
        this.onCount = onCount;
    }

    /** @throws UnreachableException if too many wait already */
    synchronized Pending add(String requestIdentifier, String peer) throws UnreachableException {
        if (count >= capacity) {
            throw new UnreachableException(capacity + " requests wait for responses already", false, null);
        }
        Pending pending = new Pending(requestIdentifier, peer);
        byIdentifier.computeIfAbsent(requestIdentifier, id -> new ArrayList<>(1)).add(pending);
        onCount.accept(++count);
        return pending;
    }

    /** The timer that ends the wait; cancelled when the response comes first. */
    void deadline(Pending pending, ScheduledFuture<?> timer) {
        synchronized (this) {
            pending.deadline = timer;
        }
        if (pending.response.isDone()) {
            timer.cancel(false);
        }
    }

    /** Whether anything is awaited from this peer: saves decoding of what is none of our business. */
    synchronized boolean awaits(String peer) {
        return count > 0 && byIdentifier.values().stream().anyMatch(list -> list.stream().anyMatch(p -> p.peer.equals(peer)));
    }

    /** @return false if no request of this identifier waits for this peer */
    boolean answered(String peer, ResponsePrimitive response) {
        List<Pending> matching = new ArrayList<>(1);
        synchronized (this) {
            for (Pending pending : byIdentifier.getOrDefault(response.requestIdentifier(), List.of())) {
                if (pending.peer.equals(peer)) {
                    matching.add(pending);
                }
            }
            matching.forEach(this::remove);
        }
        matching.forEach(pending -> pending.response.complete(response));
        return !matching.isEmpty();
    }

    void failed(Pending pending, UnreachableException why) {
        synchronized (this) {
            remove(pending);
        }
        pending.response.completeExceptionally(why);
    }

    List<Pending> all() {
        synchronized (this) {
            return byIdentifier.values().stream().flatMap(List::stream).toList();
        }
    }

    synchronized int count() {
        return count;
    }

    private void remove(Pending pending) {
        List<Pending> list = byIdentifier.get(pending.requestIdentifier);
        if (list == null || !list.remove(pending)) {
            return;
        }
        if (list.isEmpty()) {
            byIdentifier.remove(pending.requestIdentifier);
        }
        if (pending.deadline != null) {
            pending.deadline.cancel(false);
        }
        onCount.accept(--count);
    }
}
