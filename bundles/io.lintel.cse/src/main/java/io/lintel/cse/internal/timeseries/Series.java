// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.timeseries;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The numbers of a {@code <timeSeries>} whose missing data are detected (TS-0001 9.6.36), in microseconds: point N is
 * expected at the first point's time plus N intervals, accepted within the tolerance, and missing when the detection time
 * has passed after it. Pure.
 *
 * @param interval  {@code pei}
 * @param tolerance {@code peid}
 * @param detection {@code mdt}
 * @param most      the longest list of missing points
 */
record Series(long interval, long tolerance, long detection, int most) {
    /** Longer lists are not kept, whatever {@code mdn} says: they are part of the representation. */
    static final int LONGEST_LIST = 1000;
    private static final long MICROS = 1000;
    /** More than a thousand years; what is beyond would leave the range of the numbers. */
    private static final long LONGEST_MILLIS = 40_000_000_000_000L;

    /** Whether missing data are looked for. */
    static boolean isWatched(Attributes series) {
        return series.flag("mdd").orElse(false) && series.number("pei").orElse(0L) > 0 && series.number("mdt").orElse(0L) > 0;
    }

    static Series of(Attributes series) {
        long interval = bounded(series.number("pei").orElseThrow());
        return new Series(interval * MICROS, bounded(series.number("peid").orElse(interval / 2)) * MICROS,
                bounded(series.number("mdt").orElseThrow()) * MICROS,
                (int) Math.min(LONGEST_LIST, series.number("mdn").orElse((long) LONGEST_LIST)));
    }

    private static long bounded(long millis) {
        return Math.min(millis, LONGEST_MILLIS);
    }

    /** The number of the point that a time is meant for, or -1 if it is too far from each. */
    long point(long first, long generated) {
        long point = Math.floorDiv(generated - first + interval / 2, interval);
        return Math.abs(generated - expected(first, point)) <= tolerance ? point : -1;
    }

    long expected(long first, long point) {
        return first + point * interval;
    }

    /** When a point that has not come is missing, in milliseconds. */
    long dueMillis(long first, long point) {
        long due = expected(first, point) + detection;
        return Math.floorDiv(due + MICROS - 1, MICROS);
    }

    /** The last point whose time has come. */
    long lastDue(long first, long nowMillis) {
        return Math.floorDiv(nowMillis * MICROS - detection - first, interval);
    }

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    /** As {@code dgt} is written: with a fraction only if there is one. */
    static String text(long micros) {
        Instant time = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        return micros % 1_000_000 == 0 ? Timestamps.format(time) : Timestamps.formatFine(time);
    }
}
