// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.lintel.mqtt.server.SessionStore.Snapshot;
import io.lintel.mqtt.server.SessionStore.StoredSession;
import io.lintel.mqtt.server.SessionStore.StoredSubscription;
import io.lintel.mqtt.server.SessionStore.StoredWill;
import io.lintel.mqtt.server.StoredMessage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads of the MQTT server's journal, for any thread. What does not fit its checksum is told to {@link Damage} and never
 * handed out.
 */
final class SessionReader {
    static final String QUEUE = "SELECT q.id, m.topic, m.qos, m.ret, m.payload, m.crc, q.qos, q.pid, q.rel, q.size "
            + "FROM mq q LEFT JOIN msg m ON m.id = q.id WHERE q.c = (SELECT c FROM sess WHERE client = ?) AND q.ord > ? "
            + "ORDER BY q.ord LIMIT ?";
    private static final String LAST_MESSAGE = "SELECT v FROM meta WHERE k = 'message'";
    private static final String SUBSCRIPTIONS = "SELECT c, tf, qos FROM sub ORDER BY c, tf";
    private static final String INBOUND = "SELECT c, pid FROM inb ORDER BY c, pid";
    private static final String WAITING = "SELECT c, COUNT(*), SUM(size) FROM mq GROUP BY c";
    private static final String SESSIONS = "SELECT c, client, principal, seen FROM sess ORDER BY c";
    private static final String RETAINED = "SELECT r.id, m.topic, m.qos, m.ret, m.payload, m.crc, r.topic "
            + "FROM retained r LEFT JOIN msg m ON m.id = r.id ORDER BY r.topic";
    private static final String WILLS = "SELECT n, topic, qos, ret, payload, crc, client FROM will ORDER BY n";
    static final String MESSAGE = "SELECT id, topic, qos, ret, payload, crc FROM msg WHERE id = ?";

    private final Readers readers;
    private final Damage damage;

    SessionReader(Readers readers, Damage damage) {
        this.readers = readers;
        this.damage = damage;
    }

    /** The last message number is that up to which numbers are reserved: none beyond it was ever used. */
    Snapshot load() {
        return readers.ask(sql -> {
            long last = sql.query(result -> result.next() ? result.getLong(1) : 0, LAST_MESSAGE);
            Map<Long, List<StoredSubscription>> subscriptions = new HashMap<>();
            sql.query(result -> {
                while (result.next()) {
                    subscriptions.computeIfAbsent(result.getLong(1), c -> new ArrayList<>())
                            .add(new StoredSubscription(result.getString(2), result.getInt(3)));
                }
                return null;
            }, SUBSCRIPTIONS);
            Map<Long, List<Integer>> inbound = new HashMap<>();
            sql.query(result -> {
                while (result.next()) {
                    inbound.computeIfAbsent(result.getLong(1), c -> new ArrayList<>()).add(result.getInt(2));
                }
                return null;
            }, INBOUND);
            Map<Long, long[]> waiting = new HashMap<>();
            sql.query(result -> {
                while (result.next()) {
                    waiting.put(result.getLong(1), new long[] {result.getLong(2), result.getLong(3)});
                }
                return null;
            }, WAITING);
            List<StoredSession> sessions = sql.query(result -> {
                List<StoredSession> found = new ArrayList<>();
                while (result.next()) {
                    long key = result.getLong(1);
                    long[] queue = waiting.getOrDefault(key, new long[2]);
                    found.add(new StoredSession(result.getString(2), result.getString(3), result.getLong(4),
                            List.copyOf(subscriptions.getOrDefault(key, List.of())),
                            List.copyOf(inbound.getOrDefault(key, List.of())), (int) queue[0], queue[1]));
                }
                return found;
            }, SESSIONS);
            List<StoredMessage> retained = sql.query(result -> {
                List<StoredMessage> found = new ArrayList<>();
                while (result.next()) {
                    StoredMessage message = message(result);
                    String topic = result.getString(7);
                    if (isSound(result, message)) {
                        found.add(new StoredMessage(message.id(), topic, message.qos(), message.retain(), message.payload()));
                    } else {
                        damage.retained(topic, message);
                    }
                }
                return found;
            }, RETAINED);
            List<StoredWill> wills = sql.query(result -> {
                List<StoredWill> found = new ArrayList<>();
                while (result.next()) {
                    StoredMessage message = message(result);
                    String clientId = result.getString(7);
                    if (isSound(result, message)) {
                        found.add(new StoredWill(message.id(), clientId, message.topic(), message.qos(), message.retain(),
                                message.payload()));
                    } else {
                        damage.will(clientId, message);
                    }
                }
                return found;
            }, WILLS);
            return new Snapshot(last, sessions, retained, wills);
        });
    }

    List<QueuedMessage> queue(String clientId, long afterMessageId, int limit) {
        long after = Journal.place(afterMessageId);
        return readers.ask(sql -> sql.query(result -> {
            List<QueuedMessage> found = new ArrayList<>();
            while (result.next()) {
                StoredMessage message = message(result);
                boolean released = result.getInt(9) != 0;
                if (released || isSound(result, message)) {   // for a released one PUBREL alone remains
                    found.add(new QueuedMessage(message, result.getInt(7), result.getInt(8), released));
                } else {
                    damage.queued(clientId, message);
                    found.add(QueuedMessage.damaged(message.id(), result.getLong(10)));
                }
            }
            return found;
        }, QUEUE, clientId, after, limit));
    }

    Optional<StoredMessage> message(long messageId) {
        return readers.ask(sql -> sql.query(result -> {
            StoredMessage message = result.next() ? message(result) : null;
            return message != null && isSound(result, message) ? Optional.of(message) : Optional.empty();
        }, MESSAGE, messageId));
    }

    /** With empty text and bytes where the message itself is not there. */
    private static StoredMessage message(ResultSet result) throws SQLException {
        String topic = result.getString(2);
        byte[] payload = result.getBytes(5);
        return new StoredMessage(result.getLong(1), topic == null ? "" : topic, result.getInt(3), result.getInt(4) != 0,
                payload == null ? new byte[0] : payload);
    }

    private static boolean isSound(ResultSet result, StoredMessage message) throws SQLException {
        return result.getString(2) != null && Checksum.fits(message, result.getLong(6));
    }
}
