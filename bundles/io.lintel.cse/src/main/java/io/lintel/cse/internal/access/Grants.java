// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.primitive.Attributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Privileges that dynamic authorization granted for a while (TS-0003 7.3.1.2), by the resource that they are for. Kept on
 * disk besides; if there was no room the authorization system is asked again. Any thread.
 */
final class Grants {
    private static final int MOST_RESOURCES = 5000;
    private static final int MOST_OF_ONE = 50;

    private static final String KEPT = "grants ";

    private final AccessMemory memory;
    private final Map<String, List<Grant>> byResource = new ConcurrentHashMap<>();

    /**
     * Some privileges.
     *
     * @param sets         the rules as they came
     * @param consultation the resource ID of the {@code <dynamicAuthorizationConsultation>} that they come from
     * @param until        when they end
     */
    record Grant(List<AccessRule> rules, List<Attributes> sets, String consultation, Instant until) {
        Grant(List<Attributes> sets, EntityIds ids, String consultation, Instant until) {
            this(sets.stream().flatMap(set -> AccessRule.of(set, ids).stream()).toList(), sets, consultation, until);
        }

        private Attributes kept() {
            return Attributes.builder().set("sets", sets).set("consultation", consultation).set("until", until.toEpochMilli())
                    .build();
        }
    }

    Grants(AccessMemory memory) {
        this.memory = memory;
    }

    /** What the last run knew and is not over yet. */
    void load(EntityIds ids, Instant now) {
        List<String> over = new ArrayList<>();
        memory.each(KEPT, (key, kept) -> {
            List<Grant> grants = kept.objects("grants").stream().map(grant -> new Grant(grant.objects("sets"), ids,
                    grant.text("consultation").orElse(""), Instant.ofEpochMilli(grant.number("until").orElse(0L))))
                    .filter(grant -> grant.until().isAfter(now)).toList();
            if (grants.isEmpty()) {
                over.add(KEPT + key);
            } else {
                byResource.put(key, grants);
            }
        });
        memory.remove(over);
    }

    void add(Resource resource, Grant grant, Instant now) {
        String resourceId = key(resource);
        if (byResource.size() >= MOST_RESOURCES) {
            List<String> over = byResource.entrySet().stream().filter(entry -> entry.getValue().stream()
                    .noneMatch(kept -> kept.until().isAfter(now))).map(Map.Entry::getKey).toList();
            byResource.keySet().removeAll(over);
            memory.remove(over.stream().map(KEPT::concat).toList());
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
        memory.put(KEPT + resourceId, Attributes.of("grants", byResource.getOrDefault(resourceId, List.of()).stream()
                .map(Grant::kept).toList()));
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
