// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.internal.users.Users;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The heart of the server: its sessions and connections, and the parts that work on them. Everything in it and below
 * it belongs to one event loop, which also serves all channels: there is no lock, and what one packet does is done
 * before the next. Only the journal and the reader of queues wait for the disk, elsewhere.
 *
 * <pre>
 *  bytes ─► PacketGate ─► Netty's decoder ─► Connection ─┬─► ConnectHandler ───┐
 *                                                        ├─► SubscribeHandler ─┼─► Journal ─► SessionStore
 *                                                        └─► InboundPublish ─► Router        (many at once)
 *  bytes ◄────────────── Netty's encoder ◄─ Connection ◄──── Outbound ◄──────────┘ on disk
 * </pre>
 */
final class Broker {
    private final EventLoop loop;
    private final Limits limits;
    private final Counters counters;
    private final Authenticator authenticator;
    private final Policies policies;
    private final Journal journal;
    private final StoreReader reader;
    private final SubscriptionTrie trie = new SubscriptionTrie();
    private final RetainedStore retained;
    private final Router router;
    private final ConnectHandler connectHandler = new ConnectHandler(this);
    private final SubscribeHandler subscribeHandler = new SubscribeHandler(this);
    private final Map<String, Session> sessions = new HashMap<>();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final List<Connection> toFlush = new ArrayList<>();
    private int durableSessions;
    private boolean ending;

    /** Takes over what the store has; called before the first connection, on the event loop. */
    Broker(EventLoop loop, Limits limits, Counters counters, SessionStore store, SessionStore.Snapshot snapshot,
            Supplier<TopicPolicy> policy, boolean loopbackIsOpen, Users users) {
        this.loop = loop;
        this.limits = limits;
        this.counters = counters;
        authenticator = new Authenticator(users);
        policies = new Policies(policy, loopbackIsOpen, loop, limits.policyTimeoutMillis());
        journal = new Journal(store, loop, limits.journalBytes());
        reader = new StoreReader(store, loop, limits.maxConnections());
        retained = new RetainedStore(limits.maxRetainedMessages(), limits.maxRetainedBytes());
        router = new Router(trie, retained, journal, snapshot.lastMessageId());
        snapshot.sessions().forEach(this::restore);
        for (StoredMessage message : snapshot.retained()) {
            retained.set(message);
        }
    }

    private void restore(SessionStore.StoredSession stored) {
        Session session = new Session(stored.clientId(), stored.principal(), true, limits);
        session.seenMillis(stored.seenMillis());
        session.queueSize(stored.queuedMessages(), stored.queuedBytes());
        stored.inboundIds().forEach(session.inboundIds()::set);
        addSession(session);
        for (SessionStore.StoredSubscription subscription : stored.subscriptions()) {
            session.subscriptions().put(subscription.topicFilter(), subscription.qos());
            trie.add(subscription.topicFilter(), session, subscription.qos());
        }
    }

    EventLoop loop() {
        return loop;
    }

    Limits limits() {
        return limits;
    }

    Counters counters() {
        return counters;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    Policies policies() {
        return policies;
    }

    Journal journal() {
        return journal;
    }

    StoreReader reader() {
        return reader;
    }

    SubscriptionTrie trie() {
        return trie;
    }

    RetainedStore retained() {
        return retained;
    }

    Router router() {
        return router;
    }

    ConnectHandler connectHandler() {
        return connectHandler;
    }

    SubscribeHandler subscribeHandler() {
        return subscribeHandler;
    }

    // ---- connections ------------------------------------------------------------------------------------------------

    /** Whether another connection fits. */
    boolean admits(Connection connection) {
        assert loop.inEventLoop();
        if (ending || connections.size() >= limits.maxConnections()) {
            counters.add(Counter.CONNECTIONS_REFUSED, 1);
            return false;
        }
        connections.add(connection);
        counters.add(Counter.CONNECTIONS_ACCEPTED, 1);
        counters.add(Counter.CONNECTIONS_OPEN, 1);
        return true;
    }

    /** A connection is over: its session loses it, and its will is published. */
    void left(Connection connection, Will will) {
        assert loop.inEventLoop();
        if (connections.remove(connection)) {
            counters.add(Counter.CONNECTIONS_OPEN, -1);
        }
        Session session = connection.session();
        if (session != null && session.connection() == connection) {
            session.detach();
            if (session.isDurable()) {
                session.seenMillis(System.currentTimeMillis());
                SessionChange seen = new SessionChange.SessionSeen(session.clientId(), false, session.seenMillis());
                journal.eventually(List.of(seen), () -> { });
            } else {
                forgetSession(session);
                session.queueSize(0, 0);
                session.room().open();   // what waited for this queue waits for nothing now
            }
        }
        if (will != null) {
            new WillPublication(this, will).publish();
        }
    }

    /** Sends what the connection wrote at the end of this turn of the event loop. */
    void flushLater(Connection connection) {
        if (connection.wantsFlush()) {
            if (toFlush.isEmpty()) {
                loop.execute(this::flush);
            }
            toFlush.add(connection);
        }
    }

    private void flush() {
        List<Connection> now = List.copyOf(toFlush);
        toFlush.clear();
        now.forEach(Connection::flush);
    }

    Collection<Connection> connections() {
        return connections;
    }

    // ---- sessions ---------------------------------------------------------------------------------------------------

    /** The session of this client identifier, or null. */
    Session session(String clientId) {
        return sessions.get(clientId);
    }

    Collection<Session> sessions() {
        return sessions.values();
    }

    int durableSessions() {
        return durableSessions;
    }

    void addSession(Session session) {
        sessions.put(session.clientId(), session);
        durableSessions += session.isDurable() ? 1 : 0;
    }

    /** Forgets a session that is not in the store, or not any more. */
    void forgetSession(Session session) {
        if (sessions.remove(session.clientId(), session)) {
            durableSessions -= session.isDurable() ? 1 : 0;
            session.subscriptions().keySet().forEach(filter -> trie.remove(filter, session));
        }
    }

    /** Ends a durable session that has no connection, with all that waits in it. */
    void removeSession(Session session, Journal.Done done) {
        session.inTransition(true);
        journal.write(List.of(new SessionChange.SessionRemoved(session.clientId())), 0, failure -> {
            session.inTransition(false);
            if (failure == null) {
                forgetSession(session);
                session.queueSize(0, 0);
            }
            session.room().open();
            done.done(failure);
        });
    }

    /** Closes every connection and completes when all that this causes is on disk. */
    CompletableFuture<Void> end() {
        assert loop.inEventLoop();
        ending = true;
        List.copyOf(connections).forEach(connection -> connection.close("the server ends"));
        return journal.drained();
    }

    void close() {
        reader.close();
    }
}
