// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.time.Duration;
import java.time.temporal.TemporalUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code xs:duration} as oneM2M uses it for spans of time: a year counts as 365 days, a month as 30. Where older peers write
 * a plain number, its unit depends on the attribute. Pure.
 */
public final class Durations {
    private static final Pattern FORM = Pattern.compile(
            "P(?:(\\d{1,9})Y)?(?:(\\d{1,9})M)?(?:(\\d{1,9})W)?(?:(\\d{1,9})D)?(?:T(?:(\\d{1,9})H)?(?:(\\d{1,9})M)?"
            + "(?:(\\d{1,9})(?:\\.(\\d{1,9}))?S)?)?");
    private static final long[] SECONDS = {365 * 86_400L, 30 * 86_400L, 7 * 86_400L, 86_400, 3600, 60, 1};

    private Durations() {
    }

    /** The span that the text says; empty if it is none. */
    public static Optional<Duration> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || text.length() < 3 || text.endsWith("T")) {
            return Optional.empty();
        }
        long seconds = 0;
        for (int i = 0; i < SECONDS.length; i++) {
            String number = matcher.group(i + 1);
            seconds += number == null ? 0 : Long.parseLong(number) * SECONDS[i];
        }
        String fraction = matcher.group(SECONDS.length + 1);
        long nanos = fraction == null ? 0 : Long.parseLong((fraction + "000000000").substring(0, 9));
        return Optional.of(Duration.ofSeconds(seconds, nanos));
    }

    /**
     * The span that a member says, as a duration or as a number.
     *
     * @param unit of a plain number
     */
    public static Optional<Duration> of(Attributes attributes, String name, TemporalUnit unit) {
        Optional<Duration> number = attributes.number(name).filter(count -> count >= 0 && count < 1L << 40)
                .map(count -> Duration.of(count, unit));
        return number.isPresent() ? number : attributes.text(name).flatMap(text -> text.matches("\\d{1,12}")
                ? Optional.of(Duration.of(Long.parseLong(text), unit)) : parse(text));
    }
}
