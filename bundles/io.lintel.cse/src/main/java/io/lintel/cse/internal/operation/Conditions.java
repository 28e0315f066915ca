// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.filter.JsonPath;
import io.lintel.cse.internal.filter.LabelsQuery;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The matching part of filter criteria (TS-0004 7.3.3.17). The same tag several times means "or", different tags are
 * joined by {@code fo}: all of them, any, or exactly one. A resource that lacks what a condition asks about does not match.
 */
final class Conditions {
    private static final Set<String> UNSUPPORTED = Set.of("smf", "gsf", "gq", "ops", "or");
    private static final Set<String> KNOWN = Set.of("crb", "cra", "ms", "us", "sts", "stb", "exb", "exa", "lbl", "lbq", "clbl",
            "palb", "ty", "chty", "pty", "sza", "szb", "cty", "atr", "catr", "patr", "cfs", "cfq", "fu", "fo", "lim", "lvl",
            "ofst", "arp");
    private static final int AND = 1;
    private static final int OR = 2;
    private static final int XOR = 3;

    private final List<Predicate<Candidate>> tests = new ArrayList<>();
    private final long operation;
    private final List<Long> types;

    private Conditions(Attributes criteria) {
        criteria.names().forEach(name -> {
            if (UNSUPPORTED.contains(name)) {
                throw Refusals.notImplemented("filter criterion " + name + " is not supported"
                        + (name.equals("smf") ? ": there is no SPARQL engine here" : ""));
            }
            if (!KNOWN.contains(name)) {
                throw Refusals.badRequest("fc has no criterion " + name);
            }
        });
        operation = criteria.has("fo") ? number(criteria, "fo") : AND;
        if (operation < AND || operation > XOR) {
            throw Refusals.badRequest("fo must be 1 (and), 2 (or) or 3 (exactly one)");
        }
        time(criteria, "crb", "ct", (value, limit) -> value.isBefore(limit));
        time(criteria, "cra", "ct", (value, limit) -> !value.isBefore(limit));
        time(criteria, "ms", "lt", (value, limit) -> !value.isBefore(limit));
        time(criteria, "us", "lt", (value, limit) -> value.isBefore(limit));
        time(criteria, "exb", "et", (value, limit) -> value.isBefore(limit));
        time(criteria, "exa", "et", (value, limit) -> !value.isBefore(limit));
        size(criteria, "sts", "st", (value, limit) -> value < limit);
        size(criteria, "stb", "st", (value, limit) -> value >= limit);
        size(criteria, "sza", "cs", (value, limit) -> value >= limit);
        size(criteria, "szb", "cs", (value, limit) -> value < limit);
        types = types(criteria, "ty");
        types(criteria);
        labels(criteria);
        if (criteria.has("cty")) {
            List<String> contentTypes = texts(criteria, "cty");
            own(resource -> resource.text("cnf").map(Conditions::mediaType).filter(contentTypes::contains).isPresent());
        }
        attributes(criteria);
        content(criteria);
    }

    /** The conditions in the request's filter criteria, if there are any; 4000 or 5001 for criteria that are none. */
    static Optional<Conditions> ofRequest(RequestPrimitive request) {
        return request.filterCriteria().map(Conditions::new).filter(conditions -> !conditions.tests.isEmpty());
    }

    /** Refuses a conditional operation on a resource that does not match (4004). */
    static void require(RequestPrimitive request, Candidate candidate) {
        if (ofRequest(request).filter(conditions -> !conditions.matches(candidate)).isPresent()) {
            throw Refusals.notFound("the resource does not match the filter criteria");
        }
    }

    boolean matches(Candidate candidate) {
        if (operation == AND) {
            return tests.stream().allMatch(test -> test.test(candidate));
        }
        if (operation == OR) {
            return tests.stream().anyMatch(test -> test.test(candidate));
        }
        return tests.stream().filter(test -> test.test(candidate)).limit(2).count() == 1;
    }

    /** The types that a match must be of; empty if it may be of any. */
    List<Long> types() {
        return operation != AND && tests.size() > 1 ? List.of() : types;
    }

    private interface Comparison<T> {
        boolean holds(T value, T limit);
    }

    private void own(Predicate<Resource> test) {
        tests.add(candidate -> test.test(candidate.resource()));
    }

    private void time(Attributes criteria, String tag, String attribute, Comparison<Instant> comparison) {
        if (criteria.has(tag)) {
            Instant limit = criteria.text(tag).flatMap(Timestamps::parse)
                    .orElseThrow(() -> Refusals.badRequest(tag + " in fc is no timestamp: " + criteria.get(tag).orElse("")));
            own(resource -> resource.text(attribute).flatMap(Timestamps::parse).filter(v -> comparison.holds(v, limit))
                    .isPresent());
        }
    }

