// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

import io.lintel.primitive.RequestPrimitive;
import java.util.Objects;

/**
 * A request waiting on disk for its target.
 *
 * @param sequence   its place in the queue; 0 in {@link ResourceWriter#enqueue}, which assigns it
 * @param target     the notification target or next hop as it was named; items of one target leave in order
 * @param request    the request, identifier included, so that a repetition can be recognised
 * @param reason     what caused it: the subscription's resource ID, or empty text
 * @param expiration when it is given up, milliseconds since 1970
 */
public record OutboundItem(long sequence, String target, RequestPrimitive request, String reason, long expiration) {
    public OutboundItem {
        Objects.requireNonNull(target);
        Objects.requireNonNull(request);
        Objects.requireNonNull(reason);
    }

    public OutboundItem withSequence(long assigned) {
        return new OutboundItem(assigned, target, request, reason, expiration);
    }
}
