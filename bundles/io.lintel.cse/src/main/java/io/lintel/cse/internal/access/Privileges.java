// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Wildcard;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ScheduleExpression;
import java.util.Optional;

/**
 * Evaluates a set of access control rules, {@code pv} or {@code pvs} (TS-0003 7.1): permit if any rule permits. A rule
 * that carries something this CSE can't evaluate does not permit.
 */
public final class Privileges {
    /** The bit of discovery in {@code acop}. */
    public static final int DISCOVERY = 32;

    private final EntityIds ids;

    Privileges(CseIdentity identity) {
        this.ids = new EntityIds(identity);
    }

    /**
     * @param originator in its short form
     * @param bit        of the operation in {@code acop}
     * @param targetType the type of the target
     * @param childType  the type to be created, for CREATE
     */
    boolean permit(Attributes rules, String originator, int bit, int targetType, Optional<Integer> childType,
            RequestContext context) {
        for (Attributes rule : rules.objects("acr")) {
            if ((rule.number("acop").orElse(0L) & bit) != 0 && originatorMatches(rule, originator)
                    && contextMatches(rule, context)
                    && authenticationMatches(rule, context) && objectMatches(rule, targetType, childType) && !rule.has("aca")) {
                return true;
            }
        }
        return false;
    }

    private boolean originatorMatches(Attributes rule, String originator) {
        String absolute = ids.absolute(originator);
        for (String entry : rule.texts("acor")) {
            if (entry.equals("all") || entry.startsWith("//") && entry.indexOf('/', 2) < 0 && absolute.startsWith(entry + "/")) {
                return true;
            }
            boolean stemPattern = entry.startsWith("*");
            if (stemPattern && !originator.startsWith("/") && Wildcard.matches(entry, originator)
                    || !stemPattern && Wildcard.matches(ids.absolute(entry), absolute)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contextMatches(Attributes rule, RequestContext context) {
        if (!rule.has("acco")) {
            return true;
        }
        return rule.objects("acco").stream().anyMatch(condition -> windowMatches(condition, context)
                && addressMatches(condition, context.hop()) && !condition.has("aclr"));
    }

    private static boolean windowMatches(Attributes condition, RequestContext context) {
        return !condition.has("actw")
                || condition.texts("actw").stream().anyMatch(schedule -> ScheduleExpression.contains(schedule, context.now()));
    }

    private static boolean addressMatches(Attributes condition, Hop hop) {
        if (!condition.has("acip")) {
            return true;
        }
        Attributes blocks = condition.object("acip").orElse(Attributes.empty());
        return java.util.stream.Stream.concat(blocks.texts("ipv4").stream(), blocks.texts("ipv6").stream())
                .anyMatch(block -> AddressBlock.contains(block, hop.peer()));
    }

    /** {@code acaf}: only for an entity that proved who it is at this very CSE. */
    private boolean authenticationMatches(Attributes rule, RequestContext context) {
        if (!rule.flag("acaf").orElse(false)) {
            return true;
        }
        Hop hop = context.hop();
        if (hop.binding() == Binding.LOCAL) {
            return true;
        }
        Optional<String> proven = hop.verified().or(hop::originator).flatMap(ids::shorten);
        return hop.secured() && proven.map(ids::absolute).filter(ids.absolute(context.originator())::equals).isPresent();
    }

    /** {@code acod} narrows CREATE to certain types of children below certain types of targets. */
    private static boolean objectMatches(Attributes rule, int targetType, Optional<Integer> childType) {
        if (childType.isEmpty() || !rule.has("acod")) {
            return true;
        }
        return rule.objects("acod").stream().anyMatch(detail -> !detail.has("spty")
                && detail.number("ty").map(ty -> ty == targetType).orElse(true)
                && detail.numbers("chty").contains(childType.get().longValue()));
    }
}
