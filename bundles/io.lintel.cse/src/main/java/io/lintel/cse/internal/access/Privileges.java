// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.primitive.Address;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Evaluates a set of access control rules, {@code pv}, {@code pvs} or what a token or a consultation grants (TS-0003 7.1):
 * permit if any rule permits. What costs nothing is asked first, memberships of groups last. Any thread.
 */
public final class Privileges {
    /** The bit of discovery in {@code acop}. */
    public static final int DISCOVERY = 32;

    private final EntityIds ids;
    private final OriginatorPlace places;
    private final GroupMembership groups;

    Privileges(EntityIds ids, OriginatorPlace places, GroupMembership groups) {
        this.ids = ids;
        this.places = places;
        this.groups = groups;
    }

    boolean permit(List<AccessRule> rules, AccessQuestion question) {
        for (AccessRule rule : rules) {
            if (rule.isFor(question) && authenticationMatches(rule, question) && rule.holdsInContext(question, places)
                    && originatorMatches(rule, question)) {
                return true;
            }
        }
        return false;
    }

    private boolean originatorMatches(AccessRule rule, AccessQuestion question) {
        for (RuleOriginator originator : rule.originators()) {
            if (originator.names(question)) {
                return true;
            }
        }
        Set<String> roles = question.isOfSender() ? question.context().entitlements().roles() : Set.of();
        for (RuleOriginator originator : rule.originators()) {
            Optional<Address> group = originator.group();
            if (!roles.isEmpty() && roles.contains(originator.text())
                    || group.isPresent() && groups.contains(question, group.get())) {
                return true;
            }
        }
        return false;
    }

    /** {@code acaf}: only for an entity that proved who it is at this very CSE. */
    private boolean authenticationMatches(AccessRule rule, AccessQuestion question) {
        if (!rule.authenticated()) {
            return true;
        }
        Hop hop = question.context().hop();
        if (hop.binding() == Binding.LOCAL) {
            return true;
        }
        Optional<String> proven = hop.verified().or(hop::originator).flatMap(ids::shorten);
        return hop.secured() && proven.map(ids::absolute)
                .filter(ids.absolute(question.context().originator())::equals).isPresent();
    }
}
