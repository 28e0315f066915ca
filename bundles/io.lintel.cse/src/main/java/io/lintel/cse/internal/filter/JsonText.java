// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.filter;

import io.lintel.primitive.Attributes;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads JSON that stands in a {@code con} (RFC 8259) into the values of {@link Attributes}, for a content filter. Bounded in
 * depth; what is no JSON is simply no match. One instance for one text; not for sharing.
 */
final class JsonText {
    private static final int DEEPEST = 64;

    private final String text;
    private int at;
    private int depth;

    private JsonText(String text) {
        this.text = text;
    }

    /** Says where a text is no JSON; stays inside. */
    private static final class NoJson extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoJson() {
            super(null, null, false, false);
        }
    }

    static Optional<Object> read(String text) {
        JsonText json = new JsonText(text);
        try {
            Object value = json.value();
            json.blanks();
            return json.at == text.length() ? Optional.of(value) : Optional.empty();
        } catch (NoJson | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Object value() {
        blanks();
        char c = peek();
        return switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", Attributes.NULL);
            default -> number();
        };
    }

    private Attributes object() {
        enter();
        Attributes.Builder members = Attributes.builder();
        if (!closed('}')) {
            do {
                blanks();
                String name = string();
                blanks();
                expect(':');
                members.set(name, value());
                blanks();
            } while (more('}'));
        }
        depth--;
        return members.build();
    }

    private List<Object> array() {
        enter();
        List<Object> elements = new ArrayList<>();
        if (!closed(']')) {
            do {
                elements.add(value());
                blanks();
            } while (more(']'));
        }
        depth--;
        return elements;
    }

    private void enter() {
        at++;
        if (++depth > DEEPEST) {
            throw new NoJson();
        }
    }

    private boolean closed(char end) {
        blanks();
        if (peek() == end) {
            at++;
            return true;
        }
        return false;
    }

    private boolean more(char end) {
        char c = peek();
        at++;
        if (c != ',' && c != end) {
            throw new NoJson();
        }
        return c == ',';
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                return string.toString();
            }
            if (c < ' ') {
                throw new NoJson();
            }
            string.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length()) {
                    throw new NoJson();
                }
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> throw new NoJson();
        };
    }

    private Object number() {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return number(text.substring(from, at));
    }

    /** A number of JSON, as the model has it: integral if it is, else a double, or what a double does not hold. */
    static Object number(String digits) {
        if (digits.isEmpty() || digits.length() > 100 || !Character.isDigit(digits.charAt(digits.length() - 1))
                || digits.charAt(0) == '+' || digits.charAt(0) == '.') {
            throw new NumberFormatException(digits);
        }
        if (digits.chars().allMatch(c -> c == '-' || Character.isDigit(c)) && digits.length() < 19) {
            return Long.parseLong(digits);
        }
        double number = Double.parseDouble(digits);
        return Double.isFinite(number) ? (Object) number : new BigDecimal(digits);
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw new NoJson();
        }
        at += word.length();
        return value;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw new NoJson();
        }
        at++;
    }

    private char peek() {
        if (at >= text.length()) {
            throw new NoJson();
        }
        return text.charAt(at);
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
