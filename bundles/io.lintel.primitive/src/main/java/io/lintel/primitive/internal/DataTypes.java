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

/** The table of data types: {@code data-types.txt}, whose head explains its lines, read when first used. */
public final class DataTypes {
    /** The type of what the tables do not name, such as a flexContainer's own attributes. */
    public static final DataType UNKNOWN = DataType.simple("unknown", Shape.ANY, TextForm.TEXT, new long[0]);

    private static final Map<String, DataType> TYPES = new Reader().read();

    private DataTypes() {
    }

    /**
     * The type of this name.
     *
     * @throws IllegalStateException if there is none: our tables disagree
     */
    public static DataType of(String name) {
        DataType type = TYPES.get(name);
        if (type == null) {
            throw new IllegalStateException("no data type " + name);
        }
        return type;
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
            long[] ranges = new long[(words.length - 3) * 2];
            for (int i = 3; i < words.length; i++) {
                int dots = words[i].indexOf("..");
                String from = dots < 0 ? words[i] : words[i].substring(0, dots);
                String to = dots < 0 ? words[i] : words[i].substring(dots + 2);
                ranges[i * 2 - 6] = Long.parseLong(from);
                ranges[i * 2 - 5] = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
            }
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
