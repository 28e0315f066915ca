// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
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

    void add(Resource resource, Grant grant, Instant now) {
        String resourceId = key(resource);
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

    /** An AE-ID stem may be another AE's later on, at another time of creation. */
    private static String key(Resource resource) {
        return resource.id() + " " + resource.text("ct").orElse("");
    }

    boolean isEmpty() {
        return byResource.isEmpty();
    }

    /** Those that may count now. */
    List<Grant> of(Resource resource, Instant now) {
        List<Grant> grants = byResource.isEmpty() ? null : byResource.get(key(resource));
        if (grants == null) {
            return List.of();
        }
        return grants.stream().filter(grant -> grant.until().isAfter(now)).toList();
    }
}
