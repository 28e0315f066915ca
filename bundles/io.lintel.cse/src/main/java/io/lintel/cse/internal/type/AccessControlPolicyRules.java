// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;

/** {@code <accessControlPolicy>}: a policy that nobody could ever change is refused (TS-0001 9.6.2). */
public final class AccessControlPolicyRules implements TypeRules {
    private static final int CIRCLE = 3;

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        check(attributes.build());
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        check(after.build());
    }

    private static void check(Attributes attributes) {
        if (attributes.object("pvs").orElse(Attributes.empty()).objects("acr").isEmpty()) {
            throw Refusals.badRequest("pvs must hold at least one rule");
        }
        for (String set : new String[] {"pv", "pvs"}) {
            for (Attributes rule : attributes.object(set).orElse(Attributes.empty()).objects("acr")) {
                if (rule.texts("acor").isEmpty()) {
                    throw Refusals.badRequest("a rule in " + set + " names no originator in acor");
                }
                if (rule.number("acop").filter(acop -> acop >= 1 && acop <= 63).isEmpty()) {
                    throw Refusals.badRequest("acop of a rule in " + set + " must be a sum from 1 to 63");
                }
                rule.objects("acco").stream().flatMap(context -> context.object("aclr").stream())
                        .forEach(AccessControlPolicyRules::checkCircle);
            }
        }
    }

    private static void checkCircle(Attributes region) {
        if (region.has("accr") && region.list("accr").size() != CIRCLE) {
            throw Refusals.badRequest("accr must be a circle, its latitude, longitude and radius in metres, not "
                    + region.list("accr"));
        }
    }
}