    private void size(Attributes criteria, String tag, String attribute, Comparison<Long> comparison) {
        if (criteria.has(tag)) {
            long limit = number(criteria, tag);
            own(resource -> resource.attributes().number(attribute).filter(v -> comparison.holds(v, limit)).isPresent());
        }
    }

    private static List<Long> types(Attributes criteria, String tag) {
        List<Long> types = criteria.numbers(tag);
        if (criteria.has(tag) && types.isEmpty()) {
            throw Refusals.badRequest(tag + " in fc must be a list of resource types");
        }
        return types;
    }

    private void types(Attributes criteria) {
        if (criteria.has("ty")) {
            own(resource -> types.contains((long) resource.type()));
        }
        if (criteria.has("pty")) {
            List<Long> parents = types(criteria, "pty");
            tests.add(candidate -> candidate.parent().filter(parent -> parents.contains((long) parent.type())).isPresent());
        }
        if (criteria.has("chty")) {
            List<Long> children = types(criteria, "chty");
            tests.add(candidate -> children.stream().anyMatch(type -> candidate.hasChild(type.intValue())));
        }
    }

    private void labels(Attributes criteria) {
        if (criteria.has("lbl")) {
            Predicate<Resource> labelled = labelled(texts(criteria, "lbl"));
            own(labelled);
        }
        if (criteria.has("palb")) {
            Predicate<Resource> labelled = labelled(texts(criteria, "palb"));
            tests.add(candidate -> candidate.visibleParent().filter(labelled).isPresent());
        }
        if (criteria.has("clbl")) {
            Predicate<Resource> labelled = labelled(texts(criteria, "clbl"));
            tests.add(candidate -> candidate.hasChild(labelled));
        }
        if (criteria.has("lbq")) {
            LabelsQuery query = LabelsQuery.parse(criteria.text("lbq").orElseThrow(() -> Refusals.badRequest(
                    "lbq in fc must be a text")));
            own(resource -> query.matches(resource.attributes().texts("lbl")));
        }
    }

    private static Predicate<Resource> labelled(List<String> labels) {
        return resource -> resource.attributes().texts("lbl").stream().anyMatch(labels::contains);
    }

    /** The name of an attribute is the tag: conditions on different attributes are joined like any others. */
    private void attributes(Attributes criteria) {
        byName(criteria, "atr").forEach(this::own);
        byName(criteria, "patr").forEach(wanted ->
                tests.add(candidate -> candidate.visibleParent().filter(wanted).isPresent()));
        byName(criteria, "catr").forEach(wanted -> tests.add(candidate -> candidate.hasChild(wanted)));
    }

    private static Collection<Predicate<Resource>> byName(Attributes criteria, String tag) {
        Map<String, Predicate<Resource>> wanted = new LinkedHashMap<>();
        if (criteria.has(tag)) {
            AttributeCondition.of(criteria, tag).forEach(condition -> wanted.merge(condition.name(), condition::matches,
                    Predicate::or));
        }
        return wanted.values();
    }

    /** Both tags make one condition. */
    private void content(Attributes criteria) {
        if (criteria.has("cfs") && number(criteria, "cfs") != 1) {
            throw Refusals.badRequest("cfs in fc must be 1 (JSONPath)");
        }
        if (criteria.has("cfs") != criteria.has("cfq")) {
            throw Refusals.badRequest("cfs and cfq in fc go with each other");
        }
        if (criteria.has("cfq")) {
            JsonPath query = JsonPath.parse(criteria.text("cfq").orElseThrow(() -> Refusals.badRequest(
                    "cfq in fc must be a text")));
            own(resource -> resource.attributes().get("con").filter(query::finds).isPresent());
        }
    }

    private static String mediaType(String contentInfo) {
        int colon = contentInfo.indexOf(':');
        return colon < 0 ? contentInfo : contentInfo.substring(0, colon);
    }

    static long number(Attributes criteria, String tag) {
        return criteria.number(tag).filter(n -> n >= 0)
                .orElseThrow(() -> Refusals.badRequest(tag + " in fc must be a number, not " + criteria.get(tag).orElse("")));
    }

    private static List<String> texts(Attributes criteria, String tag) {
        List<String> texts = criteria.text(tag).map(List::of).orElseGet(() -> criteria.texts(tag));
        if (texts.isEmpty()) {
            throw Refusals.badRequest(tag + " in fc must be a list of texts");
        }
        return texts;
    }
}
