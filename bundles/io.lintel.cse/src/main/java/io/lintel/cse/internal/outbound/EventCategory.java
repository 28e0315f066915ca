// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import java.util.Optional;

/**
 * What the event category {@code ec} of a request means for the outbound queue (TS-0001 8.1.2, decision 17): immediate
 * ones leave first and do not wait, then bestEffort and latest in the order in which they came, then the categories
 * 100 to 999 by their number. Stateless.
 */
public final class EventCategory {
    public static final int IMMEDIATE = 2;
    public static final int LATEST = 4;
    private static final int FIRST_OWN = 100;

    private EventCategory() {
    }

    static Optional<Long> of(RequestPrimitive request) {
        return request.parameters().number("ec");
    }

    /** Of those that the standard names, or of those that anybody may define; 0 is the default. */
    public static boolean isDefined(long category) {
        return category == 0 || category >= IMMEDIATE && category <= LATEST
                || category >= FIRST_OWN && category <= OutboundItem.LOWEST_RANK;
    }

    public static boolean isImmediate(RequestPrimitive request) {
        return of(request).filter(category -> category == IMMEDIATE).isPresent();
    }

    public static boolean isLatest(RequestPrimitive request) {
        return of(request).filter(category -> category == LATEST).isPresent();
    }

    /** What a waiting request of the category latest is known by. */
    public static String latestKey(Operation operation, String from, String to) {
        return String.join(" ", operation.name(), from, to);
    }

    /** The rank in the queue; a category that nobody defined counts as bestEffort. */
    public static int rank(RequestPrimitive request) {
        long category = of(request).orElse(0L);
        return category == IMMEDIATE ? IMMEDIATE : category >= FIRST_OWN && category <= OutboundItem.LOWEST_RANK ? (int) category
                : OutboundItem.USUAL_RANK;
    }
}
