// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.util.function.ToDoubleFunction;

/**
 * What a figure has to keep to.
 *
 * @param text  as it is printed
 * @param slack how far inside the budget the figure is: 0 or more is met; NaN when there is no budget
 */
record Budget(String text, ToDoubleFunction<Figure> slack) {
    /** For figures that only inform. */
    static final Budget NONE = new Budget("", figure -> Double.NaN);

    static Budget ratioAtMost(double most) {
        return new Budget("≤ " + Figure.number(most), figure -> most - figure.ratio());
    }

    static Budget ratioAtLeast(double least) {
        return new Budget("≥ " + Figure.number(least), figure -> figure.ratio() - least);
    }

    /** The product may be so much above the limit, in the figure's unit. */
    static Budget limitPlus(double more, String unit) {
        return new Budget("≤ limit + " + Figure.number(more) + " " + unit, figure -> figure.limit() + more - figure.product());
    }

    /** The product itself, without a limit beside it. */
    static Budget atMost(double most, String unit) {
        return new Budget("≤ " + Figure.number(most) + " " + unit, figure -> most - figure.product());
    }
}
