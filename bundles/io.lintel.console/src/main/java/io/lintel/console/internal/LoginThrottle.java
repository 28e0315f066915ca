// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import java.time.Clock;

/**
 * Slows down guessing: after some wrong passwords nobody is let in for a while, longer each time. It counts over all
 * senders, since there is one account and an attacker may have many addresses; open sessions are not touched.
 */
final class LoginThrottle {
    static final int FREE_ATTEMPTS = 5;
    static final long MAX_WAIT_MILLIS = 60_000;

    private final Clock clock;
    private int failures;
    private long closedUntil;

    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    /** How long nobody may try, in milliseconds; 0 if one may now. */
    synchronized long waitMillis() {
        return Math.max(0, closedUntil - clock.millis());
    }

    synchronized void failed() {
        failures++;
        if (failures >= FREE_ATTEMPTS) {
            long wait = 1000L << Math.min(failures - FREE_ATTEMPTS, 6);
            closedUntil = clock.millis() + Math.min(wait, MAX_WAIT_MILLIS);
        }
    }

    synchronized void succeeded() {
        failures = 0;
        closedUntil = 0;
    }
}
