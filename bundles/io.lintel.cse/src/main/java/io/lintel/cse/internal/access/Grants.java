// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Privileges that dynamic authorization granted for a while (TS-0003 7.3.1.2), by the resource that they are for. In memory:
 * after a restart the authorization system is asked again, as it is when there was no room. Any thread.
 */
final class Grants {
    private static final int MOST_RESOURCES = 5000;
    private static final int MOST_OF_ONE = 50;

    private final Map<String, List<Grant>> byResource = new ConcurrentHashMap<>();

    /**
     * Some privileges.
     *
     * @param consultation the resource ID of the {@code <dynamicAuthorizationConsultation>} that they come from
     * @param until        when they end
     */
    record Grant(List<AccessRule> rules, String consultation, Instant until) {
    }

    void add(String resourceId, Grant grant, Instant now) {
        if (byResource.size() >= MOST_RESOURCES) {
            byResource.values().removeIf(grants -> grants.stream().noneMatch(kept -> kept.until().isAfter(now)));
        }
        if (byResource.size() >= MOST_RESOURCES && !byResource.containsKey(resourceId)) {
            return;
        }
        byResource.compute(resourceId, (id, before) -> {
            List<Grant> grants = new ArrayList<>();
            if (before != null) {
                before.stream().filter(kept -> kept.until().isAfter(now)).forEach(grants::add);
            }
            if (grants.size() >= MOST_OF_ONE) {
                grants.remove(0);
            }
            grants.add(grant);
            return List.copyOf(grants);
        });
    }

    boolean isEmpty() {
        return byResource.isEmpty();
    }

    /** Those that may count now. */
    List<Grant> of(String resourceId, Instant now) {
        List<Grant> grants = byResource.get(resourceId);
        if (grants == null) {
            return List.of();
        }
        return grants.stream().filter(grant -> grant.until().isAfter(now)).toList();
    }
}
