// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.internal.DataType;
import io.lintel.primitive.internal.DataTypes;
import io.lintel.primitive.internal.Member;
import java.util.ArrayList;
import java.util.List;

/** The forms of content that differ between editions and peers, each brought into the one that Lintel uses. */
final class ContentForms {
    private ContentForms() {
    }

    /**
     * A content element: a list of identifiers as one text with blanks (Release 1 JSON), {@code sgn} without prefix in
     * an aggregated notification, and a resource without prefix in {@code m2m:rce} become as the newest edition has them.
     */
    static Object normalised(String name, Object value) {
        return switch (name) {
            case "m2m:uril", "m2m:atrl" -> value instanceof String text ? words(text) : value;
            case "m2m:agn" -> value instanceof Attributes agn ? prefixed(agn, "sgn") : value;
            case "m2m:agr" -> value instanceof Attributes agr ? prefixed(agr, "rsp") : value;
            case "m2m:rce" -> value instanceof Attributes rce ? withPrefixedResource(rce) : value;
            case "m2m:filterCriteria", "m2m:responseTypeInfo" -> normalised(name, (Attributes) value);
            default -> value;
        };
    }

    /** An object of a complex type: single values become lists where the table says list, texts become numbers. */
    static Attributes normalised(String typeName, Attributes object) {
        DataType type = DataTypes.of(typeName);
        Attributes.Builder result = Attributes.builder();
        object.forEach((name, value) -> result.set(name, type.member(name).map(m -> normalised(m, value)).orElse(value)));
        return result.build();
    }

    private static Object normalised(Member member, Object value) {
        if (value == Attributes.NULL) {
            return value;
        }
        if (!member.isList()) {
            return element(member.type(), value);
        }
        List<?> elements = value instanceof List<?> list ? list
                : value instanceof String text && !member.type().mayHoldBlanks() ? words(text) : List.of(value);
        List<Object> result = new ArrayList<>(elements.size());
        elements.forEach(element -> result.add(element(member.type(), element)));
        return result;
    }

    private static Object element(DataType type, Object value) {
        if (type.shape() == DataType.Shape.INTEGER && value instanceof String text) {
            return Numbers.parse(text.trim()) instanceof Long number ? number : value;
        }
        return value;
    }

    private static Attributes prefixed(Attributes object, String name) {
        return renamed(object, name, "m2m:" + name);
    }

    private static Attributes withPrefixedResource(Attributes rce) {
        for (String name : rce.names()) {
            if (name.indexOf(':') < 0 && ResourceTypes.ofMember("m2m:" + name).isPresent()) {
                return renamed(rce, name, "m2m:" + name);
            }
        }
        return rce;
    }

    private static Attributes renamed(Attributes object, String from, String to) {
        if (!object.has(from) || object.has(to)) {
            return object;
        }
        Attributes.Builder result = Attributes.builder();
        object.forEach((name, value) -> result.set(name.equals(from) ? to : name, value));
        return result.build();
    }

    /** The words of a text between blanks. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean blank = i == text.length() || " \t\r\n".indexOf(text.charAt(i)) >= 0;
            if (blank && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            } else if (!blank && start < 0) {
                start = i;
            }
        }
        return words;
    }
}
