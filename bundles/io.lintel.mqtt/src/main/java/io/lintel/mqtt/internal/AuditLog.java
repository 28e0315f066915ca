// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.mqtt.server.ConnectedClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the topic policy refused, one line per refusal, on the logger {@code lintel.audit}; the node writes it to a file of
 * its own. A client that is refused without end gets a few lines at once and then a few per minute; the next line tells
 * how many were not written. Clients are told apart by their verified identity, anonymous ones by their address, so that
 * nothing is gained by another client identifier or connection. Any thread; logging may block for the disk, which the
 * limits make rare.
 */
final class AuditLog {
    private static final Logger AUDIT = LoggerFactory.getLogger("lintel.audit");
    private static final int AT_ONCE = 20;
    private static final long PAUSE_NANOS = 6_000_000_000L;
    private static final int AT_ONCE_IN_ALL = 200;
    private static final long PAUSE_IN_ALL_NANOS = 20_000_000L;
    private static final int MOST_CLIENTS = 1_000;
    private static final int LONGEST = 200;

    private final LongSupplier nanoTime;
    private final Allowance all;
    /** By identity or address, least recently refused first. */
    private final Map<String, Allowance> clients = new LinkedHashMap<>(16, 0.75f, true);
    private long unwrittenOfForgotten;

    AuditLog() {
        this(System::nanoTime);
    }

    AuditLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.all = new Allowance(AT_ONCE_IN_ALL, PAUSE_IN_ALL_NANOS, nanoTime.getAsLong());
    }

    /**
     * @param event what was refused: connect, subscribe or publish
     * @param what  the client identifier, filter or topic
     * @param why   the reason, for a person
     */
    void refused(ConnectedClient client, String event, String what, String why) {
        String key = client.identity().isAnonymous() ? String.valueOf(client.address().getAddress()) : client.identity().key();
        long unwritten;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            Allowance own = clients.computeIfAbsent(key, k -> new Allowance(AT_ONCE, PAUSE_NANOS, now));
            forgetOldest();
            if (!own.hasOne(now) || !all.hasOne(now)) {
                own.unwritten++;
                return;
            }
            own.take();
            all.take();
            unwritten = own.unwritten + unwrittenOfForgotten;
            own.unwritten = 0;
            unwrittenOfForgotten = 0;
        }
        AUDIT.info("{} refused client={} identity={} address={}:{} listener={} what={} why={}{}", event,
                quoted(client.clientId()),
                client.identity().isAnonymous() ? "none" : quoted(client.identity().key()),
                client.address().getAddress() == null ? client.address().getHostString()
                        : client.address().getAddress().getHostAddress(),
                client.address().getPort(), quoted(client.listener()), quoted(what), quoted(why),
                unwritten == 0 ? "" : " unwritten=" + unwritten);
    }

    private void forgetOldest() {
        if (clients.size() > MOST_CLIENTS) {
            String oldest = clients.keySet().iterator().next();
            unwrittenOfForgotten += clients.remove(oldest).unwritten;
        }
    }

    /** In quotes, on one line, not endless. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > LONGEST ? "…\"" : "\"").toString();
    }

    /** So many lines at once, and one more after each pause. */
    private static final class Allowance {
        private final int most;
        private final long pauseNanos;
        private long left;
        private long since;
        private long unwritten;

        private Allowance(int most, long pauseNanos, long now) {
            this.most = most;
            this.pauseNanos = pauseNanos;
            this.left = most;
            this.since = now;
        }

        private boolean hasOne(long now) {
            long regained = (now - since) / pauseNanos;
            left = Math.min(most, left + regained);
            since += regained * pauseNanos;
            return left > 0;
        }

        private void take() {
            left--;
        }
    }
}
