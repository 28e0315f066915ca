// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.address;

import io.lintel.cse.api.CseIdentity;
import io.lintel.primitive.Address;
import io.lintel.primitive.Identifiers;
import java.util.Optional;

/**
 * The forms in which one entity's ID may be written (TS-0001 7.2). <em>Short</em> is the one in which this CSE compares
 * them, the shortest valid one here: an AE-ID stem for what is or would be registered here, SP-relative for the rest of
 * the service provider's domain, absolute beyond. <em>SP-relative</em> is the one in which they leave this CSE. Any thread.
 */
public final class EntityIds {
    private final CseIdentity identity;

    public EntityIds(CseIdentity identity) {
        this.identity = identity;
    }

    public CseIdentity identity() {
        return identity;
    }

    /** The short form, or empty if the text is no ID of an AE or CSE. */
    public Optional<String> shorten(String id) {
        if (id.startsWith("//")) {
            int slash = id.indexOf('/', 2);
            if (slash < 0 || !Identifiers.isElement(id.substring(2, slash))) {
                return Optional.empty();
            }
            if (!id.substring(0, slash).equals(identity.spId())) {
                return isSpRelative(id.substring(slash)) ? Optional.of(id) : Optional.empty();
            }
            return shorten(id.substring(slash));
        }
        if (id.startsWith("/")) {
            if (!isSpRelative(id)) {
                return Optional.empty();
            }
            String own = identity.cseId() + "/";
            return Optional.of(id.startsWith(own) ? id.substring(own.length()) : id);
        }
        return Identifiers.isElement(id) ? Optional.of(id) : Optional.empty();
    }

    /** {@code /cse}, {@code /S…} or {@code /cse/stem}. */
    private static boolean isSpRelative(String id) {
        int slash = id.indexOf('/', 1);
        return slash < 0 ? Identifiers.isCseId(id)
                : Identifiers.isCseId(id.substring(0, slash)) && Identifiers.isElement(id.substring(slash + 1));
    }

    /**
     * The SP-relative form of an entity's ID: {@code C12 → /mn-cse/C12}, {@code S5 → /S5}, the own SP-ID cut off; what is
     * SP-relative already, or belongs to another service provider, stays.
     */
    public String spRelative(String id) {
        if (id.startsWith(identity.spId() + "/")) {
            return id.substring(identity.spId().length());
        }
        if (id.startsWith("/")) {
            return id;
        }
        return id.startsWith("S") && Identifiers.isAeIdStem(id) ? "/" + id : identity.cseId() + "/" + id;
    }

    /**
     * The absolute form of a short ID, or of a pattern of one: {@code C12} is {@code //sp/cse/C12}, {@code S5} is
     * {@code //sp/S5}.
     */
    public String absolute(String id) {
        if (id.startsWith("//")) {
            return id;
        }
        if (id.startsWith("/")) {
            return identity.spId() + id;
        }
        return identity.spId() + (id.startsWith("S") ? "/" : identity.cseId() + "/") + id;
    }

    /** Whether the address belongs to another service provider. */
    public boolean isForeignDomain(Address address) {
        return address.spId().isPresent() && !address.spId().get().equals(identity.spId());
    }

    /** Whether the address names something hosted here, if it exists at all. */
    public boolean isHere(Address address) {
        return !isForeignDomain(address) && address.cseId().map(identity.cseId()::equals).orElse(true);
    }

    /** Whether an originator in its stem, SP-relative or absolute form is an AE; {@code /S5} passes for a CSE-ID. */
    public static boolean isAe(String originator) {
        int scope = originator.startsWith("//") ? originator.indexOf('/', 2) : 0;
        return scope < 0 || originator.charAt(scope) != '/' || originator.indexOf('/', scope + 1) > 0;
    }

    /** The CSE part of a SP-relative or absolute ID: {@code /cse} of {@code /cse/C1}; the whole of {@code /cse}. */
    public static String cseOf(String id) {
        int start = id.startsWith("//") ? id.indexOf('/', 2) : 0;
        int slash = id.indexOf('/', start + 1);
        return slash < 0 ? id : id.substring(0, slash);
    }

    /** Whether an absolute ID is of the same service provider as that of the other's IN-CSE, which speaks for all of them. */
    public static boolean isOfProvider(String inCse, String id) {
        int end = inCse.startsWith("//") ? inCse.indexOf('/', 2) : -1;
        return end > 0 && id.startsWith(inCse.substring(0, end + 1));
    }

    /** Whether the short ID is written like a CSE-ID; {@code /S5} of an S-type AE elsewhere is so, too. */
    public static boolean isCseForm(String shortId) {
        return Identifiers.isCseId(shortId) || shortId.startsWith("//") && !isAe(shortId);
    }
}
