// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A request identifier is its originator's own while the request is pending: another request with it is refused (TS-0001
 * 7.1.7), afterwards it counts as new. Only changes are looked at. A RETRIEVE or NOTIFY may come again under its
 * identifier because its sender tries the receiver's next pointOfAccess, and an AE that has no AE-ID yet shares its
 * originator with others. Repeated deliveries of one message are the business of {@link Deliveries}. Any thread.
 */
final class PendingRequests {
    /** Beyond so many, further ones are served without being remembered. */
    static final int REMEMBERED = 10_000;

    private final Map<Key, Optional<String>> pending = new ConcurrentHashMap<>();

    private record Key(String originator, String requestIdentifier) {
    }

    /** @param work serves the request; may throw */
    CompletionStage<ResponsePrimitive> alone(RequestContext context, Supplier<CompletionStage<ResponsePrimitive>> work) {
        if (!isWatched(context) || pending.size() >= REMEMBERED) {
            return work.get();
        }
        Key key = new Key(context.originator(), context.request().requestIdentifier());
        Optional<String> delivery = context.hop().deliveryKey();
        Optional<String> first = pending.putIfAbsent(key, delivery);
        if (first != null) {
            if (delivery.isPresent() && delivery.equals(first)) {
                return work.get();
            }
            throw Refusals.badRequest("rqi " + key.requestIdentifier() + " is that of another request of " + key.originator()
                    + " that is not answered yet");
        }
        try {
            return work.get().whenComplete((response, failure) -> pending.remove(key));
        } catch (RuntimeException refused) {
            pending.remove(key);
            throw refused;
        }
    }

    private static boolean isWatched(RequestContext context) {
        RequestPrimitive request = context.request();
        boolean change = request.operation() != Operation.RETRIEVE && request.operation() != Operation.NOTIFY;
        boolean nameless = context.originator().length() < 2 && request.resourceType().filter(ty ->
                ty == ResourceTypes.AE).isPresent();
        return change && !nameless;
    }
}
