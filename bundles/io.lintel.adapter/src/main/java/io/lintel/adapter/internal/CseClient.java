// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The host's way to the CSE: repeats a request while there is no CSE or it has no room, so that a reading is late instead
 * of lost. Completes on {@code lintel-adapter}; never completes exceptionally but when the host stops.
 */
final class CseClient {
    private static final long RETRY_MILLIS = 500;

    private final ScheduledExecutorService thread;
    private final String prefix = "adapter-" + UUID.randomUUID() + "-";
    private final AtomicLong count = new AtomicLong();
    private volatile Cse cse;

    CseClient(ScheduledExecutorService thread) {
        this.thread = thread;
    }

    void available(Cse service) {
        cse = service;
    }

    void gone(Cse service) {
        if (cse == service) {
            cse = null;
        }
    }

    CompletionStage<ResponsePrimitive> send(RequestPrimitive.Builder request) {
        CompletableFuture<ResponsePrimitive> answered = new CompletableFuture<>();
        attempt(request.requestIdentifier(prefix + count.incrementAndGet()).build(), answered);
        return answered;
    }

    private void attempt(RequestPrimitive request, CompletableFuture<ResponsePrimitive> answered) {
        Cse current = cse;
        if (current == null) {
            later(request, answered);
            return;
        }
        current.handle(request, Hop.local("io.lintel.adapter")).whenComplete((response, failure) -> {
            try {
                if (failure != null || Busy.isBusy(response) || response.statusCode() == ResponseStatusCode.INTERNAL_SERVER_ERROR.code()) {
                    later(request, answered);
                } else {
                    thread.execute(() -> answered.complete(response));
                }
            } catch (RejectedExecutionException e) {
                answered.completeExceptionally(e);
            }
        });
    }

    private void later(RequestPrimitive request, CompletableFuture<ResponsePrimitive> answered) {
        try {
            thread.schedule(() -> attempt(request, answered), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            answered.completeExceptionally(e);
        }
    }
}
