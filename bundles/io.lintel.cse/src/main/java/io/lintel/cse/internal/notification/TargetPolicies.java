// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Schedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which policy decides about a target that wants to leave a subscription (TS-0001 9.6.31 to 9.6.33, 10.2.11): the one that
 * the subscription's {@code <notificationTargetMgmtPolicyRef>} names for it, else the creator's {@code default}, else the
 * system's, which is the administrator's. Pure reads; any thread.
 */
final class TargetPolicies {
    static final String DEFAULT = "default";
    private static final int PAGE = 200;
    private static final long OR = 2;

    private final EntityIds ids;
    private final ResourceReferences references;

    /** What becomes of the wish to leave. */
    enum Action {
        ACCEPT, REJECT, SEEK, INFORM
    }

    TargetPolicies(EntityIds ids) {
        this.ids = ids;
        this.references = new ResourceReferences(ids);
    }

    /** Without any policy a target may go: nobody has to listen. A policy whose rules do not hold lets nobody go. */
    Action decide(ResourceReader reader, Resource subscription, String target, Instant now) {
        Optional<Resource> policy = named(reader, subscription, target).or(() -> standard(reader, subscription.creator()))
                .or(() -> standard(reader, ids.identity().administrator()))
                .or(() -> standard(reader, ids.identity().cseId()));
        if (policy.isEmpty()) {
            return Action.ACCEPT;
        }
        if (!holds(reader, policy.get(), now)) {
            return Action.REJECT;
        }
        int action = policy.get().attributes().number("acn").map(Long::intValue).orElse(1);
        return Action.values()[Math.floorMod(action - 1, Action.values().length)];
    }

    /** The policy of an ID, if there is one here. */
    Optional<Resource> policy(ResourceReader reader, String id) {
        try {
            return references.resolve(reader, Address.parse(id))
                    .filter(found -> found.type() == ResourceTypes.NOTIFICATION_TARGET_POLICY);
        } catch (PrimitiveException e) {
            return Optional.empty();
        }
    }

    private Optional<Resource> named(ResourceReader reader, Resource subscription, String target) {
        return reader.children(subscription.id(), ResourceTypes.NOTIFICATION_TARGET_MGMT_POLICY_REF, "", PAGE).stream()
                .filter(reference -> reference.attributes().texts("ntu").stream().anyMatch(name -> isSame(reader, name, target)))
                .findFirst().flatMap(reference -> reference.text("npi")).flatMap(id -> policy(reader, id));
    }

    /** Whether two names are of the same target: an AE registered here goes by its ID and by its resource. */
    boolean isSame(ResourceReader reader, String one, String other) {
        return one.equals(other) || !one.contains("://") && !other.contains("://")
                && entity(reader, one).equals(entity(reader, other));
    }

    private String entity(ResourceReader reader, String name) {
        try {
            Address address = Address.parse(name);
            return references.resolve(reader, address).filter(found -> found.type() == ResourceTypes.AE).map(Resource::id)
                    .map(ids::spRelative).orElseGet(() -> ids.spRelative(name));
        } catch (PrimitiveException e) {
            return name;
        }
    }

    private Optional<Resource> standard(ResourceReader reader, String creator) {
        List<Resource> page = reader.ofType(ResourceTypes.NOTIFICATION_TARGET_POLICY, "", PAGE);
        while (!page.isEmpty()) {
            Optional<Resource> found = page.stream().filter(policy -> policy.creator().equals(creator)
                    && policy.text("plbl").filter(DEFAULT::equals).isPresent()).findFirst();
            if (found.isPresent()) {
                return found;
            }
            page = page.size() < PAGE ? List.of() : reader.ofType(ResourceTypes.NOTIFICATION_TARGET_POLICY,
                    page.get(page.size() - 1).id(), PAGE);
        }
        return Optional.empty();
    }

    private static boolean holds(ResourceReader reader, Resource policy, Instant now) {
        List<Boolean> groups = reader.children(policy.id(), ResourceTypes.POLICY_DELETION_RULES, "", PAGE).stream()
                .map(rules -> holds(rules.attributes(), now)).toList();
        return combined(groups, policy.attributes().number("rrs"));
    }

    /** Where a target is, nobody here knows: a rule on places does not hold. */
    private static boolean holds(Attributes rules, Instant now) {
        Attributes contexts = rules.object("dr").orElse(Attributes.empty());
        List<Boolean> conditions = new ArrayList<>(2);
        if (!contexts.texts("tod").isEmpty()) {
            conditions.add(new Schedule(contexts.texts("tod")).isOpen(now));
        }
        if (!contexts.list("lr").isEmpty()) {
            conditions.add(false);
        }
        return combined(conditions, rules.number("drr"));
    }

    private static boolean combined(List<Boolean> conditions, Optional<Long> relation) {
        return conditions.isEmpty() || (relation.filter(value -> value == OR).isPresent() ? conditions.contains(true)
                : !conditions.contains(false));
    }
}
