// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps what one client published in the order of arrival while some of it is on its way to disk: a message takes
 * effect and is acknowledged when it and all before it are decided. What came by an earlier connection of the same
 * session takes effect first [MQTT-4.6.0-6]. Belongs to the event loop.
 */
final class AcknowledgeOrder {
    private final Connection connection;
    private final Router router;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private Runnable whenShorter;
    private boolean finishing;
    private int withoutEffect;
    /** That of an earlier connection, while it has messages that have not taken effect. */
    private AcknowledgeOrder before;
    private AcknowledgeOrder after;

    /** @param earlier that of the session's connection before; null for none */
    AcknowledgeOrder(Connection connection, Router router, AcknowledgeOrder earlier) {
        this.connection = connection;
        this.router = router;
        if (earlier != null && !earlier.isCaughtUp()) {
            before = earlier;
            earlier.after = this;
        }
    }

    int size() {
        return entries.size();
    }

    /** Calls once, when a place is free again. */
    void whenShorter(Runnable then) {
        whenShorter = then;
    }

    /** A message without effect, such as a repeated QoS 2 PUBLISH or a refused one: acknowledged in its turn. */
    void acknowledge(int qos, int packetId) {
        Entry entry = enter(null, qos, packetId, true);
        decided(entry, null);
    }

    /** Whether all that came before has taken effect, acknowledged or not, so that the next may at once. */
    boolean isCaughtUp() {
        return withoutEffect == 0 && before == null;
    }

    /** @param inEffect whether it takes effect by itself, and is here for its acknowledgement alone */
    Entry enter(Publication publication, int qos, int packetId, boolean inEffect) {
        Entry entry = new Entry(publication, qos, packetId, inEffect);
        entries.add(entry);
        withoutEffect += inEffect ? 0 : 1;
        return entry;
    }

    void decided(Entry entry, Throwable failure) {
        entry.decided = true;
        entry.failure = failure;
        finishDecided();
    }

    private void finishDecided() {
        if (finishing || before != null) {
            return;   // what takes effect may let another message of the same client in; it waits for its turn
        }
        finishing = true;
        try {
            while (!entries.isEmpty() && entries.peek().decided) {
                finish(entries.poll());
            }
        } finally {
            finishing = false;
        }
        if (after != null && isCaughtUp()) {
            AcknowledgeOrder next = after;
            after = null;
            next.before = null;
            next.finishDecided();
        }
        if (whenShorter != null) {
            Runnable then = whenShorter;
            whenShorter = null;
            if (connection.isOpen()) {
                then.run();
            }
        }
    }

    private void finish(Entry entry) {
        withoutEffect -= entry.inEffect ? 0 : 1;
        if (entry.failure != null) {
            if (entry.publication != null) {
                router.withdraw(entry.publication);
            }
            connection.fail("the journal failed");   // it sends again what was not acknowledged [MQTT-4.8.0-2]
            return;
        }
        if (entry.publication != null) {
            router.takeEffect(entry.publication);
        }
        if (entry.qos == 1) {
            connection.out().puback(entry.packetId);
        } else if (entry.qos == 2) {
            connection.out().pubrec(entry.packetId);
        }
    }

    /** One message of the client between its arrival and its acknowledgement. */
    static final class Entry {
        private final Publication publication;
        private final int qos;
        private final int packetId;
        private final boolean inEffect;
        private boolean decided;
        private Throwable failure;

        Entry(Publication publication, int qos, int packetId, boolean inEffect) {
            this.publication = publication;
            this.qos = qos;
            this.packetId = packetId;
            this.inEffect = inEffect;
        }
    }
}
