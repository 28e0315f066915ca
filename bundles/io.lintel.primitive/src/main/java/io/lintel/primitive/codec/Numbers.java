// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import java.math.BigDecimal;

/** Numbers as JSON and XML write them, in the types of {@link io.lintel.primitive.Attributes}. */
final class Numbers {
    /** Digits and exponents beyond this describe nothing, but cost time and memory when they are calculated with. */
    private static final int MAX_LENGTH = 400;
    private static final int MAX_EXPONENT = 800;
    private static final int LONGEST_LONG = 20;

    private Numbers() {
    }

    /**
     * A {@link Long} if it is written as a whole number that fits, a {@link Double} if that is the number exactly as
     * written, a {@link BigDecimal} otherwise; null if the text is no number, or beyond all sense.
     */
    static Number parse(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH || !plausible(text)) {
            return null;
        }
        boolean whole = text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
        if (whole && text.length() <= LONGEST_LONG) {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException e) {
                // Longer than a long by little, or no number: the next lines tell.
            }
        }
        try {
            BigDecimal exact = new BigDecimal(text);
            if (whole) {
                return exact;
            }
            boolean negativeZero = text.charAt(0) == '-' && exact.signum() == 0;
            return Math.abs((long) exact.scale()) > MAX_EXPONENT ? null : negativeZero ? Double.valueOf(-0.0) : narrowed(exact);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** A double if it holds exactly this number in its shortest notation. */
    static Number narrowed(BigDecimal exact) {
        double narrow = exact.doubleValue();
        boolean same = !Double.isInfinite(narrow) && new BigDecimal(Double.toString(narrow)).compareTo(exact) == 0;
        return same ? Double.valueOf(narrow) : exact;
    }

    private static boolean plausible(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
