// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.ResponsePrimitive;
import java.util.Optional;

/**
 * Told what becomes of accepted requests for which a {@code <request>} resource stands (TS-0001 9.6.12). An item of the
 * queue names that resource in the last line of its reason, and is found from there by its key.
 */
public interface RequestOutcomes {
    /** For a side that has no such resources. */
    RequestOutcomes NONE = new RequestOutcomes() {
        @Override
        public void completed(ResourceWriter writer, String request, ResponsePrimitive response) {
        }

        @Override
        public void forwarded(String request) {
        }
    };

    /** What the request came to; in the write task that removes the item. */
    void completed(ResourceWriter writer, String request, ResponsePrimitive response);

    /** The request is on its way to another CSE. Any thread. */
    void forwarded(String request);

    /** The item's reason with the resource that stands for the request. */
    static String reason(String reason, Optional<String> request) {
        return request.map(id -> reason + "\nrequest " + id).orElse(reason);
    }

    /** The resource that stands for an accepted request. */
    static Optional<String> requestOf(OutboundItem item) {
        boolean accepted = item.kind() == OutboundItem.Kind.REQUEST || item.kind() == OutboundItem.Kind.EXECUTION;
        int at = accepted ? item.reason().lastIndexOf("\nrequest ") : -1;
        return at < 0 ? Optional.empty() : Optional.of(item.reason().substring(at + "\nrequest ".length()));
    }

    /** The reason without it. */
    static String firstReason(OutboundItem item) {
        return requestOf(item).map(id -> item.reason().substring(0, item.reason().lastIndexOf('\n'))).orElse(item.reason());
    }

    /** What the waiting item is found by. */
    static String key(String request) {
        return "request " + request;
    }
}
