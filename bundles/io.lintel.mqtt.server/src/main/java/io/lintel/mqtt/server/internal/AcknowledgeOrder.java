// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps what one client published in the order of arrival while some of it is on its way to disk. A message takes effect
 * when it is decided and all before it have taken effect, those of the client's earlier connections too [MQTT-4.6.0-6];
 * it is acknowledged when all before it are, which may be later: a message that is held for its receivers is in effect
 * and not acknowledged. Belongs to the event loop.
 */
final class AcknowledgeOrder {
    private final Connection connection;
    private final Router router;
    /** Those that are not acknowledged, and among them those that have not taken effect. */
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Deque<Entry> withoutEffect = new ArrayDeque<>();
    private Runnable whenShorter;
    private Runnable whenCaughtUp;
    private boolean working;
    /** That of an earlier connection, while it has messages that have not taken effect. */
    private AcknowledgeOrder before;
    private AcknowledgeOrder after;

    /** @param earlier that of the client's connection before; null for none */
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

    /** Calls once, when all has taken effect; not for what is in effect already. */
    void whenCaughtUp(Runnable then) {
        whenCaughtUp = then;
    }

    /** A message without effect, such as a repeated QoS 2 PUBLISH or a refused one: acknowledged in its turn. */
    void acknowledge(int qos, int packetId) {
        decided(enter(null, qos, packetId, true), null);
    }

    /** Whether all that came before has taken effect, acknowledged or not, so that the next may at once. */
    boolean isCaughtUp() {
        return withoutEffect.isEmpty() && before == null && !working;
    }

    /** @param now whether it takes effect by itself as far as it can, and needs its turn for the acknowledgement alone */
    Entry enter(Publication publication, int qos, int packetId, boolean now) {
        Entry entry = new Entry(publication, qos, packetId, now);
        entries.add(entry);
        if (!now) {
            withoutEffect.add(entry);
        }
        return entry;
    }

    /** What the entry waited for has come: it is on disk, its receivers have it, or it failed. */
    void decided(Entry entry, Throwable failure) {
        entry.decided = true;
        entry.failure = failure;
        if (entry.now) {
            boolean nested = working;
            working = true;
            takeEffect(entry);   // what of it could not be handed over before
            working = nested;
        }
        work();
    }

    private void work() {
        if (working) {
            return;   // what takes effect may let another message of the same client in; it waits for its turn
        }
        working = true;
        try {
            while (before == null && !withoutEffect.isEmpty() && withoutEffect.peek().decided) {
                takeEffect(withoutEffect.poll());
            }
            while (!entries.isEmpty() && entries.peek().isInEffect) {
                acknowledge(entries.poll());
            }
        } finally {
            working = false;
        }
        if (isCaughtUp()) {
            goOn();
        }
        if (whenShorter != null) {
            Runnable then = whenShorter;
            whenShorter = null;
            if (connection.isOpen()) {
                then.run();
            }
        }
    }

    private void goOn() {
        if (whenCaughtUp != null) {
            whenCaughtUp.run();
            whenCaughtUp = null;
        }
        if (after != null) {
            AcknowledgeOrder next = after;
            after = null;
            next.before = null;
            next.work();
        }
    }

    private void takeEffect(Entry entry) {
        entry.isInEffect = true;
        if (entry.failure != null) {
            if (entry.publication != null) {
                router.withdraw(entry.publication);
            }
            connection.fail("the journal failed");   // it sends again what was not acknowledged [MQTT-4.8.0-2]
        } else if (entry.publication != null) {
            router.takeEffect(entry.publication);
        }
    }

    private void acknowledge(Entry entry) {
        if (entry.failure != null) {
            return;
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
        private final boolean now;
        private boolean decided;
        private boolean isInEffect;
        private Throwable failure;

        Entry(Publication publication, int qos, int packetId, boolean now) {
            this.publication = publication;
            this.qos = qos;
            this.packetId = packetId;
            this.now = now;
        }
    }
}
