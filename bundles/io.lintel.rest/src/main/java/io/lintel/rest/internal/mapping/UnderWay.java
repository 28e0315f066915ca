// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;

/**
 * The requests that a sender has under way, so that one that is closed, to be replaced perhaps, tells its callers at once
 * instead of leaving them to their deadlines. Any thread.
 */
public final class UnderWay {
    private final Set<CompletableFuture<ResponsePrimitive>> results = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** A result that {@link #close} fails if nothing else has completed it by then. */
    public CompletableFuture<ResponsePrimitive> begin() {
        CompletableFuture<ResponsePrimitive> result = new CompletableFuture<>();
        results.add(result);
        result.whenComplete((response, failure) -> results.remove(result));
        if (closed) {
            fail(result);
        }
        return result;
    }

    /** How many there are. */
    public int count() {
        return results.size();
    }

    /** Fails what is under way; it may have arrived. */
    public void close() {
        closed = true;
        results.forEach(UnderWay::fail);
    }

    private static void fail(CompletableFuture<ResponsePrimitive> result) {
        result.completeExceptionally(new UnreachableException("the binding is closing", true, null));
    }
}
