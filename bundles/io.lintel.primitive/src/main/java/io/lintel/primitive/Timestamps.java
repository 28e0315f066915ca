// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.Optional;

/** {@code m2m:timestamp} and {@code m2m:absRelTimestamp}: UTC, ISO 8601 basic, a comma before the fraction (TS-0004 6.3.3). */
public final class Timestamps {
    private static final DateTimeFormatter WRITE = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter WRITE_FINE =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss,SSSSSS").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter READ = new DateTimeFormatterBuilder().appendPattern("uuuuMMdd'T'HHmmss")
            .optionalStart().appendLiteral(',').appendFraction(ChronoField.NANO_OF_SECOND, 1, 6, false).optionalEnd()
            .toFormatter().withResolverStyle(java.time.format.ResolverStyle.STRICT);

    /** The formatter would take years with a sign or with more than four digits. */
    private static final int DATE_END = 8;
    private static final int SHORTEST = 15;

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

    /** An absolute timestamp, or empty if the text is none. */
    public static Optional<Instant> parse(String text) {
        if (text.length() < SHORTEST || text.charAt(DATE_END) != 'T') {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDateTime.parse(text, READ).toInstant(ZoneOffset.UTC));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** An absolute timestamp, or milliseconds after {@code base}; empty if the text is neither. */
    public static Optional<Instant> parseAbsoluteOrRelative(String text, Instant base) {
        Optional<Instant> absolute = parse(text);
        if (absolute.isPresent()) {
            return absolute;
        }
        try {
            return Optional.of(base.plusMillis(Long.parseLong(text)));
        } catch (NumberFormatException | ArithmeticException | java.time.DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Now, in whole seconds. */
    public static String now(Clock clock) {
        return format(clock.instant());
    }
}
