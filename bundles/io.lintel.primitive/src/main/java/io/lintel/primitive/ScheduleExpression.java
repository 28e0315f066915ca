// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A schedule string {@code second minute hour day month weekday year} ({@code m2m:scheduleEntry}): each field a
 * {@code *}, a number, a range, a step or a list of these; UTC; Sunday is 0, or 7. With six fields, as Release 1 peers write
 * them, the year is missing, or, if they can only be read so, the second. Used by access control for times of day, by
 * schedules, and by bindings for when to be connected. Pure.
 */
public final class ScheduleExpression {
    private static final int YEARS_AHEAD = 50;
    private static final int MOST_STEPS = 20_000;
    private static final int LONGEST = 1024;
    private static final int WEEKDAY = 5;
    private static final int[] LOWEST = {0, 0, 0, 1, 1, 0, 1970};
    private static final int[] HIGHEST = {59, 59, 23, 31, 12, 7, 9999};
    private static final String[] NAMES = {"second", "minute", "hour", "day", "month", "weekday", "year"};

    private ScheduleExpression() {
    }

    /** Whether the instant lies in the schedule; a malformed schedule contains nothing. */
    public static boolean contains(String schedule, Instant instant) {
        return fields(schedule).filter(fields -> contains(fields, instant.atZone(ZoneOffset.UTC))).isPresent();
    }

    private static boolean contains(List<String> fields, ZonedDateTime time) {
        for (int i = 0; i < fields.size(); i++) {
            if (!field(fields, i, time)) {
                return false;
            }
        }
        return true;
    }

    /** What is wrong with the text, as a sentence; empty if it is a schedule. */
    public static Optional<String> fault(String schedule) {
        if (schedule.length() > LONGEST) {
            return Optional.of("a schedule of " + schedule.length() + " characters is too long");
        }
        List<String> given = split(schedule);
        if (given.size() != NAMES.length && given.size() != NAMES.length - 1) {
            return Optional.of("a schedule has 7 fields, second minute hour day month weekday year, not " + given.size() + ": "
                    + schedule);
        }
        if (fields(schedule).isPresent()) {
            return Optional.empty();
        }
        for (int i = 0; i < given.size(); i++) {
            if (!fits(given.get(i), i)) {
                return Optional.of("'" + given.get(i) + "' is no " + NAMES[i] + " of a schedule: " + schedule);
            }
        }
        return Optional.empty();
    }

    /** The first second from this instant on that lies in the schedule; empty if there is none in the next decades. */
    public static Optional<Instant> next(String schedule, Instant from) {
        Optional<List<String>> parsed = fields(schedule);
        if (parsed.isEmpty()) {
            return Optional.empty();
        }
        List<String> fields = parsed.get();
        ZonedDateTime time = wholeSecond(from);
        int lastYear = time.getYear() + YEARS_AHEAD;
        for (int steps = 0; steps < MOST_STEPS && time.getYear() <= lastYear; steps++) {
            if (!field(fields, 6, time)) {
                time = time.truncatedTo(ChronoUnit.DAYS).withDayOfYear(1).plusYears(1);
            } else if (!field(fields, 4, time)) {
                time = time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
            } else if (!field(fields, 3, time) || !field(fields, WEEKDAY, time)) {
                time = time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!field(fields, 2, time)) {
                time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!field(fields, 1, time)) {
                time = time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
            } else if (!field(fields, 0, time)) {
                time = time.plusSeconds(1);
            } else {
                return Optional.of(time.toInstant());
            }
        }
        return Optional.empty();
    }

    /** The first second from this instant on that does not lie in the schedule; empty if all of the next decades do. */
    public static Optional<Instant> end(String schedule, Instant from) {
        ZonedDateTime time = from.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
        Optional<List<String>> parsed = fields(schedule);
        if (parsed.isEmpty() || !contains(parsed.get(), time)) {
            return Optional.of(from);
        }
        List<String> fields = parsed.get();
        if (fields.stream().allMatch(ScheduleExpression::isAny)) {
            return Optional.empty();
        }
        ChronoUnit step = !isAny(fields.get(0)) ? ChronoUnit.SECONDS : !isAny(fields.get(1)) ? ChronoUnit.MINUTES
                : !isAny(fields.get(2)) ? ChronoUnit.HOURS : ChronoUnit.DAYS;
        for (int steps = 0; steps < MOST_STEPS; steps++) {
            time = time.truncatedTo(step).plus(1, step);
            if (!contains(fields, time)) {
                return Optional.of(time.toInstant());
            }
        }
        return Optional.empty();
    }

    private static ZonedDateTime wholeSecond(Instant from) {
        ZonedDateTime time = from.atZone(ZoneOffset.UTC);
        ZonedDateTime whole = time.truncatedTo(ChronoUnit.SECONDS);
        return whole.equals(time) ? whole : whole.plusSeconds(1);
    }

    private static boolean isAny(String field) {
        return field.equals("*") || field.equals("*/1");
    }

    private static List<String> split(String schedule) {
        return List.of(schedule.trim().split("\\s+"));
    }

    /** All seven, if the text is a schedule. */
    private static Optional<List<String>> fields(String schedule) {
        List<String> given = split(schedule);
        if (given.size() == NAMES.length) {
            return Optional.of(given).filter(ScheduleExpression::fit);
        }
        List<String> withYear = new ArrayList<>(given);
        withYear.add("*");
        List<String> withSecond = new ArrayList<>(given);
        withSecond.add(0, "*");
        return given.size() != NAMES.length - 1 ? Optional.empty()
                : Stream.of(withYear, withSecond).filter(ScheduleExpression::fit).findFirst();
    }

    private static boolean fit(List<String> fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (!fits(fields.get(i), i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean fits(String field, int index) {
        for (String part : field.split(",", -1)) {
            if (!isPart(part, LOWEST[index], HIGHEST[index])) {
                return false;
            }
        }
        return true;
    }

    private static int value(ZonedDateTime time, int field) {
        return switch (field) {
            case 0 -> time.getSecond();
            case 1 -> time.getMinute();
            case 2 -> time.getHour();
            case 3 -> time.getDayOfMonth();
            case 4 -> time.getMonthValue();
            case 5 -> time.getDayOfWeek().getValue() % 7;
            default -> time.getYear();
        };
    }

    private static boolean isPart(String part, int lowest, int highest) {
        try {
            int slash = part.indexOf('/');
            if (slash >= 0 && Integer.parseInt(part.substring(slash + 1)) < 1) {
                return false;
            }
            String range = slash < 0 ? part : part.substring(0, slash);
            if (range.equals("*")) {
                return true;
            }
            int dash = range.indexOf('-');
            int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
            return lowest <= from && from <= to && to <= highest;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean field(List<String> fields, int index, ZonedDateTime time) {
        int value = value(time, index);
        boolean sunday = index == WEEKDAY && value == 0;
        for (String part : fields.get(index).split(",")) {
            if (part(part, value) || sunday && !part.startsWith("*") && part(part, 7)) {
                return true;
            }
        }
        return false;
    }

    private static boolean part(String part, int value) {
        try {
            int slash = part.indexOf('/');
            String range = slash < 0 ? part : part.substring(0, slash);
            int step = slash < 0 ? 1 : Integer.parseInt(part.substring(slash + 1));
            if (step < 1) {
                return false;
            }
            if (range.equals("*")) {
                return value % step == 0;
            }
            int dash = range.indexOf('-');
            int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int to = dash < 0 ? slash < 0 ? from : Integer.MAX_VALUE : Integer.parseInt(range.substring(dash + 1));
            return value >= from && value <= to && (value - from) % step == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
