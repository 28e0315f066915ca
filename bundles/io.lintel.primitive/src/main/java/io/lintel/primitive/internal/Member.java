// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.internal;

import io.lintel.primitive.AttributeDefinition;

/**
 * A place for a value: an attribute of a resource, or a member of a complex type. It is all that validation and the
 * XML codec have to know about that value.
 *
 * @param name      short name, as written
 * @param type      the type of the value, or of one element of a list
 * @param kind      one value, or which kind of list
 * @param mandatory whether it must be there: one value, or at least one element
 * @param place     where XML has it
 */
public record Member(String name, DataType type, Kind kind, boolean mandatory, Place place) {

    /** How often the value occurs, and how XML writes that. */
    public enum Kind {
        /** One value. */
        SINGLE,
        /** {@code xs:list}: one element with the values between blanks. */
        SPACED_LIST,
        /** {@code maxOccurs > 1}: one element for each value. */
        REPEATED
    }

    /** Where XML has the value. */
    public enum Place {
        ELEMENT, XML_ATTRIBUTE, TEXT
    }

    /** The member that stands for a resource's attribute. */
    public static Member of(AttributeDefinition attribute) {
        DataType type = DataTypes.of(attribute.type());
        boolean simple = type.shape() != DataType.Shape.OBJECT && type.shape() != DataType.Shape.ANY;
        Kind kind = !attribute.list() ? Kind.SINGLE : simple ? Kind.SPACED_LIST : Kind.REPEATED;
        return new Member(attribute.shortName(), type, kind, attribute.mandatory(), Place.ELEMENT);
    }

    /** Something the tables do not know. */
    public static Member unknown(String name) {
        return new Member(name, DataTypes.UNKNOWN, Kind.SINGLE, false, Place.ELEMENT);
    }

    public boolean isList() {
        return kind != Kind.SINGLE;
    }
}
