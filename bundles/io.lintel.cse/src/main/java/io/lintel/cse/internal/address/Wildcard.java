// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.address;

import java.util.Collection;

/**
 * Patterns of identifiers with {@code *}, which stands for any run of characters within one element: it never reaches
 * across a {@code /} (TS-0003 7.1). Matched by hand, so that a dot in an identifier is nothing but a dot.
 */
public final class Wildcard {
    private Wildcard() {
    }

    public static boolean matchesAny(Collection<String> patterns, String text) {
        for (String pattern : patterns) {
            if (matches(pattern, text)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a list of who may register lets one in: an entry after {@code !} keeps out, whatever the others say, and a list of
     * such entries alone lets in all the rest.
     */
    public static boolean admits(Collection<String> entries, String text) {
        boolean named = false;
        boolean onlyExceptions = true;
        for (String entry : entries) {
            if (!entry.startsWith("!")) {
                onlyExceptions = false;
                named |= matches(entry, text);
            } else if (matches(entry.substring(1), text)) {
                return false;
            }
        }
        return named || onlyExceptions && !entries.isEmpty();
    }

    public static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0 && text.charAt(resume) != '/') {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
