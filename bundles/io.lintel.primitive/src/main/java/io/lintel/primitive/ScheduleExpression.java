// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A schedule string {@code second minute hour day month weekday year} ({@code m2m:scheduleEntry}): each field a
 * {@code *}, a number, a range, a step or a list of these; UTC; Sunday is 0. With six fields the year is missing. Used by
 * access control for times of day, and by bindings for when to be connected. Pure.
 */
public final class ScheduleExpression {
    private static final int YEARS_AHEAD = 50;
    private static final int MOST_STEPS = 20_000;
    private static final int[] LOWEST = {0, 0, 0, 1, 1, 0, 1};
    private static final int[] HIGHEST = {59, 59, 23, 31, 12, 6, 9999};
    private static final String[] NAMES = {"second", "minute", "hour", "day", "month", "weekday", "year"};

    private ScheduleExpression() {
    }

    /** Whether the instant lies in the schedule; a malformed schedule contains nothing. */
    public static boolean contains(String schedule, Instant instant) {
        String[] fields = fields(schedule);
        if (fields.length != 6 && fields.length != 7) {
            return false;
        }
        ZonedDateTime time = instant.atZone(ZoneOffset.UTC);
        for (int i = 0; i < fields.length; i++) {
            if (!field(fields[i], value(time, i))) {
                return false;
            }
        }
        return true;
    }

    /** What is wrong with the text, as a sentence; empty if it is a schedule. */
    public static Optional<String> fault(String schedule) {
        String[] fields = fields(schedule);
        if (fields.length != 6 && fields.length != 7) {
            return Optional.of("a schedule has 7 fields, second minute hour day month weekday year, not " + fields.length + ": "
                    + schedule);
        }
        for (int i = 0; i < fields.length; i++) {
            for (String part : fields[i].split(",", -1)) {
                if (!isPart(part, LOWEST[i], HIGHEST[i])) {
                    return Optional.of("'" + fields[i] + "' is no " + NAMES[i] + " of a schedule: " + schedule);
                }
            }
        }
        return Optional.empty();
    }

    /** The first second from this instant on that lies in the schedule; empty if there is none in the next decades. */
    public static Optional<Instant> next(String schedule, Instant from) {
        String[] fields = fields(schedule);
        if (fields.length != 6 && fields.length != 7) {
            return Optional.empty();
        }
        ZonedDateTime time = from.atZone(ZoneOffset.UTC);
        ZonedDateTime whole = time.truncatedTo(ChronoUnit.SECONDS);
        time = whole.equals(time) ? whole : whole.plusSeconds(1);
        int lastYear = time.getYear() + YEARS_AHEAD;
        for (int steps = 0; steps < MOST_STEPS && time.getYear() <= lastYear; steps++) {
            if (fields.length == 7 && !field(fields[6], time.getYear())) {
                time = time.truncatedTo(ChronoUnit.DAYS).withDayOfYear(1).plusYears(1);
            } else if (!field(fields[4], time.getMonthValue())) {
                time = time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
            } else if (!field(fields[3], time.getDayOfMonth()) || !field(fields[5], value(time, 5))) {
                time = time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!field(fields[2], time.getHour())) {
                time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!field(fields[1], time.getMinute())) {
                time = time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
            } else if (!field(fields[0], time.getSecond())) {
                time = time.plusSeconds(1);
            } else {
                return Optional.of(time.toInstant());
            }
        }
        return Optional.empty();
    }

    private static String[] fields(String schedule) {
        return schedule.trim().split("\\s+");
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

    private static boolean field(String field, int value) {
        for (String part : field.split(",")) {
            if (part(part, value)) {
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
