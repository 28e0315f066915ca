// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

/**
 * Holds the attributes of a CREATE or UPDATE request against the table (TS-0004 7.2.3.3, steps on attributes).
 * Called on the CSE's writer before a type's own rules.
 */
public final class AttributeRules {
    private AttributeRules() {
    }

    /**
     * @throws PrimitiveException 4000 naming the attribute: unknown, missing, not permitted, or of a bad value
     */
    public static void checkCreate(ResourceType type, Attributes attributes) {
        throw new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED, "the table is not there yet");
    }

    /**
     * {@link Attributes#NULL} deletes an optional attribute.
     *
     * @throws PrimitiveException 4000 naming the attribute: unknown, not permitted, of a bad value, or mandatory and to be deleted
     */
    public static void checkUpdate(ResourceType type, Attributes attributes) {
        throw new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED, "the table is not there yet");
    }
}
