// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FigureTest {
    private final Samples samples = new Samples();

    @Test
    void theRatioIsTheMedianOfTheRoundsRatios() {
        round(10, 10);
        round(30, 10);
        round(40, 20);

        Figure figure = samples.compare("requests", "/s", "product", "limit", Budget.ratioAtMost(2));

        assertThat(figure.product()).isEqualTo(30);
        assertThat(figure.limit()).isEqualTo(10);
        assertThat(figure.ratio()).isEqualTo(2);
        assertThat(figure.isMet()).isTrue();
        assertThat(figure.line()).contains("requests", "30 /s", "10 /s", "2.00", "≤ 2", "met").doesNotContain("NOT");
    }

    @Test
    void aFigureOutsideItsBudgetSaysSo() {
        round(69, 100);

        assertThat(samples.compare("creates", "/s", "product", "limit", Budget.ratioAtLeast(0.7)).line())
                .endsWith("≥ 0.7              NOT MET");
    }

    @Test
    void aBudgetMayBeADifferenceOrAbsolute() {
        assertThat(new Figure("relay", "ms", 4.9, 3, 1.6, Budget.limitPlus(2, "ms")).isMet()).isTrue();
        assertThat(new Figure("relay", "ms", 5.1, 3, 1.7, Budget.limitPlus(2, "ms")).isMet()).isFalse();
        assertThat(Figure.alone("start", "s", 1.6, Budget.atMost(1.5, "s")).isMet()).isFalse();
        assertThat(Figure.alone("start", "s", 1.4, Budget.atMost(1.5, "s")).line()).contains("–", "≤ 1.5 s").endsWith("met");
    }

    @Test
    void withoutBudgetNothingIsMetOrMissed() {
        assertThat(Figure.alone("memory", "MB", 1234, Budget.NONE).line()).contains("1,234 MB").doesNotContain("met", "MET");
    }

    private void round(double product, double limit) {
        samples.add("product", product);
        samples.add("limit", limit);
    }
}
