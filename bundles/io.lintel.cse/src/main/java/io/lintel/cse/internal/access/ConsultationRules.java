// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Timestamps;
import java.time.Instant;

/** {@code <dynamicAuthorizationConsultation>} (TS-0001 9.6.40): whom to ask when the policies deny. */
public final class ConsultationRules implements TypeRules {
    public static final int TYPE = 34;

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
        if (attributes.texts("dap").isEmpty()) {
            throw Refusals.badRequest("dap must name at least one address of a dynamic authorization system");
        }
    }

    /** Whether it is to be used now. */
    static boolean isEnabled(Resource consultation, Instant now) {
        return consultation.attributes().flag("dae").orElse(false) && consultation.text("dal").flatMap(Timestamps::parse)
                .filter(end -> !end.isAfter(now)).isEmpty();
    }
}
