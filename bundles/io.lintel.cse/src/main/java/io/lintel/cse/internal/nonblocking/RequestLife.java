// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.nonblocking;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long {@code <request>} resources are kept once their result is there, and how many there may be. Stateless.
 *
 * @param usual   for a request that says nothing itself
 * @param minimum shortest time, whatever a request asks for
 * @param maximum longest time
 * @param limit   most resources at a time
 */
public record RequestLife(Duration usual, Duration minimum, Duration maximum, int limit) {
    public RequestLife {
        if (minimum.isNegative() || minimum.isZero() || usual.compareTo(minimum) < 0 || maximum.compareTo(usual) < 0) {
            throw new IllegalArgumentException("cse.requestResultMinimumSeconds, cse.requestResultSeconds and"
                    + " cse.requestResultMaximumSeconds must be positive and in that order: " + minimum.toSeconds() + ", "
                    + usual.toSeconds() + ", " + maximum.toSeconds());
        }
        if (limit < 0) {
            throw new IllegalArgumentException("cse.requestResourceLimit must not be negative: " + limit);
        }
    }

    public static RequestLife defaults() {
        return new RequestLife(Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(7), 10_000);
    }

    /**
     * When a result that is there at a time need not be kept any more: by {@code rp}, which if it is relative counts from
     * that time, else by {@code rset}, else the usual life; within the bounds in any case.
     */
    Instant end(Attributes parameters, Instant done) {
        Instant origin = parameters.text("ot").flatMap(Timestamps::parse).orElse(done);
        Instant asked = time(parameters, "rp", done).or(() -> time(parameters, "rset", origin)).orElse(done.plus(usual));
        Instant earliest = done.plus(minimum);
        Instant latest = done.plus(maximum);
        return asked.isBefore(earliest) ? earliest : asked.isAfter(latest) ? latest : asked;
    }

    static Optional<Instant> time(Attributes parameters, String name, Instant base) {
        return parameters.get(name).flatMap(text -> Timestamps.parseAbsoluteOrRelative(text.toString(), base));
    }
}
