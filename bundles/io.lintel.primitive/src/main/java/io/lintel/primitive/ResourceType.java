// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One row of the table of resource types (TS-0001 9.6, TS-0004 7.4), or one specialisation of a {@code mgmtObj}.
 * It drives validation and all serialisations; what is special about a type beyond the table lives in the CSE.
 */
public final class ResourceType {
    private final int number;
    private final String name;
    private final String memberName;
    private final String since;
    private final boolean creatable;
    private final boolean updatable;
    private final Optional<Integer> mgmtDefinition;
    private final Set<String> children;
    private final Set<String> virtualChildren;
    private final Map<String, AttributeDefinition> attributes;

    ResourceType(int number, String name, String memberName, String since, boolean creatable, boolean updatable,
            Optional<Integer> mgmtDefinition, Set<String> children, Set<String> virtualChildren,
            List<AttributeDefinition> attributes) {
        this.number = number;
        this.name = name;
        this.memberName = memberName;
        this.since = since;
        this.creatable = creatable;
        this.updatable = updatable;
        this.mgmtDefinition = mgmtDefinition;
        this.children = Set.copyOf(children);
        this.virtualChildren = Set.copyOf(virtualChildren);
        Map<String, AttributeDefinition> byShortName = new LinkedHashMap<>();
        for (AttributeDefinition attribute : attributes) {
            byShortName.put(attribute.shortName(), attribute);
        }
        this.attributes = java.util.Collections.unmodifiableMap(byShortName);
    }

    /** The number in {@code ty}; all specialisations of {@code mgmtObj} share 13. */
    public int number() {
        return number;
    }

    /** The long name, such as {@code contentInstance}. */
    public String name() {
        return name;
    }

    /** The root element of its representation, such as {@code m2m:cin}. */
    public String memberName() {
        return memberName;
    }

    /** The release that brought it: {@code R1}, {@code R2}, … */
    public String since() {
        return since;
    }

    /** Whether a CREATE request may make one. */
    public boolean creatable() {
        return creatable;
    }

    /** Whether an UPDATE request may change one. */
    public boolean updatable() {
        return updatable;
    }

    /** The {@code mgd} of a management object. */
    public Optional<Integer> mgmtDefinition() {
        return mgmtDefinition;
    }

    /** Whether a resource of the other type may be a direct child of one of this type. */
    public boolean allowsChild(ResourceType child) {
        return children.contains(child.generic());
    }

    /** The name under which tables list this type: all specialisations of a type go by the name of that type. */
    private String generic() {
        boolean flexContainer = number % ResourceTypes.ANNOUNCED_OFFSET == ResourceTypes.FLEX_CONTAINER;
        if (mgmtDefinition.isEmpty() && !flexContainer) {
            return name;
        }
        String original = flexContainer ? "flexContainer" : "mgmtObj";
        return number > ResourceTypes.ANNOUNCED_OFFSET ? original.concat("Annc") : original;
    }

    /** This type with another name and element, and with the attributes of a specialisation in the place of its own. */
    ResourceType specialised(String specialName, String specialMember, List<AttributeDefinition> specialAttributes) {
        return new ResourceType(number, specialName, specialMember, since, creatable, updatable, mgmtDefinition, children,
                virtualChildren, specialAttributes);
    }

    /** The names of the virtual children ({@code latest}, {@code oldest}, {@code fanOutPoint}, …). */
    public Set<String> virtualChildren() {
        return virtualChildren;
    }

    /** In the order they are written in XML. */
    public Collection<AttributeDefinition> attributes() {
        return attributes.values();
    }

    public Optional<AttributeDefinition> attribute(String shortName) {
        return Optional.ofNullable(attributes.get(shortName));
    }

    public boolean hasAttribute(String shortName) {
        return attributes.containsKey(shortName);
    }

    /** Whether its resources may have attributes that nobody knows here: a flexContainer whose definition is not in force. */
    public boolean isOpen() {
        return attributes.containsKey(AttributeRules.CUSTOM);
    }

    @Override
    public String toString() {
        return name + "(" + number + ")";
    }
}
