// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * From {@code acpi} to policies, and from policies to rules, so that an evaluation costs a look into memory. An address that
 * led to a policy leads to it as long as that policy exists: names never change, and what is deleted takes all below it
 * along. So the resource ID is remembered, once it is on disk, and the resource looked up each time; rules are read anew
 * when the policy's representation is another ({@link CompiledCache}). Bounded; any thread.
 */
final class PolicyIndex {
    private static final int MOST = 2000;

    private final TargetResolver resolver;
    private final Map<String, String> ids = new ConcurrentHashMap<>();
    private final CompiledCache<Rules> rules;
    private volatile boolean rulesForAttributes;

    private record Rules(List<AccessRule> privileges, List<AccessRule> selfPrivileges) {
    }

    PolicyIndex(TargetResolver resolver, EntityIds entities) {
        this.resolver = resolver;
        this.rules = new CompiledCache<>(policy -> compile(policy, entities));
    }

    private Rules compile(Attributes policy, EntityIds entities) {
        List<AccessRule> privileges = AccessRule.of(policy.object("pv").orElse(Attributes.empty()), entities);
        if (privileges.stream().anyMatch(rule -> rule.attributes().isPresent())) {
            rulesForAttributes = true;
        }
        return new Rules(privileges, AccessRule.of(policy.object("pvs").orElse(Attributes.empty()), entities));
    }

    /** Whether any policy that was looked at so far has a rule for some attributes only. */
    boolean hasRulesForAttributes() {
        return rulesForAttributes;
    }

    List<AccessRule> privileges(Resource policy) {
        return rules.of(policy).privileges();
    }

    List<AccessRule> selfPrivileges(Resource policy) {
        return rules.of(policy).selfPrivileges();
    }

    /** Those that {@code acpi} of the resource names and that are here. */
    List<Resource> policies(ResourceReader reader, Resource guarded) {
        List<Object> named = guarded.attributes().list("acpi");
        if (named.isEmpty()) {
            return List.of();
        }
        List<Resource> policies = new ArrayList<>(named.size());
        for (Object id : named) {
            policy(reader, id.toString()).ifPresent(policies::add);
        }
        return policies;
    }

    Optional<Resource> policy(ResourceReader reader, String address) {
        String known = ids.get(address);
        Optional<Resource> found = known == null ? Optional.empty() : reader.byId(known).filter(this::isPolicy);
        return found.isPresent() ? found : look(reader, address);
    }

    private Optional<Resource> look(ResourceReader reader, String text) {
        try {
            Address address = Address.parse(text);
            Optional<Resource> found = resolver.isTransit(address) ? Optional.empty()
                    : resolver.find(reader, address).map(Place::resource).filter(this::isPolicy);
            if (!(reader instanceof ResourceWriter)) {
                found.ifPresent(policy -> remember(text, policy.id()));
            }
            return found;
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }

    private boolean isPolicy(Resource resource) {
        // an announced policy is worth what it says here: it follows its original
        return resource.type() % ResourceTypes.ANNOUNCED_OFFSET == ResourceTypes.ACCESS_CONTROL_POLICY
                && !resolver.isExpired(resource);
    }

    private void remember(String address, String id) {
        if (ids.size() >= MOST) {
            ids.clear();
        }
        ids.put(address, id);
    }
}
