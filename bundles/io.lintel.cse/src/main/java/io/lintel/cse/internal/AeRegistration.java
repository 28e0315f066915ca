// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.util.concurrent.CompletionStage;

/**
 * Registration of an AE at this CSE (TS-0001 10.2.2.2, TS-0004 7.4.5): which AE-ID stem it gets, and whether it may
 * have it. A wish is empty text (no preference, becomes C-type), {@code C}, {@code S}, or a whole stem.
 */
final class AeRegistration implements TypeRules {
    private final CseSettings settings;
    private final CseIdentity identity;
    private final InfrastructureStems infrastructure;

    AeRegistration(CseSettings settings, InfrastructureStems infrastructure) {
        this.settings = settings;
        this.identity = settings.identity();
        this.infrastructure = infrastructure;
    }

    /** Local policy in the place of a service subscription, then the stem, then the App-ID's form. */
    void check(ResourceReader reader, RequestContext context, Attributes requested) {
        String wish = context.originator();
        boolean stem = wish.length() > 1;
        if (stem && !Wildcard.matchesAny(settings.aeIds(), wish)) {
            throw new PrimitiveException(ResponseStatusCode.APP_RULE_VALIDATION_FAILED, "AE-ID " + wish
                    + " may not register here");
        }
        requested.text("api").filter(api -> !Wildcard.matchesAny(settings.appIds(), api)).ifPresent(api -> {
            throw new PrimitiveException(ResponseStatusCode.APP_RULE_VALIDATION_FAILED, "App-ID " + api
                    + " may not register here");
        });
        if (stem && (wish.equals(identity.administrator()) || reader.byId(wish).isPresent())) {
            throw new PrimitiveException(ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED, "AE-ID " + wish + " is in use");
        }
        requested.text("api").filter(api -> !api.startsWith("N") && !api.startsWith("R") && !api.startsWith("r"))
                .ifPresent(api -> {
            throw Refusals.badRequest("api must begin with R (registered) or N (not registered): " + api);
        });
    }

    /** Whether the stem has to come from the IN-CSE: an S-type one wished for anywhere else. */
    boolean needsInfrastructure(String wish) {
        return wish.startsWith("S") && identity.type() != CseIdentity.CseType.IN;
    }

    /** Lets the IN-CSE assign or confirm the S-type stem, by an {@code <AEAnnc>} there. */
    CompletionStage<String> stemFromInfrastructure(RequestContext context, Attributes requested) {
        return infrastructure.obtain(context, requested);
    }

    /** The stem for a wish that {@link #check} let pass. */
    String stem(ResourceWriter writer, String wish) {
        if (wish.length() > 1) {
            return wish;
        }
        String letter = wish.isEmpty() ? "C" : wish;
        String stem;
        do {
            stem = letter + writer.newId(ResourceTypes.AE, identity.baseId());
        } while (writer.byId(stem).isPresent());
        return stem;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, io.lintel.cse.api.store.Resource parent,
            Attributes.Builder attributes) {
        attributes.set("aei", context.originator());
    }
}
