// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.primitive.Identifiers;
import java.util.Optional;

/**
 * The forms in which one entity's ID may be written, and the one form in which this CSE compares them (TS-0001 7.2).
 * <em>Short</em> is the shortest valid one here: an AE-ID stem for what is or would be registered here, SP-relative for
 * the rest of the service provider's domain, absolute beyond.
 */
final class EntityIds {
    private final CseIdentity identity;

    EntityIds(CseIdentity identity) {
        this.identity = identity;
    }

    /** The short form, or empty if the text is no ID of an AE or CSE. */
    Optional<String> shorten(String id) {
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
     * The absolute form of a short ID, or of a pattern of one: {@code C12} is {@code //sp/cse/C12}, {@code S5} is
     * {@code //sp/S5}.
     */
    String absolute(String id) {
        if (id.startsWith("//")) {
            return id;
        }
        if (id.startsWith("/")) {
            return identity.spId() + id;
        }
        return id.startsWith("S") ? identity.spId() + "/" + id : identity.spId() + identity.cseId() + "/" + id;
    }

    /** The CSE part of a SP-relative or absolute ID: {@code /cse} of {@code /cse/C1}; the whole of {@code /cse}. */
    static String cseOf(String id) {
        int start = id.startsWith("//") ? id.indexOf('/', 2) : 0;
        int slash = id.indexOf('/', start + 1);
        return slash < 0 ? id : id.substring(0, slash);
    }

    /** Whether the short ID is written like a CSE-ID; {@code /S5} of an S-type AE elsewhere is so, too. */
    static boolean isCseForm(String shortId) {
        return Identifiers.isCseId(shortId);
    }
}
