// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Several schedule strings together ({@code m2m:scheduleEntries}, TS-0001 9.6.9): open at the times that lie in any of them.
 * Without any it is {@link #ALWAYS} open, for that is what the absence of a schedule means. Pure.
 *
 * @param entries each as {@link ScheduleExpression} reads it
 */
public record Schedule(List<String> entries) {
    /** No schedule. */
    public static final Schedule ALWAYS = new Schedule(List.of());
    private static final int MOST_STEPS = 1000;

    public Schedule {
        entries = List.copyOf(entries);
    }

    public boolean isOpen(Instant now) {
        return entries.isEmpty() || entries.stream().anyMatch(entry -> ScheduleExpression.contains(entry, now));
    }

    /** The first moment from now on at which it is open; empty if there is none in the next decades. */
    public Optional<Instant> opens(Instant now) {
        return isOpen(now) ? Optional.of(now) : entries.stream().flatMap(entry -> ScheduleExpression.next(entry, now).stream())
                .min(Comparator.naturalOrder());
    }

    /** The first moment from now on at which it is closed; empty if there is none in sight. */
    public Optional<Instant> closes(Instant now) {
        Instant at = now;
        for (int steps = 0; steps < MOST_STEPS; steps++) {
            if (!isOpen(at)) {
                return Optional.of(at);
            }
            Optional<Instant> later = Optional.empty();
            for (String entry : entries) {
                Optional<Instant> end = ScheduleExpression.contains(entry, at) ? ScheduleExpression.end(entry, at)
                        : Optional.of(at);
                if (end.isEmpty()) {
                    return Optional.empty();
                }
                later = later.filter(end.get()::isBefore).or(() -> end);
            }
            if (later.isEmpty()) {
                return Optional.empty();
            }
            at = later.get();
        }
        return Optional.empty();
    }
}
