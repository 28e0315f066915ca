// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import io.lintel.mqtt.server.internal.users.Users;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heart of the server: its sessions and connections, and the parts that work on them. Everything in it and below
 * it belongs to one event loop, which also serves all channels: there is no lock, and what one packet does is done
 * before the next. Only the journal and the reader of queues wait for the disk, elsewhere.
 *
 * <pre>
 *  bytes ─► PacketGate (PacketDecoder) ─► Connection ─┬─► ConnectHandler ───┐
 *                                                     ├─► SubscribeHandler ─┼─► Journal ─► SessionStore
 *                                                     └─► InboundPublish ─► Router        (many at once)
 *  bytes ◄──────────── Netty's encoder ◄─ PacketsOut ◄──── Outbound ◄─────────┘ on disk
 * </pre>
 */
final class Broker {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

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
    private final Admission admission;
    private final PublishRate rateOfAll;
    private final QueueTotal durableTotal;
    private final QueueTotal memoryTotal;
    private final Traces traces = new Traces();
    private final ConnectHandler connectHandler = new ConnectHandler(this);
    private final SubscribeHandler subscribeHandler = new SubscribeHandler(this);
    private final Map<String, Session> sessions = new HashMap<>();
    private final Map<String, AcknowledgeOrder> unfinished = new HashMap<>();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final List<PacketsOut> toFlush = new ArrayList<>();
    private int durableSessions;
    private long waitingBytes;
    private long windowBytes;
    private long ticks;
    private boolean ending;

    /** Takes over what the store has; called before the first connection, on the event loop. */
    Broker(EventLoop loop, Limits limits, Counters counters, SessionStore store, SessionStore.Snapshot snapshot,
            Supplier<TopicPolicy> policy, boolean loopbackIsOpen, Users users, StoreReader reader) {
        this.loop = loop;
        this.limits = limits;
        this.counters = counters;
        authenticator = new Authenticator(users);
        policies = new Policies(policy, loopbackIsOpen, loop, limits.publishing().policyTimeoutMillis());
        journal = new Journal(store, loop, limits.publishing().journalBytes());
        this.reader = reader;
        retained = new RetainedStore(limits.retained().messages(), limits.retained().bytes());
        admission = new Admission(limits, System.nanoTime());
        rateOfAll = limits.publishing().hasRates() ? PublishRate.ofAll(limits.publishing()) : null;
        durableTotal = new QueueTotal(limits.queues().durableInAll());
        memoryTotal = new QueueTotal(limits.queues().memoryInAll());
        router = new Router(trie, retained, journal, new Holds(loop, journal, limits.sending().holdMillis()),
                snapshot.lastMessageId());
        snapshot.sessions().forEach(this::restore);
        for (StoredMessage message : snapshot.retained()) {
            retained.set(message);
        }
        router.reserveNumbers();
        // their clients' connections ended with the server's last life, and they were allowed when they were left
        loop.execute(() -> snapshot.wills().forEach(will -> new WillPublication(this, Will.of(will)).publish()));
        loop.scheduleAtFixedRate(this::tick, ClientTraffic.TICK_SECONDS, ClientTraffic.TICK_SECONDS, TimeUnit.SECONDS);
    }

    private void tick() {
        ticks++;
        sessions.values().forEach(session -> session.traffic().tick(ticks));
    }

