// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import io.lintel.primitive.AttributeDefinition.Announcement;
import io.lintel.primitive.AttributeDefinition.Presence;
import io.lintel.primitive.internal.TableFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code resource-types.txt}, whose head explains its lines, when {@link ResourceTypes} is first used. Announced
 * variants (TS-0001 9.6.26) are not in the file: they follow from their originals by rule. Plain loops instead of
 * streams: this runs while the gateway starts, and every lambda would cost more than the loop it replaces.
 */
final class ResourceTypeTable {
    private static final String ANNOUNCED_SUFFIX = "Annc";

    private final Map<String, Map<String, AttributeDefinition>> blocks = new HashMap<>();
    private final List<ResourceType> originals = new ArrayList<>();
    private final List<ResourceType> announced = new ArrayList<>();
    private Map<String, AttributeDefinition> attributes = new LinkedHashMap<>();
    private Section section;

    private ResourceTypeTable() {
    }

    /** All types, originals first, in the order of the file. */
    static List<ResourceType> read() {
        ResourceTypeTable table = new ResourceTypeTable();
        TableFile.forEachLine("resource-types.txt", table::line);
        table.closeSection();
        List<ResourceType> all = new ArrayList<>(table.originals);
        all.addAll(table.announced);
        return Collections.unmodifiableList(all);
    }

    private void line(String[] words) {
        switch (words[0]) {
            case ":" -> {
                closeSection();
                blocks.put(words[1], attributes);
            }
            case "=" -> {
                closeSection();
                section = new Section(words);
            }
            case ">" -> section.children.addAll(rest(words));
            case "~" -> section.virtualChildren.addAll(rest(words));
            case "^" -> section.announcedSince = Optional.of(words[1]);
            case "^>" -> section.announcedChildren.addAll(rest(words));
            case "+" -> {
                for (String block : rest(words)) {
                    for (AttributeDefinition attribute : blocks.get(block).values()) {
                        add(attribute);
                    }
                }
            }
            default -> add(attribute(words));
        }
    }

    private static List<String> rest(String[] words) {
        return Arrays.asList(words).subList(1, words.length);
    }

    private AttributeDefinition attribute(String[] words) {
        boolean list = words[2].endsWith("[]");
        String type = (list ? words[2].substring(0, words[2].length() - 2) : words[2]).intern();
        String flags = words[3];
        String since = words.length > 4 ? words[4].intern() : "R1";
        return new AttributeDefinition(words[1], words[0], type, list, presence(flags.charAt(0)), presence(flags.charAt(1)),
                announcement(flags.charAt(2)), flags.charAt(3) == '1', since);
    }

    private void add(AttributeDefinition a) {
        AttributeDefinition dated = section == null ? a : since(a, later(a.since(), section.since));
        attributes.put(a.shortName(), dated);
    }

    private void closeSection() {
        if (section != null) {
            section.close();
            section = null;
        }
        attributes = new LinkedHashMap<>();
    }

    private static Presence presence(char c) {
        return c == 'M' ? Presence.MANDATORY : c == 'O' ? Presence.OPTIONAL : Presence.NOT_PERMITTED;
    }

    private static Announcement announcement(char c) {
        return c == 'M' ? Announcement.MANDATORY : c == 'O' ? Announcement.OPTIONAL : Announcement.NOT_ANNOUNCED;
    }

    private static AttributeDefinition since(AttributeDefinition a, String since) {
        return since.equals(a.since()) ? a : new AttributeDefinition(a.name(), a.shortName(), a.type(), a.list(), a.create(),
                a.update(), a.announced(), a.mandatory(), since);
    }

    /** "R1" < "R2" < "R2A" < "R3": the releases sort as texts. */
    private static String later(String a, String b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** The type that is being read. */
    private final class Section {
        private final int number;
        private final String name;
        private final String shortName;
        private final String since;
        private final boolean creatable;
        private final boolean updatable;
        private final Optional<Integer> mgmtDefinition;
        private final Set<String> children = new LinkedHashSet<>();
        private final Set<String> virtualChildren = new LinkedHashSet<>();
        private final Set<String> announcedChildren = new LinkedHashSet<>();
        private Optional<String> announcedSince = Optional.empty();

        private Section(String[] words) {
            number = Integer.parseInt(words[1]);
            name = words[2];
            shortName = words[3];
            since = words[4].intern();
            creatable = words[5].contains("C");
            updatable = words[5].contains("U");
            mgmtDefinition = words.length > 6 ? Optional.of(Integer.valueOf(words[6])) : Optional.empty();
        }

        private void close() {
            String memberName = "m2m:".concat(shortName);
            originals.add(new ResourceType(number, name, memberName, since, creatable, updatable, mgmtDefinition, children,
                    virtualChildren, new ArrayList<>(attributes.values())));
            if (announcedSince.isPresent()) {
                String when = announcedSince.get();
                announced.add(new ResourceType(number + ResourceTypes.ANNOUNCED_OFFSET, name.concat(ANNOUNCED_SUFFIX),
                        memberName.concat("A"), when, true, true, mgmtDefinition, announcedChildren, Set.of(),
                        announcedAttributes(when)));
            }
        }

        private List<AttributeDefinition> announcedAttributes(String when) {
            Map<String, AttributeDefinition> result = new LinkedHashMap<>();
            for (AttributeDefinition a : blocks.get("announced").values()) {
                boolean authorisation = a.shortName().equals("acpi") || a.shortName().equals("daci");
                if (!authorisation || attributes.containsKey("acpi")) {
                    result.put(a.shortName(), since(a, later(a.since(), when)));
                }
            }
            for (AttributeDefinition a : attributes.values()) {
                if (a.announced() != Announcement.NOT_ANNOUNCED) {
                    result.putIfAbsent(a.shortName(), announcedForm(a, when));
                }
            }
            return List.copyOf(result.values());
        }

        /** Only the original's host writes it, so all may be written; what is always there is always announced. */
        private AttributeDefinition announcedForm(AttributeDefinition a, String when) {
            boolean always = a.announced() == Announcement.MANDATORY && a.create() == Presence.MANDATORY;
            Presence create = always ? Presence.MANDATORY : Presence.OPTIONAL;
            return new AttributeDefinition(a.name(), a.shortName(), a.type(), a.list(), create, Presence.OPTIONAL,
                    Announcement.NOT_ANNOUNCED, always, later(a.since(), when));
        }
    }
}
