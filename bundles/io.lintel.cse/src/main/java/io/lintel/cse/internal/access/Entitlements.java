// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a request proves of its originator besides its name: roles that it has, and permissions of tokens that it holds
 * (TS-0003 7.3). Made once for a request by {@link Proofs}; a request that names none has {@link #NONE}.
 *
 * @param roles       Role-IDs that the originator has and wants to use
 * @param permissions of tokens
 * @param tokens      the tokens that were accepted, for the assignment of local token IDs
 * @param faults      why something that was offered does not count, for the refusal
 */
public record Entitlements(Set<String> roles, List<TokenPermission> permissions, List<AcceptedToken> tokens,
        List<String> faults) {
    public static final Entitlements NONE = new Entitlements(Set.of(), List.of(), List.of(), List.of());

    public Entitlements {
        roles = Set.copyOf(roles);
        permissions = List.copyOf(permissions);
        tokens = List.copyOf(tokens);
        faults = List.copyOf(faults);
    }

    /** These and others. */
    Entitlements and(Entitlements other) {
        Set<String> allRoles = new HashSet<>(roles);
        allRoles.addAll(other.roles);
        return new Entitlements(allRoles, joined(permissions, other.permissions), joined(tokens, other.tokens),
                joined(faults, other.faults));
    }

    private static <T> List<T> joined(List<T> some, List<T> others) {
        List<T> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }
}
