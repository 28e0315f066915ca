// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import io.lintel.primitive.AttributeDefinition.Announcement;
import io.lintel.primitive.AttributeDefinition.Presence;
import io.lintel.primitive.FlexContainerDefinition.CustomAttribute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The definitions of specialised flexContainers that are in force, each as a resource type of its own: those of
 * {@code flex-containers.txt}, read when the first is asked for, and those that bundles contribute while they are there.
 * Validation and the codecs of every binding ask here, hence one place for all of them. Any thread; a change becomes
 * visible at once and as a whole.
 */
public final class FlexContainerTypes {
    private static final String ANNOUNCED_SUFFIX = "Annc";

    private static volatile Snapshot snapshot;

    private FlexContainerTypes() {
    }

    /** All of one moment. */
    private record Snapshot(Map<String, FlexContainerDefinition> byMember, Map<String, FlexContainerDefinition> byUrn,
            Map<String, ResourceType> types) {
    }

    /** The type whose representations have this root element, announced variants included. */
    static Optional<ResourceType> ofMember(String memberName) {
        return memberName.indexOf(':') < 0 ? Optional.empty() : Optional.ofNullable(current().types().get(memberName));
    }

    /** The definition whose representations have this root element, such as {@code cod:binSh}. */
    public static Optional<FlexContainerDefinition> definition(String memberName) {
        return Optional.ofNullable(current().byMember().get(memberName));
    }

    /** The definition that a {@code cnd} names; of several with different elements, the first. */
    public static Optional<FlexContainerDefinition> ofUrn(String urn) {
        return Optional.ofNullable(current().byUrn().get(urn));
    }

    /**
     * The type of a resource whose definition is not in force any more: it can be read, and what is its own is not known.
     */
    public static ResourceType undefined(String memberName) {
        boolean announced = memberName.endsWith(ANNOUNCED_SUFFIX);
        ResourceType generic = ResourceTypes.ofNumber(ResourceTypes.FLEX_CONTAINER
                + (announced ? ResourceTypes.ANNOUNCED_OFFSET : 0)).orElseThrow();
        return generic.specialised(generic.name(), memberName, List.copyOf(generic.attributes()));
    }

    public static Collection<FlexContainerDefinition> all() {
        return current().byMember().values();
    }

    /** The root element of the announced variant of a flexContainer with this root element. */
    public static String announced(String memberName) {
        return memberName + ANNOUNCED_SUFFIX;
    }

    /**
     * Puts these texts in the place of all that were contributed before; later ones may refer to earlier ones. What is
     * defined already is not defined again. For the CSE, which knows the bundles that contribute.
     *
     * @param texts by the name of who contributes them, in order
     * @return what had to be left out, in sentences for the log
     */
    public static synchronized List<String> contribute(Map<String, String> texts) {
        Map<String, FlexContainerDefinition> all = new LinkedHashMap<>(BuiltIn.DEFINITIONS);
        List<String> problems = new ArrayList<>();
        texts.forEach((contributor, text) -> {
            try {
                FlexContainerTable.read(text, all).values().forEach(definition -> {
                    FlexContainerDefinition taken = all.putIfAbsent(definition.memberName(), definition);
                    if (taken != null && !taken.equals(definition)) {
                        problems.add(contributor + ": " + definition.memberName() + " is defined already, as " + taken.urn());
                    }
                });
            } catch (IllegalArgumentException e) {
                problems.add(contributor + ": " + e.getMessage());
            }
        });
        snapshot = snapshot(all);
        return problems;
    }

    private static Snapshot current() {
        Snapshot now = snapshot;
        return now != null ? now : first();
    }

    private static synchronized Snapshot first() {
        if (snapshot == null) {
            snapshot = snapshot(BuiltIn.DEFINITIONS);
        }
        return snapshot;
    }

    private static Snapshot snapshot(Map<String, FlexContainerDefinition> definitions) {
        Map<String, FlexContainerDefinition> byUrn = new HashMap<>();
        Map<String, ResourceType> types = new HashMap<>();
        for (FlexContainerDefinition definition : definitions.values()) {
            byUrn.putIfAbsent(definition.urn(), definition);
            put(types, ResourceTypes.FLEX_CONTAINER, definition, definition.name(), definition.memberName());
            put(types, ResourceTypes.FLEX_CONTAINER + ResourceTypes.ANNOUNCED_OFFSET, definition,
                    definition.name() + ANNOUNCED_SUFFIX, announced(definition.memberName()));
        }
        return new Snapshot(Collections.unmodifiableMap(definitions), byUrn, types);
    }

    private static void put(Map<String, ResourceType> types, int number, FlexContainerDefinition definition, String name,
            String memberName) {
        ResourceType generic = ResourceTypes.ofNumber(number).orElseThrow();
        List<AttributeDefinition> attributes = new ArrayList<>();
        for (AttributeDefinition attribute : generic.attributes()) {
            if (attribute.shortName().equals(AttributeRules.CUSTOM)) {
                definition.attributes().forEach(custom -> attributes.add(definition(custom, attribute,
                        number > ResourceTypes.ANNOUNCED_OFFSET)));
            } else {
                attributes.add(attribute);
            }
        }
        types.put(memberName, generic.specialised(name, memberName, attributes));
    }

    private static AttributeDefinition definition(CustomAttribute custom, AttributeDefinition generic, boolean announced) {
        boolean mandatory = custom.mandatory() && !announced;
        return new AttributeDefinition(custom.name(), custom.shortName(), custom.type(), custom.list(),
                mandatory ? Presence.MANDATORY : Presence.OPTIONAL, Presence.OPTIONAL,
                announced ? Announcement.NOT_ANNOUNCED : Announcement.OPTIONAL, mandatory, generic.since());
    }

    /** What Lintel brings itself; read on first use. */
    private static final class BuiltIn {
        private static final Map<String, FlexContainerDefinition> DEFINITIONS = read();

        private static Map<String, FlexContainerDefinition> read() {
            try (InputStream in = FlexContainerTypes.class.getResourceAsStream("flex-containers.txt")) {
                return FlexContainerTable.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException("flex-containers.txt", e);
            }
        }
    }
}
