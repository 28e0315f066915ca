// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.List;

/**
 * One {@code name=value} of a URI query, unescaped. HTTP and CoAP escape differently, so both readings of "+" are kept.
 *
 * @param name  the short name
 * @param text  the value read as one text
 * @param parts the value read as a list: split at "+"
 */
public record QueryField(String name, String text, List<String> parts) {
    public QueryField {
        parts = List.copyOf(parts);
    }

    static QueryField single(String name, String text) {
        return new QueryField(name, text, List.of(text));
    }

    static QueryField list(String name, List<String> parts) {
        return new QueryField(name, String.join(" ", parts), parts);
    }
}
