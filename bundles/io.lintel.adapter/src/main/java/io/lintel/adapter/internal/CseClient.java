// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Optional;
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
    private static final String BUNDLE = "io.lintel.adapter";
    private static final long RETRY_MILLIS = 500;

    /**
     * A message that a change comes of.
     *
     * @param key      names the message while it is not acknowledged; empty for one that is never repeated
     * @param repeated whether its server says that it may have been delivered before
     */
    record Delivery(Optional<String> key, boolean repeated) {
        static final Delivery ONCE = new Delivery(Optional.empty(), false);

        /** One of several changes that come of the same message. */
        Delivery part(int number) {
            return new Delivery(key.map(whole -> whole + "/" + number), repeated);
        }
    }

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
        return send(request, Hop.local(BUNDLE));
    }

    /** For a change that must not be made twice: see {@link Delivery}. */
    CompletionStage<ResponsePrimitive> send(RequestPrimitive.Builder request, Delivery delivery) {
        return send(request, delivery.key().map(key -> Hop.local(BUNDLE, key, !delivery.repeated())).orElse(Hop.local(BUNDLE)));
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive.Builder request, Hop hop) {
        CompletableFuture<ResponsePrimitive> answered = new CompletableFuture<>();
        attempt(request.requestIdentifier(prefix + count.incrementAndGet()).build(), hop, answered);
        return answered;
    }

    private void attempt(RequestPrimitive request, Hop hop, CompletableFuture<ResponsePrimitive> answered) {
        Cse current = cse;
        if (current == null) {
            later(request, hop, answered);
            return;
        }
        current.handle(request, hop).whenComplete((response, failure) -> {
            try {
                if (failure != null || Busy.isBusy(response)
                        || response.statusCode() == ResponseStatusCode.INTERNAL_SERVER_ERROR.code()) {
                    Hop again = hop.deliveryKey().map(key -> Hop.local(BUNDLE, key, false)).orElse(hop);
                    later(request, again, answered);
                } else {
                    thread.execute(() -> answered.complete(response));
                }
            } catch (RejectedExecutionException e) {
                answered.completeExceptionally(e);
            }
        });
    }

    private void later(RequestPrimitive request, Hop hop, CompletableFuture<ResponsePrimitive> answered) {
        try {
            thread.schedule(() -> attempt(request, hop, answered), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            answered.completeExceptionally(e);
        }
    }
}
