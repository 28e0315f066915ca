// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Optional;

/**
 * {@code <AEAnnc>} at the IN-CSE (TS-0001 10.2.2.2, TS-0003 on Credential-IDs): the registrar of a S-type AE makes or
 * updates it and so gets, or confirms, the AE-ID stem, which is unique in the service provider's domain because it is
 * the resource's ID. {@code fr} is the registrar's CSE-ID followed by {@code /S} (a stem is to be assigned) or by
 * {@code /} and the stem. There is no policy for that, as there is none for registration: the registrar has to be known.
 */
public final class AeAnncRules implements TypeRules {
    private final CseIdentity identity;
    private final RegistrationView registrations;

    public AeAnncRules(CseIdentity identity, RegistrationView registrations) {
        this.identity = identity;
        this.registrations = registrations;
    }

    /** Everything that can be refused before the table is asked. */
    public void check(ResourceReader reader, RequestContext context, Resource parent, Attributes requested) {
        if (identity.type() != CseIdentity.CseType.IN) {
            throw Refusals.notAllowed("an AEAnnc below the CSEBase keeps an AE-ID stem, and those are the IN-CSE's");
        }
        String originator = context.originator();
        String cse = EntityIds.cseOf(originator);
        String wish = originator.substring(cse.length());
        if (!originator.startsWith("/") || !wish.startsWith("/S")) {
            throw Refusals.noPrivilege("an AEAnnc is made by the registrar of an AE (fr = CSE-ID/S or CSE-ID/S…), not by "
                    + originator);
        }
        boolean known = registrations.cse(cse).isPresent() || registrations.registreeInFrontOf(cse).isPresent();
        if (!known) {
            throw Refusals.noPrivilege(cse + " is not registered here and can't have AE-IDs assigned");
        }
        String stem = wish.substring(1);
        if (stem.length() > 1 && (reader.byId(stem).isPresent() || isCse("/" + stem))) {
            throw inUse(stem);
        }
        requireLinkTo(cse, requested);
    }

    /** The stem for a wish that {@link #check} let pass. */
    public String stem(ResourceWriter writer, String originator) {
        String wish = originator.substring(originator.lastIndexOf('/') + 1);
        return wish.length() > 1 ? wish : newStem(writer, "S");
    }

    /** A stem that nobody has, and that can't be taken for a CSE-ID. */
    String newStem(ResourceWriter writer, String letter) {
        String stem;
        do {
            stem = letter + writer.newId(ResourceTypes.AE, identity.baseId());
        } while (writer.byId(stem).isPresent() || isCse("/" + stem));
        return stem;
    }

    private boolean isCse(String id) {
        return id.equals(identity.cseId()) || registrations.cse(id).isPresent() || registrations.registreeInFrontOf(id)
                .isPresent();
    }

    public static PrimitiveException inUse(String stem) {
        return new PrimitiveException(ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED, "AE-ID " + stem + " is in use");
    }

    /** Whether a registrar asks for the stem of an AE that is registered at the IN-CSE itself, which so has no AEAnnc. */
    public static boolean isClaim(String originator, RequestPrimitive request, Resource ae) {
        return originator.startsWith("/") && originator.equals(EntityIds.cseOf(originator) + "/" + ae.id())
                && request.content().filter(content -> content.name().equals(AnnouncedAe.MEMBER)).isPresent();
    }

    private void requireLinkTo(String cse, Attributes content) {
        Optional<String> host = AnnouncedAe.host(content);
        if (content.has("lnk") && !host.equals(Optional.of(cse))) {
            throw Refusals.badRequest("lnk has to lead to the AE at " + cse + ", not to " + content.text("lnk").orElse(""));
        }
    }

    /** A registrar that does not know the stem yet can't have named it in {@code lnk} either. */
    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        String stem = requested.text("ri").orElseThrow();
        if (requested.text("lnk").filter(link -> link.endsWith("/S")).isPresent()) {
            attributes.set("lnk", context.originator() + "/" + stem);
        }
        attributes.set("lbl", AnnouncedAe.labels(requested.texts("lbl"), AnnouncedAe.credential(requested)));
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        String stored = AnnouncedAe.credential(before.attributes());
        if (Identifiers.isElement(context.originator()) || context.originator().equals(identity.cseId())) {
            return;
        }
        String cse = EntityIds.cseOf(context.originator());
        boolean active = changes.has("lnk") && changes.text("lnk").filter(AnnouncedAe.INACTIVE::equals).isEmpty();
        if (active) {
            requireLinkTo(cse, changes);
            requireCredential(before, stored, AnnouncedAe.credential(changes), cse);
        } else if (!AnnouncedAe.belongsTo(before, cse)) {
            throw Refusals.noPrivilege(cse + " is not where AE " + before.id() + " is registered");
        }
        if (changes.has("lbl")) {
            after.set("lbl", AnnouncedAe.labels(changes.texts("lbl"), stored));
        }
    }

    /** A stem goes with the credential it was first registered with; without any it can't be taken from another CSE. */
    private void requireCredential(Resource before, String stored, String shown, String cse) {
        if (!stored.equals(shown)) {
            throw new PrimitiveException(ResponseStatusCode.APP_RULE_VALIDATION_FAILED,
                    "AE-ID " + before.id() + " was registered with another credential than " + shown);
        }
        Optional<String> host = AnnouncedAe.host(before.attributes());
        if (AnnouncedAe.isNone(stored) && host.filter(other -> !other.equals(cse)).isPresent()) {
            throw new PrimitiveException(ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED,
                    "AE-ID " + before.id() + " is in use at " + host.get());
        }
    }
}
