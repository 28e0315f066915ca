// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Deliveries that may be repeated by their transport, by {@code Hop.deliveryKey()}. While the first is being served, a
 * repetition shares its response. Responses to changes are kept by the store, with the change; a refusal changed
 * nothing, so it is remembered here only, in memory and bounded: after a restart the repetition is simply judged again.
 */
final class Deliveries {
    private static final int REMEMBERED = 2000;

    private final Clock clock;
    private final long keptMillis;
    private final Map<String, CompletableFuture<ResponsePrimitive>> pending = new ConcurrentHashMap<>();
    private final Map<String, Refused> refused = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Refused> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Refused(ResponsePrimitive response, long untilMillis) {
    }

    Deliveries(Clock clock, long keptMillis) {
        this.clock = clock;
        this.keptMillis = keptMillis;
    }

    /** @param work serves the request; never completes exceptionally */
    CompletionStage<ResponsePrimitive> once(Optional<String> key, Supplier<CompletionStage<ResponsePrimitive>> work) {
        if (key.isEmpty()) {
            return work.get();
        }
        CompletableFuture<ResponsePrimitive> mine = new CompletableFuture<>();
        CompletableFuture<ResponsePrimitive> first = pending.putIfAbsent(key.get(), mine);
        if (first != null) {
            return first;
        }
        Optional<ResponsePrimitive> known = remembered(key.get());
        CompletionStage<ResponsePrimitive> served = known.isPresent() ? CompletableFuture.completedFuture(known.get()) : work.get();
        served.thenAccept(response -> {
            if (!response.isSuccess() && !io.lintel.cse.api.Busy.isBusy(response) && response.statusCode() != 5000) {
                remember(key.get(), response);
            }
            pending.remove(key.get());
            mine.complete(response);
        });
        return mine;
    }

    private Optional<ResponsePrimitive> remembered(String key) {
        synchronized (refused) {
            return Optional.ofNullable(refused.get(key)).filter(kept -> kept.untilMillis() > clock.millis()).map(Refused::response);
        }
    }

    private void remember(String key, ResponsePrimitive response) {
        synchronized (refused) {
            refused.put(key, new Refused(response, clock.millis() + keptMillis));
        }
    }
}
