// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The matching part of filter criteria (TS-0004 7.3.3.17). The same tag several times means "or", different tags are
 * joined by {@code fo}. A resource that lacks what a condition asks about does not match it.
 */
final class Conditions {
    private static final Set<String> UNSUPPORTED = Set.of("lbq", "clbl", "palb", "chty", "pty", "catr", "patr", "smf", "cfs",
            "cfq", "gsf");
    private static final Set<String> KNOWN = Set.of("crb", "cra", "ms", "us", "sts", "stb", "exb", "exa", "lbl", "ty", "sza",
            "szb",
            "cty", "atr", "fu", "fo", "lim", "lvl", "ofst", "arp");
    private static final Set<String> NOT_AS_ATTRIBUTE = Set.of("ct", "lt", "st", "et", "lbl", "ty", "cs", "cnf");

    private final List<Predicate<Resource>> tests = new ArrayList<>();
    private final boolean or;
    private final List<Long> types;

    private Conditions(Attributes criteria) {
        criteria.names().forEach(name -> {
            if (UNSUPPORTED.contains(name)) {
                throw Refusals.notImplemented("filter criterion " + name + " is not supported");
            }
            if (!KNOWN.contains(name)) {
                throw Refusals.badRequest("fc has no criterion " + name);
            }
        });
        long operation = criteria.has("fo") ? number(criteria, "fo") : 1;
        if (operation != 1 && operation != 2) {
            throw operation == 3 ? Refusals.notImplemented("fo 3 is not supported")
                    : Refusals.badRequest("fo must be 1 (and) or 2 (or)");
        }
        or = operation == 2;
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
        types = criteria.numbers("ty");
        if (criteria.has("ty")) {
            if (types.isEmpty()) {
                throw Refusals.badRequest("ty in fc must be a list of resource types");
            }
            tests.add(resource -> types.contains((long) resource.type()));
        }
        if (criteria.has("lbl")) {
            List<String> labels = texts(criteria, "lbl");
            tests.add(resource -> resource.attributes().texts("lbl").stream().anyMatch(labels::contains));
        }
        if (criteria.has("cty")) {
            List<String> contentTypes = texts(criteria, "cty");
            tests.add(resource -> resource.text("cnf").map(Conditions::mediaType).filter(contentTypes::contains).isPresent());
        }
        attributes(criteria);
    }

    /** The conditions in the request's filter criteria, if there are any; 4000 or 5001 for criteria that are none. */
    static Optional<Conditions> ofRequest(RequestPrimitive request) {
        return request.filterCriteria().map(Conditions::new).filter(conditions -> !conditions.tests.isEmpty());
    }

    boolean matches(Resource resource) {
        return or ? tests.stream().anyMatch(test -> test.test(resource)) : tests.stream().allMatch(test -> test.test(resource));
    }

    /** The types that a match must be of; empty if it may be of any. */
    List<Long> types() {
        return or && tests.size() > 1 ? List.of() : types;
    }

    private interface Comparison<T> {
        boolean holds(T value, T limit);
    }

    private void time(Attributes criteria, String tag, String attribute, Comparison<Instant> comparison) {
        if (criteria.has(tag)) {
            Instant limit = criteria.text(tag).flatMap(Timestamps::parse)
                    .orElseThrow(() -> Refusals.badRequest(tag + " in fc is no timestamp: " + criteria.get(tag).orElse("")));
            tests.add(resource -> resource.text(attribute).flatMap(Timestamps::parse).filter(v -> comparison.holds(v, limit))
                    .isPresent());
        }
    }

    private void size(Attributes criteria, String tag, String attribute, Comparison<Long> comparison) {
        if (criteria.has(tag)) {
            long limit = number(criteria, tag);
            tests.add(resource -> resource.attributes().number(attribute).filter(v -> comparison.holds(v, limit)).isPresent());
        }
    }

    private void attributes(Attributes criteria) {
        if (!criteria.has("atr")) {
            return;
        }
        List<Attributes> wanted = criteria.object("atr").map(List::of).orElseGet(() -> criteria.objects("atr"));
        if (wanted.isEmpty()) {
            throw Refusals.badRequest("atr in fc must be a list of nm and val");
        }
        for (Attributes pair : wanted) {
            String name = pair.text("nm").orElseThrow(() -> Refusals.badRequest("an entry of atr in fc has no nm"));
            if (!pair.has("val")) {
                throw Refusals.badRequest("the entry of atr in fc for " + name + " has no val");
            }
            if (NOT_AS_ATTRIBUTE.contains(name)) {
                throw Refusals.badRequest("atr in fc can't ask for " + name + ": there is a criterion of its own");
            }
        }
        tests.add(resource -> wanted.stream().anyMatch(pair -> has(resource, pair)));
    }

    private static boolean has(Resource resource, Attributes pair) {
        Optional<Object> value = resource.attributes().get(pair.text("nm").orElseThrow());
        String pattern = pair.get("val").map(Object::toString).orElse("");
        return value.map(v -> v instanceof List<?> list ? list.stream().anyMatch(e -> like(pattern, e)) : like(pattern, v))
                .orElse(false);
    }

    /** {@code *} stands for anything in a value, slashes included: it is no identifier. */
    private static boolean like(String pattern, Object value) {
        String text = value.toString();
        String[] pieces = pattern.split("\\*", -1);
        if (pieces.length == 1) {
            return pattern.equals(text);
        }
        String last = pieces[pieces.length - 1];
        if (!text.startsWith(pieces[0]) || !text.endsWith(last) || text.length() < pieces[0].length() + last.length()) {
            return false;
        }
        int at = pieces[0].length();
        int end = text.length() - last.length();
        for (int i = 1; i < pieces.length - 1; i++) {
            int found = text.indexOf(pieces[i], at);
            if (found < 0 || found + pieces[i].length() > end) {
                return false;
            }
            at = found + pieces[i].length();
        }
        return true;
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
