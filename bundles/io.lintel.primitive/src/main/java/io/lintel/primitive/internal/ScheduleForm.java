// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.internal;

/**
 * {@code m2m:scheduleEntry}: second, minute, hour, day of month, month, day of week, year (TS-0004 6.3.3). Release 1
 * peers leave out a field, either the seconds or the year: six fields are accepted if they fit one of the two readings.
 */
final class ScheduleForm {
    private static final int[][] BOUNDS = {{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}, {1970, 9999}};

    private ScheduleForm() {
    }

    static boolean matches(String text) {
        if (text.length() > 1024) {
            return false;
        }
        String[] fields = text.trim().split(" +");
        return fields.length == 7 && fit(fields, 0) || fields.length == 6 && (fit(fields, 0) || fit(fields, 1));
    }

    private static boolean fit(String[] fields, int firstBound) {
        for (int i = 0; i < fields.length; i++) {
            for (String item : fields[i].split(",", -1)) {
                if (!itemFits(item, BOUNDS[firstBound + i])) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@code *}, a number or a range, and a step after a slash. */
    private static boolean itemFits(String item, int[] bounds) {
        int slash = item.indexOf('/');
        if (slash >= 0 && number(item.substring(slash + 1)) < 1) {
            return false;
        }
        String range = slash < 0 ? item : item.substring(0, slash);
        if (range.equals("*")) {
            return true;
        }
        int dash = range.indexOf('-');
        int from = number(dash < 0 ? range : range.substring(0, dash));
        int to = dash < 0 ? from : number(range.substring(dash + 1));
        return from >= bounds[0] && from <= to && to <= bounds[1];
    }

    /** The number, or -1 for what is none. */
    private static int number(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
