// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

/** The alphabet and the forms of oneM2M identifiers (TS-0001 clause 7, TS-0004 6.2). */
public final class Identifiers {
    private Identifiers() {
    }

    /**
     * Whether the text is one element of an identifier: letters, digits, {@code - . _}, at least one. Not alone may stand
     * {@code -}, which is the CSEBase's, and {@code .} and {@code ..}, which paths of HTTP and CoAP lose on their way.
     */
    public static boolean isElement(String text) {
        if (text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letterOrDigit && c != '-' && c != '.' && c != '_') {
                return false;
            }
        }
        return !text.equals("-") && !text.equals(".") && !text.equals("..");
    }

    /** Whether the text is a SP-relative CSE-ID: a slash and one element. */
    public static boolean isCseId(String text) {
        return text.length() > 1 && text.charAt(0) == '/' && isElement(text.substring(1));
    }

    /** Whether the text is an absolute CSE-ID: two slashes, the service provider's domain, and an SP-relative CSE-ID. */
    public static boolean isAbsoluteCseId(String text) {
        int slash = text.indexOf('/', 2);
        return text.startsWith("//") && slash > 2 && isElement(text.substring(2, slash)) && isCseId(text.substring(slash));
    }

    /** Whether the text is an AE-ID stem: an element that begins with {@code C} or {@code S} and goes on. */
    public static boolean isAeIdStem(String text) {
        return text.length() > 1 && (text.charAt(0) == 'C' || text.charAt(0) == 'S') && isElement(text);
    }
}
