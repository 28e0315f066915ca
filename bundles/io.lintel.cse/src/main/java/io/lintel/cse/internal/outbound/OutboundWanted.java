// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.registration.InfrastructureStems;
import io.lintel.primitive.Operation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which waiting items are still to be sent. What a subscription said before its resource was deleted is; what is left of one
 * that was itself deleted, or has said enough, is not. Any thread.
 */
final class OutboundWanted {
    private static final int MAX_DELETED = 10_000;

    private final ResourceStore store;
    private final Predicate<String> finished;
    /** Subscriptions that somebody deleted in this run, the last ones: what still waits from them is wanted no more. */
    private final Set<String> deleted = Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_DELETED;
        }
    }));

    /** @param finished whether a subscription has said as much as it was to say */
    OutboundWanted(ResourceStore store, Predicate<String> finished) {
        this.store = store;
        this.finished = finished;
    }

    /** A subscription is deleted by request in the task under way; the deletion counts if its commit succeeds. */
    void deleted(String subscription) {
        deleted.add(subscription);
    }

    boolean isWanted(OutboundItem item) {
        if (item.kind() != OutboundItem.Kind.NOTIFICATION) {
            return true;
        }
        if (item.request().operation() == Operation.UPDATE) {
            return InfrastructureStems.isWanted(store, item);
        }
        String subscription = item.reason();
        return !finished.test(subscription) && !(deleted.contains(subscription) && store.byId(subscription).isEmpty());
    }
}
