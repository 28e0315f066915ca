// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/**
 * A rate with a burst, as the time at which all that was taken is paid for: one number instead of a level that has to
 * be filled up. Times are {@link System#nanoTime()}. Belongs to the event loop.
 */
final class TokenBucket {
    private static final long NANOS = 1_000_000_000;

    private final long perSecond;
    private final long burstNanos;
    private long paidAt;

    /** @param burstSeconds how many seconds' worth may come at once */
    TokenBucket(long perSecond, int burstSeconds, long now) {
        this.perSecond = perSecond;
        this.burstNanos = burstSeconds * NANOS;
        this.paidAt = now;
    }

    /** Takes so many, whether there are as many or not; nanoseconds to wait before taking more. */
    long take(long amount, long now) {
        paidAt = (isFull(now) ? now : paidAt) + cost(amount);
        return Math.max(0, paidAt - now - burstNanos);
    }

    /** Takes one if there is one. */
    boolean tryTake(long now) {
        long paid = (isFull(now) ? now : paidAt) + cost(1);
        if (paid - now > burstNanos) {
            return false;
        }
        paidAt = paid;
        return true;
    }

    /** Whether nothing was taken lately, so that a new bucket would be the same. */
    boolean isFull(long now) {
        return paidAt - now <= 0;
    }

    private long cost(long amount) {
        return amount * NANOS / perSecond;
    }
}
