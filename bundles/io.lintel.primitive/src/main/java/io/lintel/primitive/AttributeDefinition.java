// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

/**
 * One attribute of a resource type, as the table has it.
 *
 * @param name      long name, such as {@code maxNrOfInstances}
 * @param shortName such as {@code mni}
 * @param type      the data type's name, such as {@code xs:nonNegativeInteger} or {@code m2m:acpType} (one
 *                  element's type if {@code list})
 * @param list      whether the value is a list
 * @param create    whether a CREATE request must, may or must not contain it
 * @param update    whether an UPDATE request must, may or must not contain it
 * @param announced whether announced variants carry it
 * @param mandatory whether a stored resource always has it (multiplicity 1): then it can't be deleted by an UPDATE
 * @param since     the release that brought it
 */
public record AttributeDefinition(String name, String shortName, String type, boolean list, Presence create, Presence update,
        Announcement announced, boolean mandatory, String since) {

    /** Presence of an attribute in a request. */
    public enum Presence {
        MANDATORY, OPTIONAL, NOT_PERMITTED
    }

    /** Presence of an attribute in the announced variant of a resource. */
    public enum Announcement {
        MANDATORY, OPTIONAL, NOT_ANNOUNCED
    }
}
