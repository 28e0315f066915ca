// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of {@code atr}, {@code catr} or {@code patr} in filter criteria: an attribute, or a member of a list, is this
 * value, in which {@code *} stands for anything. Pure.
 */
record AttributeCondition(String name, String pattern) {
    private static final Set<String> NOT_AS_ATTRIBUTE = Set.of("ct", "lt", "st", "et", "lbl", "ty", "cs", "cnf");

    /** The entries of a tag; 4000 if they are none. */
    static List<AttributeCondition> of(Attributes criteria, String tag) {
        List<Attributes> wanted = criteria.object(tag).map(List::of).orElseGet(() -> criteria.objects(tag));
        if (wanted.isEmpty()) {
            throw Refusals.badRequest(tag + " in fc must be a list of nm and val");
        }
        return wanted.stream().map(pair -> entry(pair, tag)).toList();
    }

    private static AttributeCondition entry(Attributes pair, String tag) {
        String name = pair.text("nm").orElseThrow(() -> Refusals.badRequest("an entry of " + tag + " in fc has no nm"));
        if (!pair.has("val")) {
            throw Refusals.badRequest("the entry of " + tag + " in fc for " + name + " has no val");
        }
        if (NOT_AS_ATTRIBUTE.contains(name)) {
            throw Refusals.badRequest(tag + " in fc can't ask for " + name + ": there is a criterion of its own");
        }
        return new AttributeCondition(name, pair.get("val").map(Object::toString).orElse(""));
    }

    boolean matches(Resource resource) {
        Optional<Object> value = resource.attributes().get(name);
        return value.map(v -> v instanceof List<?> list ? list.stream().anyMatch(this::like) : like(v)).orElse(false);
    }

    /** {@code *} stands for anything in a value, slashes included: it is no identifier. */
    private boolean like(Object value) {
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
}
