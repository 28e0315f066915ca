// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TS-0004 6.3.3, m2m:timestamp and m2m:absRelTimestamp. */
class TimestampsTest {
    private static final Instant INSTANT = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void basicFormInUtcWithOrWithoutFraction() {
        assertThat(Timestamps.parse("20260102T030405")).contains(INSTANT);
        assertThat(Timestamps.parse("20260102T030405,1")).contains(INSTANT.plusMillis(100));
        assertThat(Timestamps.parse("20260102T030405,123456")).contains(INSTANT.plusNanos(123456000));
        assertThat(Timestamps.format(INSTANT.plusMillis(999))).isEqualTo("20260102T030405");
        assertThat(Timestamps.formatFine(INSTANT.plusNanos(123456789))).isEqualTo("20260102T030405,123456");
        assertThat(Timestamps.now(Clock.fixed(INSTANT, ZoneOffset.UTC))).isEqualTo("20260102T030405");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "20260102", "20260102T0304", "20260102T030405Z", "20260102T030405.5", "20260102T030405,",
            "20260102T030405,1234567",
        "2026-01-02T03:04:05", "20260230T030405", "20260102T240000", "20260102T036005", "20260102 030405",
                "20260102T030405+01", "120260102T030405",
        "+20260102T030405", "-20260102T030405", "\u06620260102T030405", "20260102T030405,-1", "60000", " 20260102T030405",
        "20260102t030405"})
    void nothingElseIsATimestamp(String text) {
        assertThat(Timestamps.parse(text)).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            Instant instant = LocalDateTime.of(1, 1, 1, 0, 0).plusSeconds(random.nextLong(300_000_000_000L))
                    .plusNanos(random.nextInt(1_000_000) * 1_000L).toInstant(ZoneOffset.UTC);
            assertThat(Timestamps.parse(Timestamps.formatFine(instant))).contains(instant);
            assertThat(Timestamps.parse(Timestamps.format(instant))).contains(instant.truncatedTo(ChronoUnit.SECONDS));
        }
    }

    @Test
    void relativeTimesAreMillisecondsAfterTheBase() {
        assertThat(Timestamps.parseAbsoluteOrRelative("60000", INSTANT)).contains(INSTANT.plusSeconds(60));
        assertThat(Timestamps.parseAbsoluteOrRelative("20260102T030405", INSTANT.plusSeconds(9))).contains(INSTANT);
        assertThat(Timestamps.parseAbsoluteOrRelative("soon", INSTANT)).isEmpty();
        assertThat(Timestamps.parseAbsoluteOrRelative("99999999999999999999", INSTANT)).isEmpty();
        assertThat(Timestamps.parseAbsoluteOrRelative("", INSTANT)).isEmpty();
    }
}
