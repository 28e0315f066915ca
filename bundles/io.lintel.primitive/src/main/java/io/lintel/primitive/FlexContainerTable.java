// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import io.lintel.primitive.FlexContainerDefinition.CustomAttribute;
import io.lintel.primitive.FlexContainerDefinition.Part;
import io.lintel.primitive.internal.DataTypes;
import io.lintel.primitive.internal.TableFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a text of flexContainer definitions, whose lines the head of {@code flex-containers.txt} explains. Used when the
 * first specialised flexContainer is met, and for each text that a bundle brings. A mistake in a text is reported with
 * its line, and nothing of that text is used.
 */
final class FlexContainerTable {
    private static final int MOST_DEFINITIONS = 2000;
    private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("boolean", "xs:boolean"),
            Map.entry("integer", "xs:integer"), Map.entry("nonNegative", "xs:nonNegativeInteger"),
            Map.entry("float", "xs:float"), Map.entry("string", "xs:string"), Map.entry("uri", "xs:anyURI"),
            Map.entry("timestamp", "m2m:timestamp"), Map.entry("date", "xs:token"), Map.entry("time", "xs:token"),
            Map.entry("any", "any"));

    private final ResourceType generic = ResourceTypes.ofNumber(ResourceTypes.FLEX_CONTAINER).orElseThrow();
    private final Map<String, FlexContainerDefinition> before;
    private final Map<String, String> enumerations = new LinkedHashMap<>();
    private final Map<String, FlexContainerDefinition> definitions = new LinkedHashMap<>();
    private String prefix = "";
    private String domain = "";
    private Open open;

    /** The definition that is being read. */
    private record Open(String memberName, String urn, String name, Map<String, CustomAttribute> attributes,
            Map<String, Part> parts) {
    }

    private FlexContainerTable(Map<String, FlexContainerDefinition> before) {
        this.before = before;
    }

    /**
     * The definitions of a text by their root elements.
     *
     * @param before definitions that {@code like} may refer to besides those of the text
     * @throws IllegalArgumentException with the number of the line and what is wrong with it
     */
    static Map<String, FlexContainerDefinition> read(String text, Map<String, FlexContainerDefinition> before) {
        FlexContainerTable table = new FlexContainerTable(before);
        TableFile.forEachLineOf(text, (words, number) -> {
            try {
                table.line(words);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
        });
        table.close();
        return table.definitions;
    }

    private void line(String[] words) {
        switch (words[0]) {
            case "enum" -> enumeration(words);
            case "domain" -> {
                close();
                require(words.length == 3, "domain needs a prefix and a URN");
                prefix = words[1];
                domain = words[2];
            }
            case "module" -> begin(words, "moduleclass");
            case "device" -> begin(words, "device");
            case "action" -> begin(words, "action");
            case "definition" -> {
                require(words.length == 4, "definition needs a name, an element and a URN");
                begin(words[2], words[3], words[1]);
            }
            default -> inside(words);
        }
    }

    private void begin(String[] words, String kind) {
        require(words.length == 3, words[0] + " needs a name and a short name");
        require(!prefix.isEmpty(), "there is no domain line before this " + words[0]);
        begin(prefix + ":" + words[2], domain + "." + kind + "." + words[1], words[1]);
    }

    private void begin(String memberName, String urn, String name) {
        close();
        require(definitions.size() < MOST_DEFINITIONS, "there are more than " + MOST_DEFINITIONS + " definitions");
        int colon = memberName.indexOf(':');
        require(colon > 0 && Identifiers.isElement(memberName.substring(0, colon))
                && Identifiers.isElement(memberName.substring(colon + 1)), "an element is prefix:name, but this is "
                    + memberName);
        require(!definitions.containsKey(memberName), memberName + " is defined twice");
        open = new Open(memberName, urn, name, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    private void inside(String[] words) {
        require(open != null, "'" + words[0] + "' belongs below a module, device, action or definition");
        switch (words[0]) {
            case "like" -> {
                require(words.length == 2, "like needs one element");
                FlexContainerDefinition other = Optional.ofNullable(definitions.get(words[1]))
                        .orElseGet(() -> before.get(words[1]));
                require(other != null, "there is no definition of " + words[1] + " before this line");
                other.attributes().forEach(attribute -> open.attributes().put(attribute.shortName(), attribute));
            }
            case "-" -> rest(words).forEach(name -> require(open.attributes().remove(name) != null,
                    "there is no attribute " + name + " to be left out"));
            case ">" -> rest(words).forEach(word -> {
                boolean mandatory = word.endsWith("!");
                String memberName = mandatory ? word.substring(0, word.length() - 1) : word;
                open.parts().put(memberName, new Part(memberName, mandatory));
            });
            default -> attribute(words);
        }
    }

    private static List<String> rest(String[] words) {
        return Arrays.asList(words).subList(1, words.length);
    }

    private void enumeration(String[] words) {
        require(words.length > 2, "enum needs a name and values");
        List<String> values = new ArrayList<>();
        boolean numbers = true;
        for (String word : rest(words).subList(1, words.length - 1)) {
            int equals = word.indexOf('=');
            String value = equals < 0 ? word : word.substring(0, equals);
            values.add(value);
            numbers &= value.chars().allMatch(c -> c >= '0' && c <= '9') && value.length() < 10;
        }
        enumerations.put(words[1], (numbers ? "xs:integer " : "xs:token ") + String.join(" ", values));
    }

    private void attribute(String[] words) {
        require(words.length >= 4, "an attribute needs a short name, a name, a type and M, A or O");
        require(Identifiers.isElement(words[0]), "no name of an attribute: " + words[0]);
        require(!generic.hasAttribute(words[0]) && !words[0].equals("ch"),
                words[0] + " is an attribute that every flexContainer has");
        require(List.of("M", "A", "O").contains(words[3]), "M, A or O is expected, not " + words[3]);
        boolean list = words[2].endsWith("[]");
        String type = type(list ? words[2].substring(0, words[2].length() - 2) : words[2]);
        Optional<String> unit = words.length == 4 ? Optional.empty()
                : Optional.of(String.join(" ", Arrays.asList(words).subList(4, words.length)));
        open.attributes().put(words[0], new CustomAttribute(words[0], words[1], type, list, words[3].equals("M"),
                words[3].equals("A"), unit));
    }

    private String type(String word) {
        if (word.startsWith("enum:")) {
            String enumeration = enumerations.get(word.substring(5));
            require(enumeration != null, "there is no enumeration " + word.substring(5));
            return enumeration;
        }
        String type = TYPES.getOrDefault(word, word);
        require(DataTypes.isKnown(type), "there is no type " + word);
        return type.intern();
    }

    private void close() {
        if (open != null) {
            definitions.put(open.memberName(), new FlexContainerDefinition(open.memberName(), open.urn(), open.name(),
                    List.copyOf(open.attributes().values()), List.copyOf(open.parts().values())));
            open = null;
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
