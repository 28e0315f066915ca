// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.List;
import java.util.Optional;

/**
 * One definition of a specialised {@code flexContainer} (TS-0001 9.6.35, TS-0023): what {@code containerDefinition} names.
 * Immutable; {@link FlexContainerTypes} has those that are in force.
 *
 * @param memberName the root element of its representation, such as {@code cod:binSh}
 * @param urn        the value of {@code cnd}, such as {@code org.onem2m.common.moduleclass.binarySwitch}
 * @param name       long name, such as {@code binarySwitch}
 * @param attributes its own attributes, in the order in which XML writes them
 * @param parts      the modules and actions that belong below it, as far as the definition names them
 */
public record FlexContainerDefinition(String memberName, String urn, String name, List<CustomAttribute> attributes,
        List<Part> parts) {
    public FlexContainerDefinition {
        attributes = List.copyOf(attributes);
        parts = List.copyOf(parts);
    }

    /**
     * An attribute of its own.
     *
     * @param shortName such as {@code curT0}
     * @param name      such as {@code currentTemperature}
     * @param type      data type of the value, or of one element of the list; an enumeration's type lists its values
     * @param list      whether the value is a list
     * @param mandatory whether a CREATE must contain it and an UPDATE must not delete it
     * @param alternative whether that is so of one at least among all that say this
     * @param unit      the unit of measurement, as a text for people
     */
    public record CustomAttribute(String shortName, String name, String type, boolean list, boolean mandatory,
            boolean alternative, Optional<String> unit) {
    }

    /**
     * A module or action below it. Nobody can create a device and its modules in one request, so {@code mandatory} is
     * for those who describe or compare devices, and no condition of a CREATE.
     *
     * @param memberName its root element
     * @param mandatory  whether every device of this model has it
     */
    public record Part(String memberName, boolean mandatory) {
    }

    /** The attributes of which one at least has to be there: releases call the same thing differently. May be empty. */
    public List<String> alternatives() {
        return attributes.stream().filter(CustomAttribute::alternative).map(CustomAttribute::shortName).toList();
    }

    public Optional<CustomAttribute> attribute(String shortName) {
        return attributes.stream().filter(attribute -> attribute.shortName().equals(shortName)).findFirst();
    }
}
