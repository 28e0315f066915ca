// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Wildcard;
import io.lintel.primitive.Address;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.PrimitiveException;
import java.util.Optional;

/**
 * One entry of {@code acor}, read once (TS-0003 7.1): {@code all}, a service provider's domain, an ID of a CSE or AE with
 * or without {@code *}, a Role-ID, or a {@code <group>}. A text may be several of these; it is taken for whatever fits.
 */
final class RuleOriginator {
    private final String entry;
    private final boolean all;
    private final boolean stemPattern;
    private final boolean pattern;
    private final String domain;
    private final String absolute;
    private final Optional<Address> group;

    RuleOriginator(String entry, EntityIds ids) {
        this.entry = entry;
        this.all = entry.equals("all");
        this.pattern = entry.indexOf('*') >= 0;
        this.stemPattern = entry.startsWith("*");
        this.domain = entry.startsWith("//") && entry.indexOf('/', 2) < 0 && !pattern ? entry + "/" : "";
        this.absolute = ids.absolute(entry);
        this.group = all || pattern || !domain.isEmpty() || isEntity(entry) ? Optional.empty() : address(entry);
    }

    /** What is written like an AE-ID or a CSE-ID names no group; that saves looking for one. */
    private static boolean isEntity(String entry) {
        int slash = entry.lastIndexOf('/');
        String last = entry.substring(slash + 1);
        int scope = entry.startsWith("//") ? entry.indexOf('/', 2) : 0;
        boolean alone = slash <= scope;
        boolean behindCse = slash > scope && entry.startsWith("/") && entry.indexOf('/', scope + 1) == slash;
        return alone && entry.startsWith("/") || (alone || behindCse) && Identifiers.isAeIdStem(last);
    }

    private static Optional<Address> address(String entry) {
        try {
            return Optional.of(Address.parse(entry)).filter(address -> !address.segments().isEmpty());
        } catch (PrimitiveException notAnAddress) {
            return Optional.empty();
        }
    }

    /** Whether the originator is named itself, without looking anything up. */
    boolean names(AccessQuestion question) {
        if (all) {
            return true;
        }
        if (!domain.isEmpty()) {
            return question.absolute().startsWith(domain);
        }
        if (stemPattern) {
            return !question.originator().startsWith("/") && Wildcard.matches(entry, question.originator());
        }
        return pattern ? Wildcard.matches(absolute, question.absolute()) : absolute.equals(question.absolute());
    }

    /** The Role-ID or whatever else the entry says literally. */
    String text() {
        return entry;
    }

    /** The address of the group that this may be. */
    Optional<Address> group() {
        return group;
    }

    /** Whether the entry is written as Role-IDs are, {@code role@issuer}. */
    boolean isRole() {
        return entry.indexOf('@') > 0;
    }
}
