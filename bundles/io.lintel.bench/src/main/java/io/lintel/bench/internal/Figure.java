// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.util.Locale;

/**
 * One line of the result.
 *
 * @param what    what was measured
 * @param unit    of product and limit
 * @param product median over the rounds
 * @param limit   median over the rounds; NaN when nothing was measured beside the product
 * @param ratio   median of the rounds' own ratios, product to limit, so that a disturbed round has no weight
 */
record Figure(String what, String unit, double product, double limit, double ratio, Budget budget) {

    /** A figure of the product alone. */
    static Figure alone(String what, String unit, double product, Budget budget) {
        return new Figure(what, unit, product, Double.NaN, Double.NaN, budget);
    }

    boolean hasBudget() {
        return budget != Budget.NONE;
    }

    boolean isMet() {
        return budget.slack().applyAsDouble(this) >= 0;
    }

    static String header() {
        return line("what", "product", "limit", "ratio", "budget", "");
    }

    String line() {
        return line(what, number(product) + " " + unit, Double.isNaN(limit) ? "–" : number(limit) + " " + unit,
                Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "–", hasBudget() ? budget.text() : "–",
                hasBudget() ? isMet() ? "met" : "NOT MET" : "");
    }

    private static String line(String what, String product, String limit, String ratio, String budget, String met) {
        return String.format(Locale.ROOT, "%-66s %14s %14s %6s  %-18s %s", what, product, limit, ratio, budget, met)
                .stripTrailing();
    }

    /** Three digits that count, whole numbers whole. */
    static String number(double value) {
        if (Math.abs(value) >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        String text = String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
        return text.replaceFirst("0+$", "").replaceFirst("\\.$", "");
    }
}
