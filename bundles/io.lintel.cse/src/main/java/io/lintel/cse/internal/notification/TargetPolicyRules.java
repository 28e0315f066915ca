// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;

/**
 * What is special about the three types of notification target management (TS-0004 7.4.29 to 7.4.31): a target has one
 * {@code <notificationTargetMgmtPolicyRef>} in its subscription, a policy has two groups of rules at most.
 */
final class TargetPolicyRules implements TypeRules {
    private static final int PAGE = 200;
    private static final int MOST_GROUPS = 2;

    private final int type;
    private final TargetPolicies policies;

    /** @param type which of the three */
    TargetPolicyRules(int type, TargetPolicies policies) {
        this.type = type;
        this.policies = policies;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        if (type == ResourceTypes.NOTIFICATION_TARGET_MGMT_POLICY_REF) {
            checkReference(writer, parent, "", requested);
        } else if (type == ResourceTypes.POLICY_DELETION_RULES
                && writer.children(parent.id(), type, "", MOST_GROUPS).size() == MOST_GROUPS) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "a policy has " + MOST_GROUPS
                    + " groups of rules at most");
        }
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        if (type == ResourceTypes.NOTIFICATION_TARGET_MGMT_POLICY_REF) {
            writer.byId(before.parentId()).ifPresent(parent -> checkReference(writer, parent, before.id(), after.build()));
        }
    }

    private void checkReference(ResourceReader reader, Resource subscription, String self, Attributes reference) {
        List<String> targets = reference.texts("ntu");
        if (targets.isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "ntu must name at least one target");
        }
        for (Resource other : reader.children(subscription.id(), type, "", PAGE)) {
            for (String target : other.id().equals(self) ? List.<String>of() : other.attributes().texts("ntu")) {
                if (targets.stream().anyMatch(mine -> policies.isSame(reader, mine, target))) {
                    throw new PrimitiveException(ResponseStatusCode.CONFLICT, target + " has its policy by " + other.name()
                            + " already");
                }
            }
        }
        reference.text("npi").filter(id -> policies.policy(reader, id).isEmpty()).ifPresent(id -> {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "npi names no notificationTargetPolicy here: " + id);
        });
    }
}
