// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.address.Wildcard;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Registration of an AE at this CSE (TS-0001 10.2.2.2, TS-0004 7.4.5): which AE-ID stem it gets, and whether it may
 * have it. A wish is empty text (no preference, becomes C-type), {@code C}, {@code S}, or a whole stem.
 */
public final class AeRegistration implements TypeRules {
    private final CseSettings settings;
    private final CseIdentity identity;
    private final InfrastructureStems infrastructure;
    private final AeAnncRules announced;

    public AeRegistration(CseSettings settings, InfrastructureStems infrastructure, AeAnncRules announced) {
        this.settings = settings;
        this.identity = settings.identity();
        this.infrastructure = infrastructure;
        this.announced = announced;
    }

    /** Local policy in the place of a service subscription, then the stem, then the App-ID's form. */
    public void check(ResourceReader reader, RequestContext context, Attributes requested) {
        String wish = context.originator();
        boolean stem = wish.length() > 1;
        if (stem && !Wildcard.admits(settings.aeIds(), wish)) {
            throw new PrimitiveException(ResponseStatusCode.APP_RULE_VALIDATION_FAILED, "AE-ID " + wish
                    + " may not register here");
        }
        requested.text("api").filter(api -> !Wildcard.admits(settings.appIds(), api)).ifPresent(api -> {
            throw new PrimitiveException(ResponseStatusCode.APP_RULE_VALIDATION_FAILED, "App-ID " + api
                    + " may not register here");
        });
        if (stem && (wish.equals(identity.administrator()) || reader.byId(wish).filter(taken -> !isExpired(taken, context)
                && !isIdle(taken, context)).isPresent())) {
            throw new PrimitiveException(ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED, "AE-ID " + wish + " is in use");
        }
        requested.text("api").filter(api -> !api.startsWith("N") && !api.startsWith("R") && !api.startsWith("r"))
                .ifPresent(api -> {
            throw Refusals.badRequest("api must begin with R (registered) or N (not registered): " + api);
        });
    }

    /** Whose time is over is not there any more, though the sweep may come later. */
    private static boolean isExpired(Resource taken, RequestContext context) {
        return taken.expiration() <= context.now().toEpochMilli();
    }

    /**
     * At the IN-CSE: whether a stem is kept by the {@code <AEAnnc>} of an AE that is registered nowhere now and shows the
     * same credential again; such an AE may register here, and the {@code <AEAnnc>} goes.
     */
    private static boolean isIdle(Resource taken, RequestContext context) {
        if (taken.type() != AnnouncedAe.TYPE || AnnouncedAe.host(taken.attributes()).isPresent()) {
            return false;
        }
        String shown = AnnouncedAe.credential(context.hop());
        if (!AnnouncedAe.credential(taken.attributes()).equals(shown)) {
            throw new PrimitiveException(ResponseStatusCode.APP_RULE_VALIDATION_FAILED,
                    "AE-ID " + taken.id() + " was registered with another credential than " + shown);
        }
        return true;
    }

    /** Whether the stem has to come from the IN-CSE: an S-type one wished for anywhere else. */
    public boolean needsInfrastructure(String wish) {
        return wish.startsWith("S") && identity.type() != CseIdentity.CseType.IN;
    }

    /** Lets the IN-CSE assign or confirm the S-type stem, by an {@code <AEAnnc>} there, and has the AE made with it. */
    public CompletionStage<ResponsePrimitive> withStemFromInfrastructure(RequestContext context, Attributes requested,
            Function<String, CompletionStage<ResponsePrimitive>> creation) {
        return infrastructure.register(context, requested, creation);
    }

    /** The stem for a wish that {@link #check} let pass. */
    public String stem(ResourceWriter writer, String wish) {
        if (wish.length() > 1) {
            return wish;
        }
        return announced.newStem(writer, wish.isEmpty() ? "C" : wish);
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        attributes.set("aei", context.originator());
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        RegistrationCredentials.keep(writer, context.hop(), created);
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        if (needsInfrastructure(after.id()) && before.expiration() != after.expiration()) {
            infrastructure.prolonged(writer, after);
        }
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        RegistrationCredentials.forget(writer, deleted);
        if (needsInfrastructure(deleted.id())) {
            infrastructure.deregistered(writer, deleted.id());
        }
    }
}
