// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * A schedule string {@code second minute hour day month weekday year} ({@code m2m:scheduleEntry}): each field a
 * {@code *}, a number, a range, a step or a list of these; UTC; Sunday is 0. With six fields the year is missing.
 */
final class ScheduleExpression {
    private ScheduleExpression() {
    }

    /** Whether the instant lies in the schedule; a malformed schedule contains nothing. */
    static boolean contains(String schedule, Instant instant) {
        String[] fields = schedule.trim().split("\\s+");
        if (fields.length != 6 && fields.length != 7) {
            return false;
        }
        ZonedDateTime time = instant.atZone(ZoneOffset.UTC);
        int[] values = {time.getSecond(), time.getMinute(), time.getHour(), time.getDayOfMonth(), time.getMonthValue(),
            time.getDayOfWeek().getValue() % 7, time.getYear()};
        for (int i = 0; i < fields.length; i++) {
            if (!field(fields[i], values[i])) {
                return false;
            }
        }
        return true;
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
