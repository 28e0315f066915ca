// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
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
    @ValueSource(strings = {"", "* * * *", "60 * * * * * *", "* * 24 * * * *", "* * * 0 * * *", "* * * * 13 * *",
        "* * * * * 8 *", "* * * * * * 1969",
        "a * * * * * *", "*/0 * * * * * *", "5-1 * * * * * *", "1,,2 * * * * * *", "* * * * * * * *"})
    void whatIsNoScheduleIsSaid(String text) {
        assertThat(ScheduleExpression.fault(text)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "* * 8-9 * * * *,          2026-03-01T08:20:30Z, 2026-03-01T10:00:00Z",
        "* 0-14 * * * * *,         2026-03-01T10:05:30.7Z, 2026-03-01T10:15:00Z",
        "0-29 * * * * * *,         2026-03-01T10:05:10Z, 2026-03-01T10:05:30Z",
        "* * * * * 1-5 *,          2026-03-02T10:00:00Z, 2026-03-07T00:00:00Z",
        "* * * * * * 2026,         2026-03-02T10:00:00Z, 2027-01-01T00:00:00Z",
        "* * 8-9 * * * *,          2026-03-01T11:00:00.5Z, 2026-03-01T11:00:00.5Z",
    })
    void itEnds(String schedule, Instant from, Instant end) {
        assertThat(ScheduleExpression.end(schedule, from)).contains(end);
        assertThat(ScheduleExpression.contains(schedule, end)).isFalse();
    }

    @Test
    void whatIsAlwaysHasNoEnd() {
        assertThat(ScheduleExpression.end("* * * * * * *", Instant.EPOCH)).isEmpty();
        assertThat(ScheduleExpression.end("* */1 * * * *", Instant.EPOCH)).isEmpty();
    }

    @Test
    void sixFieldsLackTheYearOrElseTheSecond() {
        Instant noon = Instant.parse("2026-03-01T12:00:30Z");
        assertThat(ScheduleExpression.contains("30 0 12 * * *", noon)).as("without a year").isTrue();
        assertThat(ScheduleExpression.contains("0 12 * * * 2026", noon)).as("without a second").isTrue();
        assertThat(ScheduleExpression.contains("0 12 * * * 2027", noon)).isFalse();
    }

    @Test
    void sundayIsZeroAndSeven() {
        Instant sunday = Instant.parse("2026-03-01T12:00:00Z");
        assertThat(ScheduleExpression.contains("* * * * * 0 *", sunday)).isTrue();
        assertThat(ScheduleExpression.contains("* * * * * 6-7 *", sunday)).isTrue();
        assertThat(ScheduleExpression.contains("* * * * * 7 *", sunday.plusSeconds(86_400))).isFalse();
    }

    @Test
    void severalEntriesAreOpenTogether() {
        Schedule schedule = new Schedule(List.of("* * 8-9 * * * *", "* * 10 * * * *", "* 0-29 14 * * * *"));
        Instant nine = Instant.parse("2026-03-01T09:30:00Z");
        assertThat(schedule.isOpen(nine)).isTrue();
        assertThat(schedule.opens(nine)).contains(nine);
        assertThat(schedule.closes(nine)).as("one follows the other").contains(Instant.parse("2026-03-01T11:00:00Z"));
        Instant eleven = Instant.parse("2026-03-01T11:00:00Z");
        assertThat(schedule.closes(eleven)).contains(eleven);
        assertThat(schedule.opens(eleven)).contains(Instant.parse("2026-03-01T14:00:00Z"));
        assertThat(new Schedule(List.of("* * * * * * 2020")).opens(eleven)).isEmpty();
    }

    @Test
    void noScheduleIsAlwaysOpen() {
        assertThat(Schedule.ALWAYS.isOpen(Instant.EPOCH)).isTrue();
        assertThat(Schedule.ALWAYS.closes(Instant.EPOCH)).isEmpty();
        assertThat(new Schedule(List.of("* * 0-11 * * * *", "* * 12-23 * * * *")).closes(Instant.EPOCH)).isEmpty();
    }
}
