// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.store.jdbc.Changes.Statement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * The MQTT server's journal: turns units of {@link SessionChange} into statements and knows each session's key. A queue
 * is in the order of message numbers, also if one is queued later than a higher one. A message is stored once with a
 * count of the queues and topics that refer to it, and goes with the last of them. Changes that name a
 * session which is not there (removed in the meantime) keep nothing for it. Writer thread only.
 */
final class Journal {
    private static final String OPEN = "INSERT INTO sess (c, client, principal, seen) VALUES (?, ?, ?, ?)";
    private static final String REOPEN = "UPDATE sess SET principal = ?, seen = ? WHERE c = ?";
    private static final String SEEN = "UPDATE sess SET seen = ? WHERE c = ?";
    private static final String SUBSCRIBE = "INSERT INTO sub (c, tf, qos) VALUES (?, ?, ?)";
    private static final String UNSUBSCRIBE = "DELETE FROM sub WHERE c = ? AND tf = ?";
    private static final String STORE = "INSERT INTO msg (id, topic, qos, ret, refs, payload, crc) VALUES (?, ?, ?, ?, ?, ?, ?) "
            + "ON CONFLICT (id) DO NOTHING";
    private static final String REFER = "UPDATE msg SET refs = refs + 1 WHERE id = ?";
    private static final String QUEUE = "INSERT INTO mq (c, ord, id, qos, pid, rel, size) VALUES (?, ?, ?, ?, ?, 0, ?)";
    private static final String QUEUE_EARLIER = "INSERT INTO mq (c, ord, id, qos, pid, rel, size) "
            + "SELECT ?, ?, id, ?, ?, 0, length(payload) FROM msg WHERE id = ?";
    private static final String RELEASE = "UPDATE mq SET rel = 1 WHERE c = ? AND ord = ? AND id = ?";
    private static final String PACKET = "UPDATE mq SET pid = ? WHERE c = ? AND ord = ? AND id = ?";
    private static final String DONE_REFERENCE = "UPDATE msg SET refs = refs - 1 WHERE id = ? "
            + "AND EXISTS (SELECT 1 FROM mq WHERE c = ? AND ord = ? AND id = ?)";
    private static final String DONE = "DELETE FROM mq WHERE c = ? AND ord = ? AND id = ?";
    private static final String DROP = "DELETE FROM msg WHERE id = ? AND refs <= 0";
    private static final String TAKE = "INSERT INTO inb (c, pid) VALUES (?, ?) ON CONFLICT (c, pid) DO NOTHING";
    private static final String GIVE_BACK = "DELETE FROM inb WHERE c = ? AND pid = ?";
    private static final List<String> REMOVE = List.of(
            "UPDATE msg SET refs = refs - 1 WHERE id IN (SELECT id FROM mq WHERE c = ?)",
            "DELETE FROM msg WHERE refs <= 0 AND id IN (SELECT id FROM mq WHERE c = ?)",
            "DELETE FROM mq WHERE c = ?", "DELETE FROM sub WHERE c = ?", "DELETE FROM inb WHERE c = ?",
            "DELETE FROM sess WHERE c = ?");
    private static final List<String> CLEAR_RETAINED = List.of(
            "UPDATE msg SET refs = refs - 1 WHERE id = (SELECT id FROM retained WHERE topic = ?)",
            "DELETE FROM msg WHERE refs <= 0 AND id = (SELECT id FROM retained WHERE topic = ?)",
            "DELETE FROM retained WHERE topic = ?");
    private static final String RETAIN = "INSERT INTO retained (topic, id) SELECT ?, id FROM msg WHERE id = ?";

    private static final String CLEAR_WILL = "DELETE FROM will WHERE n = ?";
    private static final String SET_WILL = "INSERT INTO will (n, client, topic, qos, ret, payload, crc) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (n) DO NOTHING";

    private static final String SESSIONS = "SELECT c, client FROM sess";

    /** The distance between the places of successive message numbers in column ord. */
    private static final long SPACING = 1024;

