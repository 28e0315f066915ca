// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.filter;

import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a {@link JsonPath}, by recursive descent; bounded in length and depth. One instance for one text. */
final class JsonPathParser {
    private static final int LONGEST = 1000;
    private static final int DEEPEST = 20;
    private static final List<String> COMPARISONS = List.of("==", "!=", "<=", ">=", "<", ">");

    private final String text;
    private int at;
    private int depth;

    JsonPathParser(String text) {
        this.text = text;
        if (text.length() > LONGEST) {
            throw Refusals.badRequest("cfq is longer than " + LONGEST + " characters");
        }
    }

    JsonPath query() {
        if (!take("$")) {
            throw wrong("a query begins with $");
        }
        JsonPath path = new JsonPath(true, segments());
        if (at < text.length()) {
            throw wrong("this is not understood");
        }
        return path;
    }

    private List<JsonPath.Segment> segments() {
        List<JsonPath.Segment> segments = new ArrayList<>();
        while (at < text.length()) {
            if (take("..")) {
                segments.add(new JsonPath.Segment(true, take("[") ? bracket() : List.of(shorthand())));
            } else if (take(".")) {
                segments.add(new JsonPath.Segment(false, List.of(shorthand())));
            } else if (take("[")) {
                segments.add(new JsonPath.Segment(false, bracket()));
            } else {
                break;
            }
        }
        return segments;
    }

    private JsonPath.Selector shorthand() {
        if (take("*")) {
            return new JsonPath.Wildcard();
        }
        int from = at;
        while (at < text.length() && isName(text.charAt(at), at == from)) {
            at++;
        }
        if (from == at) {
            throw wrong("a name is missing");
        }
        return new JsonPath.Name(text.substring(from, at));
    }

    private static boolean isName(char c, boolean first) {
        return c == '_' || c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !first && c >= '0' && c <= '9';
    }

    private List<JsonPath.Selector> bracket() {
        List<JsonPath.Selector> selectors = new ArrayList<>();
        do {
            blanks();
            selectors.add(selector());
            blanks();
        } while (take(","));
        if (!take("]")) {
            throw wrong("] is missing");
        }
        return selectors;
    }

    private JsonPath.Selector selector() {
        if (take("*")) {
            return new JsonPath.Wildcard();
        }
        if (take("?")) {
            return new JsonPath.Filter(or());
        }
        if (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
            return new JsonPath.Name(string());
        }
        Optional<Long> start = integer();
        blanks();
        if (!take(":")) {
            return new JsonPath.Index(start.orElseThrow(() -> wrong("a selector is missing")));
        }
        blanks();
        Optional<Long> end = integer();
        blanks();
        Optional<Long> step = Optional.empty();
        if (take(":")) {
            blanks();
            step = integer();
        }
        return new JsonPath.Slice(start, end, step.orElse(1L));
    }

    private JsonPath.Condition or() {
        if (++depth > DEEPEST) {
            throw wrong("filters are nested too deep");
        }
        JsonPath.Condition left = and();
        while (takeSpaced("||")) {
            JsonPath.Condition one = left;
            JsonPath.Condition other = and();
            left = (run, current) -> one.holds(run, current) || other.holds(run, current);
        }
        depth--;
        return left;
    }

    private JsonPath.Condition and() {
        JsonPath.Condition left = basic();
        while (takeSpaced("&&")) {
            JsonPath.Condition one = left;
            JsonPath.Condition other = basic();
            left = (run, current) -> one.holds(run, current) && other.holds(run, current);
        }
        return left;
    }

    private JsonPath.Condition basic() {
        blanks();
        boolean negated = take("!");
        blanks();
        JsonPath.Condition condition;
        if (take("(")) {
            condition = or();
            if (!takeSpaced(")")) {
                throw wrong(") is missing");
            }
        } else {
            condition = test(negated);
        }
        return negated ? (run, current) -> !condition.holds(run, current) : condition;
    }

    private JsonPath.Condition test(boolean negated) {
        JsonPath.Operand left = operand();
        blanks();
        for (String comparison : COMPARISONS) {
            if (take(comparison)) {
                if (negated) {
                    throw wrong("a comparison is negated in parentheses only");
                }
                blanks();
                return JsonPath.comparison(comparable(left), comparison, comparable(operand()));
            }
        }
        return JsonPath.exists(left.path().orElseThrow(() -> wrong("a comparison is missing")));
    }

    private JsonPath.Operand comparable(JsonPath.Operand operand) {
        if (operand.path().filter(path -> !path.isSingular()).isPresent()) {
            throw wrong("a path that may find several values can't be compared");
        }
        return operand;
    }

    private JsonPath.Operand operand() {
        if (take("$")) {
            return path(true);
        }
        if (take("@")) {
            return path(false);
        }
        if (take("true")) {
            return constant(true);
        }
        if (take("false")) {
            return constant(false);
        }
        if (take("null")) {
            return constant(Attributes.NULL);
        }
        if (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
            return constant(string());
        }
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return constant(JsonText.number(text.substring(from, at)));
        } catch (NumberFormatException e) {
            at = from;
            throw wrong("a path, a text, a number, true, false or null is missing; functions are not supported");
        }
    }

    private JsonPath.Operand path(boolean fromRoot) {
        return new JsonPath.Operand(Optional.of(new JsonPath(fromRoot, segments())), Attributes.NULL);
    }

    private static JsonPath.Operand constant(Object value) {
        return new JsonPath.Operand(Optional.empty(), value);
    }

    private String string() {
        char quote = text.charAt(at++);
        StringBuilder string = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            if (c == '\\') {
                if (at >= text.length() || "\\'\"/".indexOf(text.charAt(at)) < 0) {
                    throw wrong("of escapes, \\\\, \\', \\\" and \\/ are supported");
                }
                c = text.charAt(at++);
            }
            string.append(c);
        }
        if (at >= text.length()) {
            throw wrong("a text does not end");
        }
        at++;
        return string.toString();
    }

    private Optional<Long> integer() {
        int from = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        if (from == at) {
            return Optional.empty();
        }
        try {
            return Optional.of((long) Integer.parseInt(text.substring(from, at)));
        } catch (NumberFormatException e) {
            throw wrong("an index is no number or too large");
        }
    }

    private boolean takeSpaced(String token) {
        blanks();
        return take(token);
    }

    private boolean take(String token) {
        if (text.startsWith(token, at)) {
            at += token.length();
            return true;
        }
        return false;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private RuntimeException wrong(String what) {
        return Refusals.badRequest("cfq is no JSONPath query: " + what + ", at '" + text.substring(Math.min(at, text.length()))
                + "'");
    }
}
