// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who is logged in, by a random token in a cookie. Kept in memory only: a restart logs everybody out. Used by the
 * console's HTTP threads, hence synchronised.
 */
final class Sessions {
    static final long IDLE_MILLIS = 30 * 60_000L;
    static final long LIFE_MILLIS = 12 * 3_600_000L;
    static final int MAX_SESSIONS = 32;

    private static final int TOKEN_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Clock clock;
    private final Map<String, Session> open = new LinkedHashMap<>();

    Sessions(Clock clock) {
        this.clock = clock;
    }

    /** Opens a session and returns its token; with too many open, the oldest ends. */
    synchronized String open() {
        byte[] token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(token);
        if (open.size() >= MAX_SESSIONS) {
            open.remove(open.keySet().iterator().next());
        }
        open.put(text, new Session(clock.millis(), clock.millis()));
        return text;
    }

    /** Whether the token is of an open session; being asked keeps the session from idling out. */
    synchronized boolean isOpen(String token) {
        Session session = open.get(token);
        if (session == null) {
            return false;
        }
        long now = clock.millis();
        if (now - session.usedMillis > IDLE_MILLIS || now - session.openedMillis > LIFE_MILLIS) {
            open.remove(token);
            return false;
        }
        open.replace(token, new Session(session.openedMillis, now));
        return true;
    }

    synchronized void close(String token) {
        open.remove(token);
    }

    private record Session(long openedMillis, long usedMillis) {
    }
}
