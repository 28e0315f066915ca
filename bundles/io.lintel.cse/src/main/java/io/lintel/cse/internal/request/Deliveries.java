// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
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
 * repetition shares its response. Responses to changes are kept by the store, with the change. A refusal changed
 * nothing, so it is remembered here only, for a few seconds: later on the same bytes may as well be a new attempt of a
 * simple device that counts no request identifiers, made after what was in its way is gone.
 */
public final class Deliveries {
    private static final int REMEMBERED = 2000;
    private static final long REFUSAL_MILLIS = 5000;

    private final Clock clock;
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

    public Deliveries(Clock clock) {
        this.clock = clock;
    }

    /** @param work serves the request; never completes exceptionally */
    CompletionStage<ResponsePrimitive> once(Hop hop, Operation operation, Supplier<CompletionStage<ResponsePrimitive>> work) {
        Optional<String> key = hop.deliveryKey();
        if (key.isEmpty()) {
            return work.get();
        }
        CompletableFuture<ResponsePrimitive> mine = new CompletableFuture<>();
        CompletableFuture<ResponsePrimitive> first = pending.putIfAbsent(key.get(), mine);
        if (first != null) {
            return first;
        }
        Optional<ResponsePrimitive> known = hop.first() ? Optional.empty() : remembered(key.get());
        CompletionStage<ResponsePrimitive> served = known.isPresent() ? CompletableFuture.completedFuture(known.get())
                : work.get();
        served.thenAccept(response -> {
            if (!response.isSuccess() && isSettled(operation, response)) {
                remember(key.get(), response);
            }
            pending.remove(key.get());
            mine.complete(response);
        });
        return mine;
    }

    /**
     * Whether a repetition of the request would have to get the same response. Not so where nothing was executed and the
     * reason may pass: somebody was not reachable, or not registered yet, or this CSE failed. A peer that keeps a request
     * on its disk and tries again has to be judged again. Nor so for a notification that found no answer in time: its
     * sender may repeat it, and its receiver has to live with that.
     */
    public static boolean isSettled(Operation operation, ResponsePrimitive response) {
        return switch (response.status().orElse(ResponseStatusCode.OK)) {
            case TARGET_NOT_REACHABLE, REMOTE_ENTITY_NOT_REACHABLE, ORIGINATOR_NOT_AUTHENTICATED, SECURITY_ASSOCIATION_REQUIRED,
                    INTERNAL_SERVER_ERROR -> false;
            case REQUEST_TIMEOUT -> operation != Operation.NOTIFY;
            default -> true;
        };
    }

    private Optional<ResponsePrimitive> remembered(String key) {
        synchronized (refused) {
            return Optional.ofNullable(refused.get(key)).filter(kept -> kept.untilMillis() > clock.millis())
                    .map(Refused::response);
        }
    }

    private void remember(String key, ResponsePrimitive response) {
        synchronized (refused) {
            refused.put(key, new Refused(response, clock.millis() + REFUSAL_MILLIS));
        }
    }
}
