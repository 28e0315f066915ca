// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What waits in many queues together, against the limit for all of them: one total for the durable sessions (on disk),
 * one for the others (in memory). When it is reached, connected clients still get a few messages at a time, so that
 * those who keep up do not suffer from those who do not. Belongs to the event loop.
 */
final class QueueTotal {
    /** What a connected client's queue may hold although all together hold too much. */
    private static final int SHARE_MESSAGES = 16;
    private static final long SHARE_BYTES = 16_384;

    private final Limits.Queue most;
    private final Runnable opener = this::open;
    private Set<Session> waiting = new LinkedHashSet<>();
    private boolean opening;
    private long messages;
    private long bytes;

    QueueTotal(Limits.Queue most) {
        this.most = most;
    }

    boolean isWithin(long more) {
        return messages < most.messages() && bytes + more <= most.bytes();
    }

    /** Whether the session may take another message as far as the total is concerned; it is told when that changes. */
    boolean hasRoomFor(Session session, long more) {
        if (isWithin(more) || session.connection() != null && session.queuedMessages() < SHARE_MESSAGES
                && session.queuedBytes() + more <= SHARE_BYTES) {
            return true;
        }
        waiting.add(session);
        return false;
    }

    void add(long moreMessages, long moreBytes) {
        messages += moreMessages;
        bytes += moreBytes;
    }

    /** Runs when something left one of the queues. */
    Runnable opener() {
        return opener;
    }

    private void open() {
        if (opening || waiting.isEmpty() || !isWithin(1)) {
            return;
        }
        opening = true;
        try {
            Set<Session> now = waiting;
            waiting = new LinkedHashSet<>();
            now.forEach(session -> session.room().open());   // who finds too little room still is put into the new set
        } finally {
            opening = false;
        }
    }

    Limits.Queue most() {
        return most;
    }

    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }
}
