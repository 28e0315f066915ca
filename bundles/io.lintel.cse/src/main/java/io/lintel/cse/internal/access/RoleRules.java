// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;

/** {@code <role>} (TS-0001 9.6.38): kept where {@link Proofs} finds it by its holder and its Role-ID. */
public final class RoleRules implements TypeRules {
    public static final int TYPE = 31;

    private final EntityIds ids;

    public RoleRules(EntityIds ids) {
        this.ids = ids;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        Validity.check(requested);
        requested.text("tkhd").filter(holder -> ids.shorten(holder).isEmpty()).ifPresent(holder -> {
            throw Refusals.badRequest("tkhd, the holder, is no ID of an AE or CSE: " + holder);
        });
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        ProofRecords.add(writer, record(created), created.id());
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        Validity.check(after.build());
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        ProofRecords.remove(writer, record(deleted), deleted.id());
    }

    private String record(Resource role) {
        String holder = ids.shorten(role.text("tkhd").orElse("")).orElse("");
        return ProofRecords.ofRole(ids.absolute(holder), role.text("rlid").orElse(""));
    }
}
