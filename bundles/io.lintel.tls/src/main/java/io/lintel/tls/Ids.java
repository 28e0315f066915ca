// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

/**
 * As much of the grammar of oneM2M identifiers (TS-0001 clause 7) as it takes to find one in a certificate or a rule. The
 * whole of it is the primitives' matter; this bundle depends on none of ours, so that the MQTT server may use it. Pure.
 */
final class Ids {
    private Ids() {
    }

    static boolean isElementCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_';
    }

    static boolean isElement(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isElementCharacter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty() && !text.equals("-") && !text.equals(".") && !text.equals("..");
    }

    /** {@code /mn-cse}. */
    static boolean isCseId(String text) {
        return text.startsWith("/") && isElement(text.substring(1));
    }

    /** {@code //lintel.example/mn-cse}. */
    static boolean isAbsoluteCseId(String text) {
        int slash = text.indexOf('/', 2);
        return text.startsWith("//") && slash > 2 && isElement(text.substring(2, slash)) && isCseId(text.substring(slash));
    }

    /** {@code C…} or {@code S…}. */
    static boolean isAeIdStem(String text) {
        return text.length() > 1 && (text.charAt(0) == 'C' || text.charAt(0) == 'S') && isElement(text);
    }

    /** Whether a pattern, with {@code *} for any run of characters, is the text. */
    static boolean glob(String pattern, String text) {
        int star = pattern.indexOf('*');
        if (star < 0) {
            return pattern.equals(text);
        }
        String rest = pattern.substring(star + 1);
        if (!text.startsWith(pattern.substring(0, star))) {
            return false;
        }
        for (int at = star; at <= text.length(); at++) {
            if (glob(rest, text.substring(at))) {
                return true;
            }
        }
        return false;
    }
}
