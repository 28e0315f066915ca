// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.internal;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** One data type of {@code data-types.txt}: what a value must be, and for the XML codec how its text is to be read. */
public final class DataType {

    /** What a value is made of. */
    public enum Shape {
        TEXT, INTEGER, NUMBER, BOOLEAN, SIMPLE, ANY, OBJECT
    }

    private final String name;
    private final Shape shape;
    private final TextForm form;
    private final long[] ranges;
    private final List<String> words;
    private final boolean open;
    private final Supplier<Map<String, Member>> members;
    private final Optional<DataType> alternative;

    private DataType(String name, Shape shape, TextForm form, long[] ranges, List<String> words, boolean open,
            Supplier<Map<String, Member>> members, Optional<DataType> alternative) {
        this.name = name;
        this.shape = shape;
        this.form = form;
        this.ranges = ranges;
        this.words = words;
        this.open = open;
        this.members = members;
        this.alternative = alternative;
    }

    static DataType simple(String name, Shape shape, TextForm form, long[] ranges) {
        return new DataType(name, shape, form, ranges, List.of(), false, Map::of, Optional.empty());
    }

    /** A text that must be one of a few words. */
    static DataType enumeration(String name, List<String> words) {
        return new DataType(name, Shape.TEXT, TextForm.NAME, new long[0], words, false, Map::of, Optional.empty());
    }

    static DataType complex(String name, boolean open, Supplier<Map<String, Member>> members, Optional<DataType> alternative) {
        return new DataType(name, Shape.OBJECT, TextForm.TEXT, new long[0], List.of(), open, members, alternative);
    }

    public String name() {
        return name;
    }

    public Shape shape() {
        return shape;
    }

    /** The members of a complex type, in the order of the schema. */
    public Collection<Member> members() {
        return members.get().values();
    }

    public Optional<Member> member(String memberName) {
        return Optional.ofNullable(members.get().get(memberName));
    }

    /** The simple type that a complex value may be instead: a bare number for an operationMonitor, for instance. */
    public Optional<DataType> alternative() {
        return alternative;
    }

    /** Whether a value written as text may hold blanks. */
    public boolean mayHoldBlanks() {
        return shape == Shape.TEXT ? form.mayHoldBlanks() : shape == Shape.SIMPLE || shape == Shape.ANY;
    }

    /**
     * Checks a member's value.
     *
     * @param where the path to it, for the refusal
     * @throws PrimitiveException 4000
     */
    public static void check(Member member, String where, Object value) {
        if (!member.isList()) {
            member.type().check(where, value);
            return;
        }
        if (!(value instanceof List<?> list)) {
            throw refusal(where, "a list, each element " + member.type().expected(), value);
        }
        for (int i = 0; i < list.size(); i++) {
            member.type().check(where + "[" + i + "]", list.get(i));
        }
    }

    private void check(String where, Object value) {
        boolean fits = switch (shape) {
            case TEXT -> value instanceof String text && form.matches(text) && (words.isEmpty() || words.contains(text))
                    || value instanceof Long && form.acceptsInteger();
            case INTEGER -> value instanceof Long number && inRange(number);
            case NUMBER -> value instanceof Number;
            case BOOLEAN -> value instanceof Boolean;
            case SIMPLE, ANY -> value != Attributes.NULL;
            case OBJECT -> value instanceof Attributes;
        };
        if (!fits && alternative.isPresent()) {
            alternative.get().check(where, value);
        } else if (!fits && !(shape == Shape.OBJECT && open && value != Attributes.NULL)) {
            throw refusal(where, expected(), value);
        } else if (shape == Shape.OBJECT && !open) {
            checkMembers(where, (Attributes) value);
        }
    }

    private void checkMembers(String where, Attributes object) {
        Map<String, Member> known = members.get();
        object.forEach((memberName, value) -> {
            Member member = known.get(memberName);
            if (member == null) {
                throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST,
                        where + " has no member '" + memberName + "'; it has " + String.join(", ", known.keySet()));
            }
            check(member, where + "." + memberName, value);
        });
        for (Member member : known.values()) {
            if (member.mandatory() && (!object.has(member.name()) || member.isList() && object.list(member.name()).isEmpty())) {
                throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, where + " lacks its member '" + member.name() + "', "
                        + (member.isList() ? "a list of at least one, each " : "") + member.type().expected());
            }
        }
    }

    private boolean inRange(long number) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (number >= ranges[i] && number <= ranges[i + 1]) {
                return true;
            }
        }
        return ranges.length == 0;
    }

    /** What a value of this type is, in words. */
    public String expected() {
        return switch (shape) {
            case TEXT -> words.isEmpty() ? form.expected() : "one of " + String.join(", ", words);
            case INTEGER -> "a whole number" + rangesInWords();
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case SIMPLE, ANY -> "a value";
            case OBJECT -> "an object" + alternative.map(a -> " or " + a.expected()).orElse("");
        };
    }

    private String rangesInWords() {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < ranges.length; i += 2) {
            words.append(i == 0 ? " " : " or ");
            if (ranges[i + 1] == Long.MAX_VALUE) {
                words.append("of at least ").append(ranges[i]);
            } else if (ranges[i] == ranges[i + 1]) {
                words.append(ranges[i]);
            } else {
                words.append("from ").append(ranges[i]).append(" to ").append(ranges[i + 1]);
            }
        }
        return words.toString();
    }

    private static PrimitiveException refusal(String where, String expected, Object value) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST,
                where + " must be " + expected + ", but is " + shown(value));
    }

    /** The value as a person recognises it, cut to a length that fits into a sentence. */
    static String shown(Object value) {
        String text = value instanceof String s ? '"' + s + '"' : String.valueOf(value);
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