    private void restore(SessionStore.StoredSession stored) {
        Session session = newSession(stored.clientId(), stored.principal(), true);
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

    /** Whether another connection fits, asked before anything is done for it; it counts until its channel is closed. */
    boolean admits(Channel channel) {
        assert loop.inEventLoop();
        if (!(channel.remoteAddress() instanceof InetSocketAddress from)) {
            return false;   // it is gone already
        }
        InetAddress address = from.getAddress();
        String refusal = ending ? "the server ends" : admission.refusal(address, System.nanoTime());
        if (refusal != null) {
            LOG.debug("A connection from {} is closed: {}", from, refusal);
            counters.add(Counter.CONNECTIONS_REFUSED, 1);
            return false;
        }
        channel.closeFuture().addListener(closed -> admission.left(address));
        return true;
    }

    void opened(Connection connection) {
        connections.add(connection);
        counters.add(Counter.CONNECTIONS_ACCEPTED, 1);
        counters.add(Counter.CONNECTIONS_OPEN, 1);
    }

    /** A connection is over: its session loses it, and its will is published. */
    void left(Connection connection, Will will) {
        assert loop.inEventLoop();
        if (connections.remove(connection)) {
            counters.add(Counter.CONNECTIONS_OPEN, -1);
        }
        Session session = connection.session();
        if (session != null) {
            admission.connection(session.principal(), -1);
        }
        if (session != null && session.connection() == connection) {
            session.detach();
            if (session.isDurable()) {
                session.seenMillis(System.currentTimeMillis());
                SessionChange seen = new SessionChange.SessionSeen(session.clientId(), false, session.seenMillis());
                journal.eventually(List.of(seen), () -> { });
            } else {
                forgetSession(session);
                session.end();
            }
        }
        ConnectedClient client = connection.client();
        if (will != null) {
            // decided with the CONNECT, but that was then
            policies.publish(client, will.topic(), will.retain(), decision -> {
                if (decision == PublishDecision.ALLOW) {
                    new WillPublication(this, will).publish();
                } else {
                    counters.add(Counter.WILLS_DROPPED, 1);
                    new WillPublication(this, will).clear();
                }
            });
        }
        if (client != null) {
            policies.disconnected(client);
        }
    }

    /** Sends what was written to this client at the end of this turn of the event loop. */
    void flushLater(PacketsOut out) {
        if (out.wantsFlush()) {
            if (toFlush.isEmpty()) {
                loop.execute(this::flush);
            }
            toFlush.add(out);
        }
    }

    private void flush() {
        List<PacketsOut> now = List.copyOf(toFlush);
        toFlush.clear();
        now.forEach(PacketsOut::flush);
    }

    Collection<Connection> connections() {
        return connections;
    }

    /** By client identifier: what ended connections published and has not taken effect yet. */
    Map<String, AcknowledgeOrder> unfinished() {
        return unfinished;
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

    Session newSession(String clientId, String principal, boolean durable) {
        return durable ? new Session(clientId, principal, true, limits.queues().durable(), durableTotal)
                : new Session(clientId, principal, false, limits.queues().memory(), memoryTotal);
    }

    void addSession(Session session) {
        sessions.put(session.clientId(), session);
        countDurable(session, 1);
    }

    private void countDurable(Session session, int more) {
        if (session.isDurable()) {
            durableSessions += more;
            admission.durableSession(session.principal(), more);
        }
    }

    /** The client with clean session 1 for which most waits; null if there is none. */
    Session fullestInMemory() {
        Session fullest = null;
        for (Connection connection : connections) {
            Session session = connection.session();
            if (session != null && !session.isDurable() && session.queuedMessages() > 0
                    && (fullest == null || session.queuedBytes() > fullest.queuedBytes())) {
                fullest = session;
            }
        }
        return fullest;
    }

    /** Forgets a session that is not in the store, or not any more. */
    void forgetSession(Session session) {
        if (sessions.remove(session.clientId(), session)) {
            countDurable(session, -1);
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
                session.end();
            } else {
                session.room().open();
            }
            done.done(failure);
        });
    }

    // ---- what is bounded for all together ---------------------------------------------------------------------------

    Admission admission() {
        return admission;
    }

    /** Null if there is no limit to how fast clients may send. */
    PublishRate rateOfAll() {
        return rateOfAll;
    }

    QueueTotal durableTotal() {
        return durableTotal;
    }

    QueueTotal memoryTotal() {
        return memoryTotal;
    }

    /** Payload bytes that wait at connections for their turn. */
    long waitingBytes() {
        return waitingBytes;
    }

    void waiting(long moreBytes) {
        waitingBytes += moreBytes;
    }

    /** Payload bytes of durable queues that are in memory. */
    long windowBytes() {
        return windowBytes;
    }

    void windowBytes(long more) {
        windowBytes += more;
    }

    Traces traces() {
        return traces;
    }

    /** Closes every connection and completes when all that this causes is on disk. */
    CompletableFuture<Void> end() {
        assert loop.inEventLoop();
        ending = true;
        traces.closeAll();
        List.copyOf(connections).forEach(connection -> connection.close("the server ends"));
        return journal.drained();
    }

    void close() {
        reader.close();
    }
}
