// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import io.lintel.primitive.AttributeDefinition.Presence;
import io.lintel.primitive.internal.DataType;
import io.lintel.primitive.internal.Member;
import java.util.Optional;

/**
 * Holds the attributes of a CREATE or UPDATE request against the table (TS-0004 7.2.3.3, steps on attributes).
 * Called on the CSE's writer before a type's own rules. What depends on more than the attribute itself (whether
 * {@code et} is past, {@code acpi} alone in its UPDATE, a name that is taken) is the CSE's to check.
 */
public final class AttributeRules {
    static final String CUSTOM = "[custom]";

    private AttributeRules() {
    }

    /**
     * Checks the content of a CREATE. A {@code ty} that repeats the request's own is let pass, and {@code cr} must be
     * {@link Attributes#NULL}.
     *
     * @throws PrimitiveException 4000 naming the attribute: unknown, missing, not permitted, or of a bad value
     */
    public static void checkCreate(ResourceType type, Attributes attributes) {
        attributes.forEach((name, value) -> {
            if (name.equals("ty") && Long.valueOf(type.number()).equals(value)) {
                return;
            }
            Optional<AttributeDefinition> definition = definition(type, name);
            if (definition.filter(d -> d.create() == Presence.NOT_PERMITTED).isPresent()) {
                throw bad(type, definition.get(), "is assigned by the CSE and must not be in a CREATE");
            }
            if (name.equals("cr")) {
                if (value != Attributes.NULL) {
                    throw bad(type, definition.orElseThrow(), "must be null in a CREATE: the CSE fills in the creator");
                }
                return;
            }
            if (value == Attributes.NULL) {
                throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST,
                        "attribute '" + name + "' of " + type.name() + " must not be null in a CREATE");
            }
            definition.ifPresent(d -> checkValue(type, d, value));
        });
        for (AttributeDefinition definition : type.attributes()) {
            if (definition.create() == Presence.MANDATORY && !attributes.has(definition.shortName())) {
                throw bad(type, definition, "is missing; a CREATE needs it");
            }
        }
        checkMgmtDefinition(type, attributes);
    }

    /**
     * Checks the content of an UPDATE. {@link Attributes#NULL} deletes an optional attribute.
     *
     * @throws PrimitiveException 4000 naming the attribute: unknown, not permitted, of a bad value, or mandatory and to
     *         be deleted
     */
    public static void checkUpdate(ResourceType type, Attributes attributes) {
        attributes.forEach((name, value) -> {
            Optional<AttributeDefinition> definition = definition(type, name);
            if (definition.filter(d -> d.update() == Presence.NOT_PERMITTED).isPresent()) {
                throw bad(type, definition.get(), "must not be in an UPDATE");
            }
            if (value != Attributes.NULL) {
                definition.ifPresent(d -> checkValue(type, d, value));
            } else if (definition.filter(AttributeDefinition::mandatory).isPresent()) {
                throw bad(type, definition.get(), "is mandatory and cannot be deleted");
            }
        });
        for (AttributeDefinition definition : type.attributes()) {
            if (definition.update() == Presence.MANDATORY && !attributes.has(definition.shortName())) {
                throw bad(type, definition, "is missing; an UPDATE needs it");
            }
        }
        checkMgmtDefinition(type, attributes);
    }

    /** Empty for an attribute of a specialisation that the generic type knows nothing of. */
    private static Optional<AttributeDefinition> definition(ResourceType type, String name) {
        Optional<AttributeDefinition> definition = type.attribute(name).filter(d -> !name.equals(CUSTOM));
        if (definition.isEmpty() && !(type.hasAttribute(CUSTOM) && Identifiers.isElement(name))) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, type.name() + " has no attribute '" + name + "'");
        }
        return definition;
    }

    private static void checkValue(ResourceType type, AttributeDefinition definition, Object value) {
        try {
            DataType.check(Member.of(definition), "'" + definition.shortName() + "'", value);
        } catch (PrimitiveException e) {
            throw new PrimitiveException(e.status(),
                    "attribute " + e.getMessage() + " (" + definition.name() + " of " + type.name() + ")");
        }
    }

    /** A management object's {@code mgd} must fit its root member (procedures of {@code mgmtObj}, TS-0001 9.6.15). */
    private static void checkMgmtDefinition(ResourceType type, Attributes attributes) {
        type.mgmtDefinition().filter(expected -> attributes.has("mgd"))
                .filter(expected -> !attributes.number("mgd").equals(Optional.of(expected.longValue()))).ifPresent(expected -> {
                    throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "attribute 'mgd' of " + type.memberName()
                            + " must be " + expected + ", but is " + attributes.get("mgd").orElseThrow());
                });
    }

    private static PrimitiveException bad(ResourceType type, AttributeDefinition definition, String what) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST,
                "attribute '" + definition.shortName() + "' (" + definition.name() + ") of " + type.name() + " " + what);
    }
}
