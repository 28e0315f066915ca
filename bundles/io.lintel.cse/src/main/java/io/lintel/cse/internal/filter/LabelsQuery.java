// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.filter;

import io.lintel.cse.internal.request.Refusals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * An expression of {@code lbq} on the labels of a resource (TS-0001 8.1.2): {@code k} a label with that key, {@code NT k}
 * none, {@code k EQ v} or {@code k:v} that value, {@code k NE v} values but not that one, {@code k IN (v, w)} one of these,
 * {@code k NI (v, w)} values but none of these. A label is a key, or a key and a value after the first colon. Pure.
 */
public final class LabelsQuery {
    private enum Operator {
        PRESENT, ABSENT, IN, NOT_IN
    }

    private final Operator operator;
    private final String key;
    private final Set<String> values;

    private LabelsQuery(Operator operator, String key, List<String> values) {
        this.operator = operator;
        this.key = key;
        this.values = new TreeSet<>(values);
    }

    /** @throws io.lintel.primitive.PrimitiveException 4000 for a text that is no such expression */
    public static LabelsQuery parse(String text) {
        List<String> words = words(text);
        if (words.size() == 1) {
            int colon = words.get(0).indexOf(':');
            if (colon == 0 || words.get(0).equals("(") || words.get(0).equals(")")) {
                throw malformed(text);
            }
            return colon < 0 ? new LabelsQuery(Operator.PRESENT, words.get(0), List.of())
                    : new LabelsQuery(Operator.IN, words.get(0).substring(0, colon), List.of(words.get(0).substring(colon + 1)));
        }
        if (words.size() == 2 && words.get(0).equalsIgnoreCase("NT") && !words.get(1).equals("(")) {
            return new LabelsQuery(Operator.ABSENT, words.get(1), List.of());
        }
        if (words.size() < 3 || words.get(0).equals("(")) {
            throw malformed(text);
        }
        return switch (words.get(1).toUpperCase(Locale.ROOT)) {
            case "EQ" -> new LabelsQuery(Operator.IN, words.get(0), single(words, text));
            case "NE" -> new LabelsQuery(Operator.NOT_IN, words.get(0), single(words, text));
            case "IN" -> new LabelsQuery(Operator.IN, words.get(0), list(words, text));
            case "NI" -> new LabelsQuery(Operator.NOT_IN, words.get(0), list(words, text));
            default -> throw malformed(text);
        };
    }

    private static List<String> single(List<String> words, String text) {
        if (words.size() != 3 || words.get(2).equals("(") || words.get(2).equals(")")) {
            throw malformed(text);
        }
        return List.of(words.get(2));
    }

    private static List<String> list(List<String> words, String text) {
        int last = words.size() - 1;
        List<String> values = words.subList(3, Math.max(3, last));
        if (!words.get(2).equals("(") || !words.get(last).equals(")") || values.isEmpty() || values.contains("(")
                || values.contains(")")) {
            throw malformed(text);
        }
        return values;
    }

    /** Blanks and commas part words, parentheses are words, and quotes hold one together. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean begun = false;
        for (char c : text.toCharArray()) {
            boolean separator = !quoted && (c == ' ' || c == ',' || c == '(' || c == ')');
            if (separator) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
                if (c == '(' || c == ')') {
                    words.add(String.valueOf(c));
                }
            } else {
                begun = true;
                if (c == '"') {
                    quoted = !quoted;
                } else {
                    word.append(c);
                }
            }
        }
        if (quoted) {
            throw malformed(text);
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }

    private static RuntimeException malformed(String text) {
        return Refusals.badRequest("lbq must be one of k, NT k, k EQ v, k:v, k NE v, k IN (v, w), k NI (v, w), not " + text);
    }

    /** Whether the labels of a resource satisfy the expression. */
    public boolean matches(List<String> labels) {
        List<String[]> mine = labels.stream().map(label -> label.split(":", 2)).filter(label -> label[0].equals(key)).toList();
        List<String> present = mine.stream().filter(label -> label.length == 2).map(label -> label[1]).toList();
        return switch (operator) {
            case PRESENT -> !mine.isEmpty();
            case ABSENT -> mine.isEmpty();
            case IN -> present.stream().anyMatch(values::contains);
            case NOT_IN -> !present.isEmpty() && present.stream().noneMatch(values::contains);
        };
    }

    @Override
    public String toString() {
        return operator + " " + key + " " + Arrays.toString(values.toArray());
    }
}
