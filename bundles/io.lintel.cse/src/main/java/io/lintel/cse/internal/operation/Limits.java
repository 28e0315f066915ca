// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import java.util.Map;

/**
 * How much a request may bring and the tree may hold; 0 for no limit.
 *
 * @param depth       levels below the CSEBase
 * @param children    of one resource, instances left out
 * @param resources   in all
 * @param attributes  in one request
 * @param listEntries in a list of one attribute
 * @param labels      of one resource
 * @param textLength  characters of one attribute's text; {@code con} has a limit of its own
 * @param strict      whether what the table marks as Release 3 and later is refused
 */
public record Limits(int depth, int children, long resources, int attributes, int listEntries, int labels, int textLength,
        boolean strict) {
    public Limits {
        Map.of("cse.maximumDepth", (long) depth, "cse.maximumChildren", (long) children, "cse.maximumResources", resources,
                "cse.maximumAttributes", (long) attributes, "cse.maximumListEntries", (long) listEntries,
                "cse.maximumLabels", (long) labels, "cse.maximumTextLength", (long) textLength).forEach((key, value) -> {
                    if (value < 0) {
                        throw new IllegalArgumentException(key + " must be 0, for no limit, or more: " + value);
                    }
                });
    }

    /** No limits, and what later releases brought is taken. */
    public static Limits none() {
        return new Limits(0, 0, 0, 0, 0, 0, 0, false);
    }
}
