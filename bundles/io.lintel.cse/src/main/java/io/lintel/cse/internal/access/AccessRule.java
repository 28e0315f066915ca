// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One rule of {@code pv} or {@code pvs} (TS-0001 9.6.2), read once and then held against many requests. Any thread.
 *
 * @param originators   {@code acor}
 * @param operations    {@code acop}
 * @param contexts      {@code acco}; empty for any
 * @param authenticated {@code acaf}
 * @param details       {@code acod}; empty for any
 * @param attributes    {@code aca}, the attributes that the rule is for; empty for all
 */
record AccessRule(List<RuleOriginator> originators, int operations, Optional<List<AccessContext>> contexts,
        boolean authenticated, Optional<List<ObjectDetail>> details, Optional<Set<String>> attributes) {

    /** The rules of a {@code m2m:setOfAcrs}. */
    static List<AccessRule> of(Attributes set, EntityIds ids) {
        List<AccessRule> rules = new ArrayList<>();
        for (Attributes rule : set.objects("acr")) {
            rules.add(new AccessRule(rule.texts("acor").stream().map(entry -> new RuleOriginator(entry, ids)).toList(),
                    rule.number("acop").orElse(0L).intValue(),
                    rule.has("acco") ? Optional.of(rule.objects("acco").stream().map(AccessContext::new).toList())
                            : Optional.empty(),
                    rule.flag("acaf").orElse(false),
                    rule.has("acod") ? Optional.of(rule.objects("acod").stream().map(ObjectDetail::new).toList())
                            : Optional.empty(),
                    rule.has("aca") ? Optional.of(new HashSet<>(rule.texts("aca"))) : Optional.empty()));
        }
        return List.copyOf(rules);
    }

    boolean isFor(AccessQuestion question) {
        return (operations & question.bit()) != 0 && reachesObject(question) && reachesAttributes(question);
    }

    /** {@code acod} narrows CREATE to certain types of children below certain types of targets. */
    private boolean reachesObject(AccessQuestion question) {
        if (question.childType().isEmpty() || details.isEmpty()) {
            return true;
        }
        for (ObjectDetail detail : details.get()) {
            if (detail.matches(question.target(), question.childType().get())) {
                return true;
            }
        }
        return false;
    }

    /** {@code aca} (Release 4): every attribute that the operation reaches must be among them. */
    private boolean reachesAttributes(AccessQuestion question) {
        if (attributes.isEmpty()) {
            return true;
        }
        Optional<Collection<String>> reached = question.attributes();
        return reached.isPresent() && attributes.get().containsAll(reached.get());
    }

    boolean holdsInContext(AccessQuestion question, OriginatorPlace places) {
        if (contexts.isEmpty()) {
            return true;
        }
        for (AccessContext context : contexts.get()) {
            if (context.holds(question, places)) {
                return true;
            }
        }
        return false;
    }

    /** An entry of {@code acod}. */
    static final class ObjectDetail {
        private final Optional<Long> type;
        private final Optional<Object> specialization;
        private final List<Long> childTypes;

        ObjectDetail(Attributes detail) {
            this.type = detail.number("ty");
            this.specialization = detail.get("spty");
            this.childTypes = detail.numbers("chty");
        }

        boolean matches(Resource target, int childType) {
            return (type.isEmpty() || type.get() == target.type()) && childTypes.contains((long) childType)
                    && (specialization.isEmpty() || isSpecialization(target, specialization.get().toString()));
        }

        /** A management object by its {@code mgd}, a flexContainer by its {@code cnd}. */
        private static boolean isSpecialization(Resource target, String wanted) {
            String attribute = target.type() == ResourceTypes.MGMT_OBJ ? "mgd"
                    : target.type() == ResourceTypes.FLEX_CONTAINER ? "cnd" : "";
            return target.attributes().get(attribute).map(Object::toString).filter(wanted::equals).isPresent();
        }
    }
}
