// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.tls.UnusableFileException;
import java.io.EOFException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long one link waits before it connects again, and what is worth saying about it: pauses grow and are bounded, and a
 * server that is away for days fills no log. Guarded by its link.
 */
final class Retries {
    private static final long FIRST_MILLIS = 100;
    private static final long MOST_MILLIS = 30_000;
    private static final long MOST_LOOPBACK_MILLIS = 2_000;
    private static final long STABLE_MILLIS = 10_000;
    private static final int MOST_SAID = 8;

    private final long mostMillis;
    private final String clientId;
    private final Takeovers takeovers = new Takeovers();
    private final Set<String> said = new HashSet<>();
    private long backOffMillis = FIRST_MILLIS;
    private long readySince;
    private long failingSince;

    /**
     * What to do next.
     *
     * @param millis until the next attempt
     * @param news   whether the reason has not been said since the last connection
     */
    record Next(long millis, String reason, boolean news) {
    }

    Retries(boolean loopback, String clientId) {
        this.mostMillis = loopback ? MOST_LOOPBACK_MILLIS : MOST_MILLIS;
        this.clientId = clientId;
    }

    void ready() {
        readySince = System.nanoTime();
        begin();
        said.clear();
    }

    /** What failed before does not count. */
    void begin() {
        failingSince = 0;
    }

    /** Whether nothing but failures have been seen for so long. */
    boolean failFor(Duration time) {
        return failingSince != 0 && System.nanoTime() - failingSince > time.toNanos();
    }

    /** @param wasReady whether a connection is lost, and not merely an attempt */
    Next failed(Throwable cause, boolean wasReady) {
        failingSince = failingSince == 0 ? System.nanoTime() : failingSince;
        if (wasReady) {
            long lived = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - readySince);
            backOffMillis = lived > STABLE_MILLIS ? FIRST_MILLIS : backOffMillis;
            takeovers.lost(cause, lived);
        }
        if (takeovers.suspected()) {
            return next(takeovers.pauseMillis(), "the server ends each connection soon after it is made: the client identifier "
                    + clientId + " seems to be in use elsewhere");
        }
        long wait = backOffMillis / 2 + ThreadLocalRandom.current().nextLong(backOffMillis / 2 + 1);
        backOffMillis = Math.min(backOffMillis * 2, mostMillis);
        return next(wait, reason(cause));
    }

    private Next next(long millis, String reason) {
        return new Next(millis, reason, said.size() < MOST_SAID && said.add(reason));
    }

    /** What is at the bottom of a failure, for a person. */
    static String reason(Throwable cause) {
        if (cause == null) {
            return "connection lost";
        }
        Throwable root = cause;
        while (root.getCause() != null && !(root instanceof UnusableFileException)) {
            root = root.getCause();
        }
        if (root instanceof EOFException) {
            return "the server closed the connection";
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
