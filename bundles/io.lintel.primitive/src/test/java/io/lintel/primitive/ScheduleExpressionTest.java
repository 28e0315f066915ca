// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a schedule begins again, and what is no schedule. */
class ScheduleExpressionTest {
    @ParameterizedTest
    @CsvSource({
        "* * * * * * *,           2026-03-01T10:20:30Z, 2026-03-01T10:20:30Z",
        "0 * * * * * *,           2026-03-01T10:20:30Z, 2026-03-01T10:21:00Z",
        "* 0-14 * * * * *,        2026-03-01T10:20:30Z, 2026-03-01T11:00:00Z",
        "* * 3 * * *,             2026-03-01T10:20:30Z, 2026-03-02T03:00:00Z",
        "0 30 6 * * 1-5 *,        2026-02-28T07:00:00Z, 2026-03-02T06:30:00Z",
        "0 0 0 29 2 * *,          2026-03-01T00:00:00Z, 2028-02-29T00:00:00Z",
        "* * * * 1 * *,           2026-03-01T10:20:30Z, 2027-01-01T00:00:00Z",
        "'0,20,40 */30 * * * * *', 2026-03-01T10:20:30.5Z, 2026-03-01T10:30:00Z",
    })
    void itBeginsAgain(String schedule, Instant from, Instant next) {
        assertThat(ScheduleExpression.next(schedule, from)).contains(next);
        assertThat(ScheduleExpression.contains(schedule, next)).isTrue();
        assertThat(ScheduleExpression.fault(schedule)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"* * * * * * 2020", "0 0 0 31 2 * *"})
    void orNever(String schedule) {
        assertThat(ScheduleExpression.next(schedule, Instant.parse("2026-03-01T10:20:30Z"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "* * * *", "60 * * * * * *", "* * 24 * * * *", "* * * 0 * * *", "* * * * 13 * *", "* * * * * 7 *",
        "a * * * * * *", "*/0 * * * * * *", "5-1 * * * * * *", "1,,2 * * * * * *", "* * * * * * * *"})
    void whatIsNoScheduleIsSaid(String text) {
        assertThat(ScheduleExpression.fault(text)).isPresent();
    }
}
