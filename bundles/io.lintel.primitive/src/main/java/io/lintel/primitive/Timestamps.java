// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** {@code m2m:timestamp} and {@code m2m:absRelTimestamp}: UTC, ISO 8601 basic, a comma before the fraction (TS-0004 6.3.3). */
public final class Timestamps {
    private static final DateTimeFormatter WRITE = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter WRITE_FINE =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss,SSSSSS").withZone(ZoneOffset.UTC);

    /** {@code 20261130T141500}. */
    private static final int WHOLE = 15;
    private static final int DATE_END = 8;
    private static final int FRACTION_DIGITS = 6;

    private Timestamps() {
    }

    /** Whole seconds, as {@code ct}, {@code lt} and {@code et} are written. */
    public static String format(Instant instant) {
        return WRITE.format(instant);
    }

    /** With microseconds. */
    public static String formatFine(Instant instant) {
        return WRITE_FINE.format(instant);
    }

    /**
     * An absolute timestamp, or empty if the text is none. Read by hand, because each request reads some: the expiration of
     * every resource on the way to its target.
     */
    public static Optional<Instant> parse(String text) {
        int length = text.length();
        if (length < WHOLE || text.charAt(DATE_END) != 'T') {
            return Optional.empty();
        }
        long date = digits(text, 0, DATE_END);
        long time = digits(text, DATE_END + 1, WHOLE);
        long nanos = length == WHOLE ? 0 : nanos(text);
        if (date < 0 || time < 0 || nanos < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDateTime.of((int) (date / 10_000), (int) (date / 100 % 100), (int) (date % 100),
                    (int) (time / 10_000), (int) (time / 100 % 100), (int) (time % 100), (int) nanos).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** One to six digits after a comma; negative if it is not that. */
    private static long nanos(String text) {
        int digits = text.length() - WHOLE - 1;
        if (text.charAt(WHOLE) != ',' || digits < 1 || digits > FRACTION_DIGITS) {
            return -1;
        }
        long fraction = digits(text, WHOLE + 1, text.length());
        for (int i = digits; i < 9; i++) {
            fraction *= 10;
        }
        return fraction;
    }

    /** The number that these characters are; negative if one of them is no digit. */
    private static long digits(String text, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** An absolute timestamp, or milliseconds after {@code base}; empty if the text is neither. */
    public static Optional<Instant> parseAbsoluteOrRelative(String text, Instant base) {
        Optional<Instant> absolute = parse(text);
        if (absolute.isPresent()) {
            return absolute;
        }
        try {
            return Optional.of(base.plusMillis(Long.parseLong(text)));
        } catch (NumberFormatException | ArithmeticException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Now, in whole seconds. */
    public static String now(Clock clock) {
        return format(clock.instant());
    }
}
