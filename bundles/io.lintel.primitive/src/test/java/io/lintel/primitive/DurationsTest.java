// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spans of time as they are written. */
class DurationsTest {
    @ParameterizedTest
    @CsvSource({"PT10S, 10000", "PT0.25S, 250", "PT1M30S, 90000", "PT2H, 7200000", "P1D, 86400000", "P1DT1H, 90000000",
        "P1W, 604800000", "P1M, 2592000000", "P1Y, 31536000000", "PT0S, 0"})
    void whatTheTextSays(String text, long millis) {
        assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "PT", "P1DT", "10", "PT10", "1S", "PT-1S", "-PT1S", "PT1S1M", "PT99999999999S"})
    void whatIsNone(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @Test
    void aPlainNumberHasTheUnitOfItsAttribute() {
        assertThat(Durations.of(Attributes.of("dur", 5), "dur", ChronoUnit.SECONDS)).contains(Duration.ofSeconds(5));
        assertThat(Durations.of(Attributes.of("tww", "500"), "tww", ChronoUnit.MILLIS)).contains(Duration.ofMillis(500));
        assertThat(Durations.of(Attributes.of("dur", "PT5S"), "dur", ChronoUnit.MILLIS)).contains(Duration.ofSeconds(5));
        assertThat(Durations.of(Attributes.of("dur", -5), "dur", ChronoUnit.SECONDS)).isEmpty();
        assertThat(Durations.of(Attributes.empty(), "dur", ChronoUnit.SECONDS)).isEmpty();
    }
}