    /** Those that look for a row, and are made for single packets. */
    static final List<String> CHANGES = List.of(REOPEN, SEEN, UNSUBSCRIBE, REFER, QUEUE_EARLIER, RELEASE, PACKET, DONE_REFERENCE,
            DONE, DROP,
            GIVE_BACK, RETAIN, CLEAR_WILL);

    private final Numbers numbers;
    private final Numbers messageNumbers;
    private final Map<String, Long> sessions = new HashMap<>();

    Journal(Numbers numbers, Numbers messageNumbers) {
        this.numbers = numbers;
        this.messageNumbers = messageNumbers;
    }

    /** Where a message stands in every queue; for any thread. */
    static long place(long messageId) {
        return messageId * SPACING;
    }

    /** From the database, at the start and after a batch that was not kept. */
    void load(Sql sql) throws SQLException {
        sessions.clear();
        sql.query(result -> {
            while (result.next()) {
                sessions.put(result.getString(2), result.getLong(1));
            }
            return null;
        }, SESSIONS);
    }

    /**
     * The names in the changes, checked before anything is done.
     *
     * @throws IllegalArgumentException for one that no text column can hold
     */
    static void check(List<SessionChange> changes) {
        for (SessionChange change : changes) {
            if (change instanceof SessionChange.SessionOpened opened) {
                Texts.storable(opened.clientId());
                Texts.storable(opened.principal());
            } else if (change instanceof SessionChange.Subscribed subscribed) {
                Texts.storable(subscribed.topicFilter());
            } else if (change instanceof SessionChange.MessageStored stored) {
                Texts.storable(stored.message().topic());
            } else if (change instanceof SessionChange.RetainedSet set) {
                Texts.storable(set.topic());
            } else if (change instanceof SessionChange.WillSet will) {
                Texts.storable(will.will().clientId());
                Texts.storable(will.will().topic());
            }
        }
    }

    /** The statements of one unit. */
    List<Statement> translate(Sql sql, List<SessionChange> changes) throws SQLException {
        Unit unit = new Unit(sql);
        for (SessionChange change : changes) {
            unit.add(change);
        }
        return unit.finish();
    }

    /** One unit on its way into statements. */
    private final class Unit {
        private final Sql sql;
        private final List<Statement> statements = new ArrayList<>();
        private final Map<Long, Arrival> arrivals = new HashMap<>();

        Unit(Sql sql) {
            this.sql = sql;
        }

        void add(SessionChange change) {
            if (change instanceof SessionChange.NumbersReserved reserved) {
                messageNumbers.used(reserved.upTo());
            } else if (change instanceof SessionChange.MessageStored stored) {
                messageNumbers.used(stored.message().id());
                arrivals.put(stored.message().id(), new Arrival(stored.message(), statements.size()));
                statements.add(null);
            } else if (change instanceof SessionChange.RetainedSet set) {
                refer(set.messageId());
                CLEAR_RETAINED.forEach(statement -> add(statement, set.topic()));
                add(RETAIN, set.topic(), set.messageId());
            } else if (change instanceof SessionChange.RetainedCleared cleared) {
                CLEAR_RETAINED.forEach(statement -> add(statement, cleared.topic()));
            } else if (change instanceof SessionChange.SessionOpened opened) {
                open(opened);
            } else {
                ofSession(change);
            }
        }

        private void open(SessionChange.SessionOpened opened) {
            Long known = sessions.get(opened.clientId());
            if (known != null) {
                add(REOPEN, opened.principal(), opened.atMillis(), known);
                return;
            }
            long key = numbers.next();
            sessions.put(opened.clientId(), key);
            add(OPEN, key, opened.clientId(), opened.principal(), opened.atMillis());
        }

