// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.registration.RegistrationCredentials;
import io.lintel.cse.internal.registration.RegistrationView;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the claimed originator ({@code fr}) against what the transport knows of the sender: "is the originator
 * registered, and is it who it says?" (TS-0004 7.3.2.1, TS-0010 clause 7). 4000 for a malformed ID comes first, then
 * 4107 where somebody nobody vouches for would have to be believed, then 4106 for a mismatch.
 *
 * <p>Where the transport names the sender ({@link Hop#verified()}, or the topic's originator level in MQTT), {@code fr}
 * must be that entity or, for a CSE, something behind it. Where it names nobody, the sender is believed only on plain
 * loopback while that is open, or inside this framework.
 */
public final class OriginatorCheck {
    private static final Logger LOG = LoggerFactory.getLogger(OriginatorCheck.class);

    private final CseIdentity identity;
    private final RegistrationView registrations;
    private final boolean loopbackOpen;
    private final EntityIds ids;
    private final Function<String, Optional<String>> stemHost;

    /** @param stemHost the CSE where the AE of a S-type stem is registered, as far as an IN-CSE knows it */
    public OriginatorCheck(CseSettings settings, RegistrationView registrations, Function<String, Optional<String>> stemHost) {
        this.identity = settings.identity();
        this.registrations = registrations;
        this.loopbackOpen = settings.loopbackOpen();
        this.ids = new EntityIds(identity);
        this.stemHost = stemHost;
    }

    /** The originator in its short form; for a CREATE of an AE its wish: empty text, {@code C}, {@code S} or a stem. */
    String check(RequestPrimitive request, Hop hop) {
        boolean create = request.operation() == Operation.CREATE;
        boolean newAe = create && request.resourceType().filter(ty -> ty == ResourceTypes.AE).isPresent();
        boolean newCse = create && request.resourceType().filter(ty -> ty == ResourceTypes.REMOTE_CSE).isPresent();
        String from = request.from().orElse("");
        if (from.isEmpty() && !newAe) {
            throw Refusals.badRequest("fr, the originator, is missing");
        }
        Optional<String> claimed = from.isEmpty() ? Optional.of("") : ids.shorten(from);
        if (claimed.isEmpty()) {
            throw Refusals.badRequest("fr is no ID of an AE or CSE: " + from);
        }
        try {
            return newAe ? registering(from, sender(hop), hop) : known(claimed.get(), sender(hop), hop, newCse);
        } catch (PrimitiveException refused) {
            if (refused.status() == ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED) {
                LOG.debug("{} claims to be {}: {}", hop.peer(), from, refused.getMessage());
            }
            throw refused;
        }
    }

    /** The sender of this hop in its short form, if the transport names one that is an AE or CSE. */
    private Optional<String> sender(Hop hop) {
        Optional<String> verified = hop.verified().flatMap(ids::shorten);
        Optional<String> named = hop.originator().flatMap(ids::shorten).filter(id -> id.length() > 1);
        if (verified.isPresent() && named.isPresent() && !verified.equals(named)) {
            throw Refusals.notAuthenticated("the sender was verified as " + verified.get() + " but its topic says "
                    + named.get());
        }
        return verified.or(() -> named);
    }

    private String registering(String from, Optional<String> sender, Hop hop) {
        boolean wish = from.isEmpty() || from.equals("C") || from.equals("S");
        if (!wish && !Identifiers.isAeIdStem(from)) {
            throw Refusals.badRequest("fr of a CREATE of an AE is empty, C, S, or an AE-ID stem, not " + from);
        }
        if (!trusted(hop)) {
            throw Refusals.associationRequired("an AE registers here over a secured association only");
        }
        if (sender.isEmpty()) {
            return RegistrationCredentials.permittedStem(hop, from);
        }
        String entity = sender.get();
        if (entity.startsWith("/") && !isAe(entity)) {
            throw Refusals.badRequest("an AE registers at its registrar itself; this request came through " + entity);
        }
        String stem = entity.startsWith("/") ? entity.substring(entity.lastIndexOf('/') + 1) : entity;
        if (from.isEmpty()) {
            return Identifiers.isAeIdStem(stem) ? stem : from;
        }
        if (!wish && !from.equals(stem)) {
            throw Refusals.notAuthenticated("fr is " + from + " but the sender is " + entity);
        }
        if (wish && (hop.verified().isPresent() || registrations.ae(stem).isPresent())) {
            if (!stem.startsWith(from)) {
                throw Refusals.notAuthenticated("the sender is " + entity + " and can't get an AE-ID of type " + from);
            }
            return stem;
        }
        return from;
    }

    private String known(String claimed, Optional<String> sender, Hop hop, boolean newCse) {
        if (!trusted(hop)) {
            throw Refusals.associationRequired("this CSE serves senders over a secured association only");
        }
        String originator = localStem(claimed).orElse(claimed);
        if (hop.credential().isPresent() && sender.isEmpty() && !newCse) {
            throw Refusals.notAuthenticated("a Credential-ID stands for its sender in registrations only");
        }
        if (sender.isEmpty()) {
            if (hop.credential().isPresent()) {
                RegistrationCredentials.requirePermittedCse(hop, originator);
            }
            return unnamed(originator, hop, newCse);
        }
        String entity = localStem(sender.get()).orElse(sender.get());
        if (entity.equals(identity.administrator()) && originator.equals(entity)) {
            return administrator(hop, originator);
        }
        if (registrations.ae(entity).isPresent()) {
            return same(entity, originator);
        }
        if (!entity.startsWith("/")) {
            throw Refusals.notAuthenticated("AE " + entity + " is not registered here");
        }
        if (registrations.registrar().filter(entity::equals).isPresent()) {
            return fromRegistrar(entity, originator);
        }
        if (registrations.cse(entity).isPresent()) {
            return fromRegistree(entity, originator);
        }
        if (newCse) {
            return same(entity, originator);
        }
        throw Refusals.notAuthenticated(entity + " is not registered here");
    }

    private String same(String entity, String originator) {
        if (!originator.equals(entity)) {
            throw Refusals.notAuthenticated("fr is " + originator + " but the sender is " + entity);
        }
        return originator;
    }

    /** The registrar forwards for the rest of the world; only names that would mean something else here are refused. */
    private String fromRegistrar(String registrar, String originator) {
        boolean localName = !originator.startsWith("/") && registrations.ae(originator).isEmpty();
        if (localName || originator.equals(identity.cseId())) {
            throw Refusals.notAuthenticated("fr " + originator + " can't come from " + registrar);
        }
        return originator;
    }

    private String fromRegistree(String registree, String originator) {
        String cse = EntityIds.cseOf(originator);
        boolean behind = isBehind(registree, cse) || isAe(originator) && registrations.cse(cse).isEmpty()
                && mayBeBehind(registree, originator.substring(1));
        if (!originator.startsWith("/") || !behind) {
            throw Refusals.notAuthenticated("fr " + originator + " is not behind " + registree);
        }
        return originator;
    }

    private boolean isBehind(String registree, String cse) {
        return cse.equals(registree) || EntityIds.isOfProvider(registree, cse)
                || !hasOwnWay(cse) && registrations.registreeInFrontOf(cse).filter(registree::equals).isPresent();
    }

    /** Who has an association of its own with this CSE comes by no other, whatever the other's {@code dcse} says. */
    private boolean hasOwnWay(String cse) {
        return cse.equals(identity.cseId()) || registrations.cse(cse).isPresent()
                || registrations.registrar().filter(cse::equals).isPresent();
    }

    /** The IN-CSE assigns S-type stems and knows where their AEs are; any other CSE has to believe its registree. */
    private boolean mayBeBehind(String registree, String stem) {
        return identity.type() != CseIdentity.CseType.IN || stemHost.apply(stem).filter(cse -> isBehind(registree,
                cse)).isPresent();
    }

    /** Nobody vouches for the sender but the machine it runs on, or the framework it runs in. */
    private String unnamed(String originator, Hop hop, boolean newCse) {
        if (originator.equals(identity.administrator())) {
            return administrator(hop, originator);
        }
        if (!originator.startsWith("/")) {
            if (registrations.ae(originator).isEmpty()) {
                throw Refusals.notAuthenticated("AE " + originator + " is not registered here");
            }
            return originator;
        }
        if (originator.equals(identity.cseId())) {
            throw Refusals.notAuthenticated("fr " + originator + " is this CSE itself");
        }
        String cse = EntityIds.cseOf(originator);
        boolean reachedFromHere = registrations.cse(cse).isPresent() || registrations.registrar().filter(cse::equals).isPresent()
                || registrations.registreeInFrontOf(cse).isPresent();
        boolean aeBehindSomeone = !originator.equals(cse) || isAe(originator);
        boolean someone = registrations.registrar().isPresent() || isAe(originator) && registrations.hasRegistreeCse();
        if (reachedFromHere || newCse && originator.equals(cse) || aeBehindSomeone && someone) {
            return originator;
        }
        throw Refusals.associationRequired("CSE " + cse + " is not registered here and nobody vouches for it");
    }

    private String administrator(Hop hop, String originator) {
        boolean proven = hop.verified().filter(originator::equals).isPresent();
        if (!proven && !hop.loopback()) {
            throw Refusals.notAuthenticated(originator + " administers from this machine only");
        }
        return originator;
    }

    /** Whether anything the sender says may be believed at all. */
    private boolean trusted(Hop hop) {
        if (hop.binding() == Binding.LOCAL || hop.secured() && (hop.verified().isPresent() || hop.originator().isPresent()
                || hop.credential().isPresent())) {
            return true;
        }
        return hop.loopback() && loopbackOpen;
    }

    /** {@code /S5} is the S-type AE S5 if that one is registered here. */
    private Optional<String> localStem(String shortId) {
        return isAe(shortId) ? Optional.of(shortId.substring(1)).filter(stem -> registrations.ae(stem).isPresent())
                : Optional.empty();
    }

    /** Whether the short ID may be that of an S-type AE: {@code /S…}. */
    private boolean isAe(String shortId) {
        return shortId.startsWith("/S") && shortId.indexOf('/', 1) < 0 && registrations.cse(shortId).isEmpty()
                && !shortId.equals(identity.cseId()) && registrations.registrar().filter(shortId::equals).isEmpty();
    }
}
