// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.List;
import java.util.Objects;

/**
 * The content of a primitive ({@code pc}): exactly one named element (TS-0004 7.5.2), such as {@code m2m:cnt} with
 * the attributes of a container, {@code m2m:uri} with a text, or {@code m2m:uril} with a list of texts.
 *
 * @param name  the element's name with its prefix
 * @param value {@link Attributes}, {@link String} or {@link List}, by the element
 */
public record Content(String name, Object value) {
    public Content {
        Objects.requireNonNull(name);
        if (!(value instanceof Attributes || value instanceof String || value instanceof List)) {
            throw new IllegalArgumentException("content is an object, a text or a list: " + value);
        }
        if (value instanceof List<?> list) {
            value = List.copyOf(list);
        }
    }

    /** One identifier, as in the answer to a non-blocking request. */
    public static Content uri(String identifier) {
        return new Content("m2m:uri", identifier);
    }

    /** What went wrong, for a person. */
    public static Content debugInfo(String text) {
        return new Content("m2m:dbg", text);
    }

    /** The members, or no members if this content is a text or a list. */
    public Attributes attributes() {
        return value instanceof Attributes a ? a : Attributes.empty();
    }
}
