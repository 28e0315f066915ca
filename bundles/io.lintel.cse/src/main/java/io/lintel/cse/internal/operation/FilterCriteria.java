// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestPrimitive;
import java.util.Optional;

/**
 * How far and how much, the other part of filter criteria beside {@link Conditions}.
 *
 * @param discovery  whether references to all matching descendants are asked for ({@code fu} 1)
 * @param conditions what must match, if anything
 * @param limit      most results wanted
 * @param offset     number of the first result wanted, from 1; 0 counts as 1
 * @param level      how deep to look; 1 is direct children
 * @param path       to be followed from each match ({@code arp})
 */
record FilterCriteria(boolean discovery, Optional<Conditions> conditions, long limit, long offset, long level,
        Optional<String> path) {

    static FilterCriteria of(RequestPrimitive request, long cap) {
        Attributes criteria = request.filterCriteria().orElse(Attributes.empty());
        Optional<Conditions> conditions = Conditions.ofRequest(request);
        long usage = criteria.has("fu") ? Conditions.number(criteria, "fu") : 2;
        if (usage == 3) {
            throw Refusals.notImplemented("fu 3, discovery by an interworking proxy, is not supported");
        }
        if (usage != 1 && usage != 2) {
            throw Refusals.badRequest("fu must be 1 (discovery) or 2 (conditional operation)");
        }
        long limit = criteria.has("lim") ? Conditions.number(criteria, "lim") : cap;
        long offset = criteria.has("ofst") ? Math.max(1, Conditions.number(criteria, "ofst")) : 1;
        long level = criteria.has("lvl") ? Conditions.number(criteria, "lvl") : Long.MAX_VALUE;
        return new FilterCriteria(usage == 1, conditions, Math.min(limit, cap), offset, level, criteria.text("arp"));
    }
}