        private void ofSession(SessionChange change) {
            if (change instanceof SessionChange.MessageQueued queued) {
                with(queued.clientId(), key -> queue(queued, key));
            } else if (change instanceof SessionChange.MessagesDone done) {
                with(done.clientId(), key -> done.messageIds().forEach(id -> done(key, id)));
            } else if (change instanceof SessionChange.MessageReleased released) {
                with(released.clientId(), key -> add(RELEASE, key, place(released.messageId()), released.messageId()));
            } else if (change instanceof SessionChange.PacketIdAssigned assigned) {
                with(assigned.clientId(), key -> add(PACKET, assigned.packetId(), key, place(assigned.messageId()),
                        assigned.messageId()));
            } else {
                simple(change);
            }
        }

        private void simple(SessionChange change) {
            if (change instanceof SessionChange.SessionSeen seen) {
                with(seen.clientId(), key -> add(SEEN, seen.atMillis(), key));
            } else if (change instanceof SessionChange.Subscribed subscribed) {
                with(subscribed.clientId(), key -> {
                    add(UNSUBSCRIBE, key, subscribed.topicFilter());
                    add(SUBSCRIBE, key, subscribed.topicFilter(), subscribed.qos());
                });
            } else if (change instanceof SessionChange.Unsubscribed unsubscribed) {
                with(unsubscribed.clientId(), key -> add(UNSUBSCRIBE, key, unsubscribed.topicFilter()));
            } else if (change instanceof SessionChange.InboundIdTaken taken) {
                with(taken.clientId(), key -> add(TAKE, key, taken.packetId()));
            } else if (change instanceof SessionChange.InboundIdReleased released) {
                with(released.clientId(), key -> add(GIVE_BACK, key, released.packetId()));
            } else if (change instanceof SessionChange.WillSet set) {
                SessionStore.StoredWill will = set.will();
                messageNumbers.used(will.number());
                add(SET_WILL, will.number(), will.clientId(), will.topic(), will.qos(), will.retain() ? 1 : 0, will.payload(),
                        Checksum.of(will.number(), will.topic(), will.qos(), will.retain(), will.payload()));
            } else if (change instanceof SessionChange.WillCleared cleared) {
                add(CLEAR_WILL, cleared.number());
            } else if (change instanceof SessionChange.SessionRemoved removed) {
                with(removed.clientId(), key -> REMOVE.forEach(statement -> add(statement, key)));
                sessions.remove(removed.clientId());
            } else {
                throw new IllegalStateException("no statement for " + change);
            }
        }

        private void with(String clientId, LongConsumer action) {
            Long key = sessions.get(clientId);
            if (key != null) {
                action.accept(key);
            }
        }

        private void queue(SessionChange.MessageQueued queued, long key) {
            long id = queued.messageId();
            Arrival arrival = arrivals.get(id);
            if (arrival == null) {
                add(REFER, id);
                add(QUEUE_EARLIER, key, place(id), queued.qos(), queued.packetId(), id);
            } else {
                arrival.references++;
                add(QUEUE, key, place(id), id, queued.qos(), queued.packetId(), arrival.message.payload().length);
            }
        }

        private void done(long key, long messageId) {
            long place = place(messageId);
            add(DONE_REFERENCE, messageId, key, place, messageId);
            add(DONE, key, place, messageId);
            add(DROP, messageId);
        }

        private void refer(long messageId) {
            Arrival arrival = arrivals.get(messageId);
            if (arrival != null) {
                arrival.references++;
            } else {
                add(REFER, messageId);
            }
        }

        private void add(String statement, Object... parameters) {
            statements.add(new Statement(statement, parameters));
        }

        List<Statement> finish() {
            for (Arrival arrival : arrivals.values()) {
                StoredMessage message = arrival.message;
                if (arrival.references > 0) {
                    statements.set(arrival.place, new Statement(STORE, message.id(), message.topic(), message.qos(),
                            message.retain() ? 1 : 0, arrival.references, message.payload(), Checksum.of(message)));
                }
            }
            statements.removeIf(Objects::isNull);
            return statements;
        }
    }

    /** A message stored in this unit; its statement is made when its references are known. */
    private static final class Arrival {
        private final StoredMessage message;
        private final int place;
        private int references;

        Arrival(StoredMessage message, int place) {
            this.message = message;
            this.place = place;
        }
    }
}
