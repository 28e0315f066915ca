// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.internal;

import io.lintel.primitive.internal.DataType.Shape;
import io.lintel.primitive.internal.Member.Kind;
import io.lintel.primitive.internal.Member.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The table of data types: {@code data-types.txt}, whose head explains its lines, read when first used. */
public final class DataTypes {
    /** The type of what the tables do not name, such as a flexContainer's own attributes. */
    public static final DataType UNKNOWN = DataType.simple("unknown", Shape.ANY, TextForm.TEXT, new long[0]);

    private static final Map<String, DataType> TYPES = new Reader().read();
    /** Enumerations of flexContainer definitions: as many as those in force, which are bounded. */
    private static final Map<String, DataType> ENUMERATIONS = new ConcurrentHashMap<>();
    private static final int MOST_ENUMERATIONS = 10_000;

    private DataTypes() {
    }

    /**
     * The type of this name.
     *
     * @throws IllegalStateException if there is none: our tables disagree
     */
    public static DataType of(String name) {
        DataType type = TYPES.get(name);
        if (type == null && name.indexOf(' ') > 0) {
            DataType known = ENUMERATIONS.get(name);
            return known != null ? known : enumeration(name);
        }
        if (type == null) {
            throw new IllegalStateException("no data type " + name);
        }
        return type;
    }

    /** Whether there is a type of this name. */
    public static boolean isKnown(String name) {
        return TYPES.containsKey(name);
    }

    /** {@code xs:integer 1 2 5..7} or {@code xs:token one two}: the type and, after it, all values it may have. */
    private static DataType enumeration(String name) {
        String[] parts = name.split(" ");
        List<String> values = List.of(parts).subList(1, parts.length);
        DataType type = parts[0].equals("xs:integer") ? DataType.simple(name, Shape.INTEGER, TextForm.TEXT, ranges(values))
                : DataType.enumeration(name, values);
        if (ENUMERATIONS.size() < MOST_ENUMERATIONS) {
            ENUMERATIONS.put(name, type);
        }
        return type;
    }

    /** Pairs of bounds from texts of the form {@code 1}, {@code 1..5} or {@code 1..}. */
    private static long[] ranges(List<String> texts) {
        long[] ranges = new long[texts.size() * 2];
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            int dots = text.indexOf("..");
            String to = dots < 0 ? text : text.substring(dots + 2);
            ranges[i * 2] = Long.parseLong(dots < 0 ? text : text.substring(0, dots));
            ranges[i * 2 + 1] = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
        }
        return ranges;
    }

    /** A content element that is no resource, such as {@code m2m:sgn}, by its name with prefix. */
    public static Optional<Member> element(String name) {
        return of("elements").member(name);
    }

    /** Members name their types, which may come later in the file: they are bound when a complex type is first used. */
    private static final class Reader {
        private final Map<String, DataType> types = new HashMap<>();
        private List<String[]> memberLines = new ArrayList<>();

        Map<String, DataType> read() {
            TableFile.forEachLine("data-types.txt", this::line);
            return Map.copyOf(types);
        }

        private void line(String[] words) {
            switch (words[0]) {
                case "-" -> simple(words);
                case "=" -> complex(words);
                default -> memberLines.add(words);
            }
        }

        private void simple(String[] words) {
            Shape shape = switch (words[2]) {
                case "integer" -> Shape.INTEGER;
                case "number" -> Shape.NUMBER;
                case "boolean" -> Shape.BOOLEAN;
                case "simple" -> Shape.SIMPLE;
                case "any" -> Shape.ANY;
                default -> Shape.TEXT;
            };
            long[] ranges = ranges(List.of(words).subList(3, words.length));
            TextForm form = shape == Shape.TEXT ? TextForm.valueOf(constantName(words[2])) : TextForm.TEXT;
            types.put(words[1], DataType.simple(words[1], shape, form, ranges));
        }

        private void complex(String[] words) {
            List<String[]> lines = new ArrayList<>();
            memberLines = lines;
            boolean open = words.length > 2 && words[2].equals("open");
            int or = List.of(words).indexOf("or");
            Optional<DataType> alternative = or < 0 ? Optional.empty() : Optional.of(types.get(words[or + 1]));
            types.put(words[1], DataType.complex(words[1], open, new Members(lines), alternative));
        }

        /** absRel is ABS_REL. */
        private static String constantName(String word) {
            StringBuilder name = new StringBuilder();
            for (char c : word.toCharArray()) {
                name.append(Character.isUpperCase(c) ? "_" : "").append(c);
            }
            return name.toString().toUpperCase(Locale.ROOT);
        }
    }

    /** Binds a complex type's members once they are asked for. */
    private static final class Members implements java.util.function.Supplier<Map<String, Member>> {
        private final List<String[]> lines;
        private volatile Map<String, Member> bound;

        private Members(List<String[]> lines) {
            this.lines = lines;
        }

        @Override
        public Map<String, Member> get() {
            Map<String, Member> members = bound;
            if (members == null) {
                members = new LinkedHashMap<>();
                for (String[] words : lines) {
                    members.put(words[0], member(words));
                }
                bound = members;
            }
            return members;
        }

        private static Member member(String[] words) {
            String card = words[2];
            Kind kind = card.startsWith("[") ? Kind.SPACED_LIST : card.startsWith("{") ? Kind.REPEATED : Kind.SINGLE;
            Place place = words.length < 4 ? Place.ELEMENT : words[3].equals("@") ? Place.XML_ATTRIBUTE : Place.TEXT;
            return new Member(words[0], of(words[1]), kind, card.contains("1"), place);
        }
    }
}
