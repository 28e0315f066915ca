// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.store.jdbc.Changes.Statement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The MQTT server's journal: turns units of {@link SessionChange} into statements and knows each session's key and the
 * end of its queue. A message is stored once with a count of the queues and topics that refer to it, and goes with the
 * last of them. Changes that name a session which is not there (removed in the meantime) keep nothing for it.
 * Writer thread only, but for {@link #order}.
 */
final class Journal {
    private static final String OPEN = "INSERT INTO sess (c, client, principal, seen) VALUES (?, ?, ?, ?)";
    private static final String REOPEN = "UPDATE sess SET principal = ?, seen = ? WHERE c = ?";
    private static final String SEEN = "UPDATE sess SET seen = ? WHERE c = ?";
    private static final String SUBSCRIBE = "INSERT INTO sub (c, tf, qos) VALUES (?, ?, ?)";
    private static final String UNSUBSCRIBE = "DELETE FROM sub WHERE c = ? AND tf = ?";
    private static final String STORE = "INSERT INTO msg (id, topic, qos, ret, refs, payload) VALUES (?, ?, ?, ?, ?, ?) "
            + "ON CONFLICT (id) DO NOTHING";
    private static final String REFER = "UPDATE msg SET refs = refs + 1 WHERE id = ?";
    private static final String QUEUE = "INSERT INTO mq (c, ord, id, qos, pid, rel, size) "
            + "SELECT ?, ?, id, ?, 0, 0, length(payload) FROM msg WHERE id = ?";
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

    private static final String SESSIONS = "SELECT c, client FROM sess";
    private static final String END = "SELECT MAX(ord) FROM mq WHERE c = ?";
    private static final String OUT_OF_ORDER = "SELECT c, id, ord FROM mq WHERE ord <> id * " + QueueOrder.SPACING;

    /** Those that look for a row, and are made for single packets. */
    static final List<String> CHANGES = List.of(REOPEN, SEEN, UNSUBSCRIBE, REFER, QUEUE, RELEASE, PACKET, DONE_REFERENCE,
            DONE, DROP,
            GIVE_BACK, RETAIN, END);

    private final Numbers numbers;
    private final Numbers messageNumbers;
    private final Map<String, Session> sessions = new HashMap<>();
    private final QueueOrder order = new QueueOrder();

    Journal(Numbers numbers, Numbers messageNumbers) {
        this.numbers = numbers;
        this.messageNumbers = messageNumbers;
    }

    /** Where messages stand in their queues; for any thread. */
    QueueOrder order() {
        return order;
    }

    /** From the database, at the start and after a batch that was not kept. */
    void load(Sql sql) throws SQLException {
        sessions.clear();
        order.clear();
        Map<Long, String> clients = new HashMap<>();
        sql.query(result -> {
            while (result.next()) {
                sessions.put(result.getString(2), new Session(result.getLong(1)));
                clients.put(result.getLong(1), result.getString(2));
            }
            return null;
        }, SESSIONS);
        sql.query(result -> {
            while (result.next()) {
                order.queued(clients.getOrDefault(result.getLong(1), ""), result.getLong(2), result.getLong(3));
            }
            return null;
        }, OUT_OF_ORDER);
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

    private static final class Session {
        private final long key;
        /** -1 until the end of the queue was looked up. */
        private long end = -1;

        Session(long key) {
            this.key = key;
        }
    }

    /** One unit on its way into statements. */
    private final class Unit {
        private final Sql sql;
        private final List<Statement> statements = new ArrayList<>();
        private final Map<Long, Arrival> arrivals = new HashMap<>();

        Unit(Sql sql) {
            this.sql = sql;
        }

        void add(SessionChange change) throws SQLException {
            if (change instanceof SessionChange.MessageStored stored) {
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
            Session known = sessions.get(opened.clientId());
            if (known != null) {
                add(REOPEN, opened.principal(), opened.atMillis(), known.key);
                return;
            }
            Session session = new Session(numbers.next());
            session.end = 0;
            sessions.put(opened.clientId(), session);
            add(OPEN, session.key, opened.clientId(), opened.principal(), opened.atMillis());
        }

        private void ofSession(SessionChange change) throws SQLException {
            if (change instanceof SessionChange.MessageQueued queued) {
                Session session = sessions.get(queued.clientId());
                if (session != null) {
                    queue(queued, session);
                }
            } else if (change instanceof SessionChange.MessagesDone done) {
                Session session = sessions.get(done.clientId());
                if (session != null) {
                    done.messageIds().forEach(id -> done(done.clientId(), session, id));
                }
            } else if (change instanceof SessionChange.MessageReleased released) {
                Session session = sessions.get(released.clientId());
                if (session != null) {
                    add(RELEASE, session.key, order.of(released.clientId(), released.messageId()), released.messageId());
                }
            } else if (change instanceof SessionChange.PacketIdAssigned assigned) {
                Session session = sessions.get(assigned.clientId());
                if (session != null) {
                    add(PACKET, assigned.packetId(), session.key, order.of(assigned.clientId(), assigned.messageId()),
                            assigned.messageId());
                }
            } else {
                simple(change);
            }
        }

        private void simple(SessionChange change) {
            if (change instanceof SessionChange.SessionSeen seen) {
                with(seen.clientId(), session -> add(SEEN, seen.atMillis(), session.key));
            } else if (change instanceof SessionChange.Subscribed subscribed) {
                with(subscribed.clientId(), session -> {
                    add(UNSUBSCRIBE, session.key, subscribed.topicFilter());
                    add(SUBSCRIBE, session.key, subscribed.topicFilter(), subscribed.qos());
                });
            } else if (change instanceof SessionChange.Unsubscribed unsubscribed) {
                with(unsubscribed.clientId(), session -> add(UNSUBSCRIBE, session.key, unsubscribed.topicFilter()));
            } else if (change instanceof SessionChange.InboundIdTaken taken) {
                with(taken.clientId(), session -> add(TAKE, session.key, taken.packetId()));
            } else if (change instanceof SessionChange.InboundIdReleased released) {
                with(released.clientId(), session -> add(GIVE_BACK, session.key, released.packetId()));
            } else if (change instanceof SessionChange.SessionRemoved removed) {
                with(removed.clientId(), session -> REMOVE.forEach(statement -> add(statement, session.key)));
                sessions.remove(removed.clientId());
                order.removed(removed.clientId());
            } else {
                throw new IllegalStateException("no statement for " + change);
            }
        }

        private void with(String clientId, Consumer<Session> action) {
            Session session = sessions.get(clientId);
            if (session != null) {
                action.accept(session);
            }
        }

        private void queue(SessionChange.MessageQueued queued, Session session) throws SQLException {
            if (session.end < 0) {
                session.end = sql.query(result -> result.next() ? result.getLong(1) : 0, END, session.key);
            }
            long place = Math.max(queued.messageId() * QueueOrder.SPACING, session.end + 1);
            session.end = place;
            order.queued(queued.clientId(), queued.messageId(), place);
            refer(queued.messageId());
            add(QUEUE, session.key, place, queued.qos(), queued.messageId());
        }

        private void done(String clientId, Session session, long messageId) {
            long place = order.of(clientId, messageId);
            add(DONE_REFERENCE, messageId, session.key, place, messageId);
            add(DONE, session.key, place, messageId);
            add(DROP, messageId);
            order.done(clientId, messageId);
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
                            message.retain() ? 1 : 0, arrival.references, message.payload()));
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
