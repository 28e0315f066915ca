// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.EOFException;
import java.net.SocketException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Notices that two clients with one identifier push each other out [MQTT-3.1.4-2]: the server closes one connection after
 * the other soon after it was made. Then this side gives way for longer and longer, up to five minutes, instead of fighting.
 * A connection that broke in any other way counts for nothing, since that is how a bad network looks. Guarded by its link.
 */
final class Takeovers {
    private static final int TOLERATED = 3;
    private static final long SOON_MILLIS = TimeUnit.SECONDS.toMillis(60);
    private static final long FIRST_PAUSE_MILLIS = TimeUnit.SECONDS.toMillis(15);
    private static final long LONGEST_PAUSE_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private int inARow;

    /** A connection that was ready is lost. */
    void lost(Throwable cause, long livedMillis) {
        inARow = livedMillis < SOON_MILLIS && isClosedByServer(cause) ? inARow + 1 : 0;
    }

    boolean suspected() {
        return inARow > TOLERATED;
    }

    /** How long to stay away: differently long on the two sides, so that they do not meet again at once. */
    long pauseMillis() {
        long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(inARow - TOLERATED - 1, 10));
        return most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
    }

    private static boolean isClosedByServer(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof EOFException || at instanceof SocketException) {
                return true;
            }
        }
        return false;
    }
}
