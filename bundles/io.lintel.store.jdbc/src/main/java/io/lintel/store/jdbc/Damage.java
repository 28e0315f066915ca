// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.StoredMessage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stored messages that do not come out as they went in: each is reported once, what is left of it is put aside into
 * the table {@code damaged}, and whoever reads goes on with the next. For any thread; the writing is the writer's.
 */
final class Damage {
    private static final Logger LOG = LoggerFactory.getLogger(Damage.class);
    /** So many reports are remembered, so that a queue read again does not repeat them. */
    private static final int REMEMBERED = 10_000;

    private final Consumer<Aside> writer;
    private final Set<String> reported = ConcurrentHashMap.newKeySet();
    private final AtomicLong count = new AtomicLong();

    /** @param writer writes what is put aside, without waiting for it */
    Damage(Consumer<Aside> writer) {
        this.writer = writer;
    }

    /**
     * What is put aside.
     *
     * @param what    what it was, for a person
     * @param content what could be read of it
     * @param changes what the journal forgets with it
     */
    record Aside(String what, byte[] content, List<SessionChange> changes) {
    }

    /** Rows found damaged since the start. */
    long count() {
        return count.get();
    }

    void queued(String clientId, StoredMessage message) {
        found("message " + message.id() + " on topic '" + message.topic() + "' for session '" + clientId + "'", message,
                List.of());
    }

    void retained(String topic, StoredMessage message) {
        found("retained message " + message.id() + " of topic '" + topic + "'", message,
                List.of(new SessionChange.RetainedCleared(topic)));
    }

    void will(String clientId, StoredMessage message) {
        found("will of client '" + clientId + "' on topic '" + message.topic() + "'", message,
                List.of(new SessionChange.WillCleared(message.id())));
    }

    private void found(String what, StoredMessage message, List<SessionChange> changes) {
        if (reported.size() >= REMEMBERED) {
            reported.clear();
        }
        if (!reported.add(what)) {
            return;
        }
        count.incrementAndGet();
        LOG.error("The {} is damaged on disk and not delivered; what is left of it is in table damaged", what);
        writer.accept(new Aside(what, message.payload(), changes));
    }
}
