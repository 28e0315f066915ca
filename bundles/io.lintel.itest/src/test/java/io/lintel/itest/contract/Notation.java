// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import io.lintel.itest.contract.Expected.Elements;
import io.lintel.itest.contract.Expected.Flag;
import io.lintel.itest.contract.Expected.Matcher;
import io.lintel.itest.contract.Expected.Members;
import io.lintel.itest.contract.Expected.Named;
import io.lintel.itest.contract.Expected.Null;
import io.lintel.itest.contract.Expected.Number;
import io.lintel.itest.contract.Expected.Order;
import io.lintel.itest.contract.Expected.Text;
import io.lintel.itest.contract.Expected.Variable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the JSON notation of case files: JSON, where member names may go without quotes if a blank follows their colon,
 * {@code @name} takes over the members of a definition, {@code ...} lets an object have more, and words stand for what
 * can't be known. A word that is none is an error, so that a typing mistake does not match everything.
 */
final class Notation {
    private static final Set<String> PLAIN = Set.of("any", "time", "id", "text", "number", "bool", "list", "object", "absent");
    private static final Set<String> WITH_ARGUMENT = Set.of("like", "size", "oneof", "after", "before");

    private final String text;
    private final Map<String, Members> definitions;
    private int at;

    private Notation(String text, Map<String, Members> definitions) {
        this.text = text;
        this.definitions = definitions;
    }

    /** Reads all of the text. */
    static Expected read(String text, Map<String, Members> definitions) {
        Notation notation = new Notation(text, definitions);
        Expected value = notation.value();
        notation.blanks();
        if (notation.at < text.length()) {
            throw notation.fault("nothing more");
        }
        return value;
    }

    /** Reads one value at a position; says where it ended. */
    static int end(String text, int from, Map<String, Members> definitions, List<Expected> into) {
        Notation notation = new Notation(text, definitions);
        notation.at = from;
        into.add(notation.value());
        return notation.at;
    }

    private Expected value() {
        blanks();
        Expected value = bare();
        int before = at;
        blanks();
        if (text.startsWith("as ", at)) {
            at += 3;
            blanks();
            return new Named(value, word());
        }
        at = before;
        return value;
    }

    private Expected bare() {
        char c = peek();
        if (c == '{') {
            return members();
        } else if (c == '[') {
            return new Elements(elements(), Order.EXACT);
        } else if (c == '"') {
            return new Text(string());
        } else if (c == '$') {
            return variable();
        } else if (c == '-' || Character.isDigit(c)) {
            int start = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return new Number(new BigDecimal(text.substring(start, at)));
        }
        String word = word();
        if (PLAIN.contains(word)) {
            return new Matcher(word, null);
        } else if (WITH_ARGUMENT.contains(word)) {
            blanks();
            return new Matcher(word, bare());
        }
        return switch (word) {
            case "true" -> new Flag(true);
            case "false" -> new Flag(false);
            case "null" -> new Null();
            case "set" -> new Elements(listOf(), Order.SET);
            case "has" -> new Elements(listOf(), Order.CONTAINS);
            default -> throw fault("a value; '" + word + "' is no word of the notation, texts have quotes");
        };
    }

    private List<Expected> listOf() {
        blanks();
        return elements();
    }

    private Expected variable() {
        int close = text.indexOf('}', at);
        if (!text.startsWith("${", at) || close < 0) {
            throw fault("${name}");
        }
        String name = text.substring(at + 2, close);
        at = close + 1;
        return new Variable(name);
    }

    private Members members() {
        expect('{');
        Map<String, Expected> members = new LinkedHashMap<>();
        boolean open = false;
        blanks();
        while (peek() != '}') {
            if (peek() == '@') {
                at++;
                String name = word();
                Members definition = definitions.get(name);
                if (definition == null) {
                    throw fault("a definition; there is none of '" + name + "'");
                }
                members.putAll(definition.members());
                open |= definition.open();
            } else if (text.startsWith("...", at)) {
                at += 3;
                open = true;
            } else {
                String name = peek() == '"' ? string() : memberName();
                blanks();
                expect(':');
                members.put(name, value());
            }
            blanks();
            if (peek() == ',') {
                at++;
                blanks();
            } else if (peek() != '}') {
                throw fault("',' or '}'");
            }
        }
        at++;
        return new Members(members, open);
    }

    private List<Expected> elements() {
        expect('[');
        List<Expected> elements = new ArrayList<>();
        blanks();
        while (peek() != ']') {
            elements.add(value());
            blanks();
            if (peek() == ',') {
                at++;
                blanks();
            } else if (peek() != ']') {
                throw fault("',' or ']'");
            }
        }
        at++;
        return elements;
    }

    private String memberName() {
        int start = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean inside = Character.isLetterOrDigit(c) || "_.-".indexOf(c) >= 0
                    || c == ':' && at + 1 < text.length() && Character.isLetter(text.charAt(at + 1));
            if (!inside) {
                break;
            }
            at++;
        }
        if (at == start) {
            throw fault("a member name");
        }
        return text.substring(start, at);
    }

    private String word() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || "_-.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        return text.substring(start, at);
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            if (c == '\\') {
                char escaped = text.charAt(at++);
                switch (escaped) {
                    case 'n' -> string.append('\n');
                    case 't' -> string.append('\t');
                    case 'r' -> string.append('\r');
                    case 'u' -> {
                        string.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                        at += 4;
                    }
                    default -> string.append(escaped);
                }
            } else {
                string.append(c);
            }
        }
        at++;
        return string.toString();
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw fault("more");
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw fault("'" + c + "'");
        }
        at++;
    }

    private IllegalArgumentException fault(String wanted) {
        String rest = text.substring(Math.min(at, text.length()));
        return new IllegalArgumentException("expected " + wanted + " before: " + rest.lines().findFirst().orElse("the end"));
    }
}
