// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Departure;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of the binding, one for each server (MQ-08, MQ-19): those configured, and those that requests led to. The
 * latter are connected while they are needed, and give way, when there are many, to others. Called from any thread; what
 * takes time is done on the timer or the worker.
 */
final class ServerConnections {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnections.class);
    private static final int MOST_SERVERS = 64;
    private static final int MOST_DROPPED = 16;

    private final MqttThreads threads;
    private final Settings settings;
    private final OwnSockets ownSockets;
    private final Predicate<String> knownCse;
    private final Map<ServerAddress, ServerConnection> connections = new LinkedHashMap<>();
    /** Left for good: not connected to any more by this component. */
    private final Map<ServerAddress, ServerConnection> left = new LinkedHashMap<>();
    /** Ended, with sessions that stay, in case that they turn out to have been the last. */
    private final Map<ServerAddress, ServerConnection> dropped = new LinkedHashMap<>();
    private final InitialRegistrations registrations = new InitialRegistrations();
    private ConfiguredServers configured;
    private CseIdentity identity;
    private Cse cse;
    private boolean ended;

    ServerConnections(MqttThreads threads, Settings settings, OwnSockets ownSockets, Predicate<String> knownCse,
            ConfiguredServers configured) {
        this.threads = threads;
        this.settings = settings;
        this.ownSockets = ownSockets;
        this.knownCse = knownCse;
        this.configured = configured;
    }

    void cseArrived(Cse arrived) {
        List<ServerConnection> current;
        synchronized (this) {
            cse = arrived;
            CseIdentity now = arrived.identity();
            if (identity != null && !now.equals(identity)) {
                drop(List.copyOf(connections.keySet()));
            }
            identity = now;
            openConfigured();
            current = List.copyOf(connections.values());
        }
        current.forEach(connection -> threads.worker().execute(() -> introduce(connection, arrived)));
    }

    void cseLeft(Cse gone) {
        List<ServerConnection> current;
        synchronized (this) {
            if (cse != gone) {
                return;
            }
            cse = null;
            current = List.copyOf(connections.values());
        }
        current.forEach(ServerConnection::cseLeft);
    }

    /** On the worker, by which time the CSE may be gone again. */
    private void introduce(ServerConnection connection, Cse arrived) {
        boolean present;
        synchronized (this) {
            present = cse == arrived;
        }
        if (present) {
            connection.cseArrived(arrived);
        }
    }

    /** Other servers are configured: connections with other settings end, their sessions stay, and new ones begin. */
    synchronized void configured(ConfiguredServers now) {
        Map<ServerAddress, ConfiguredServers.Server> before = configured.all();
        configured = now;
        List<ServerAddress> changed = new ArrayList<>();
        connections.keySet().forEach(address -> {
            boolean same = now.canonical(address).equals(address)
                    && Optional.ofNullable(before.get(address)).equals(Optional.ofNullable(now.all().get(address)));
            if (!same) {
                changed.add(address);
            }
        });
        drop(changed);
        if (!changed.isEmpty()) {
            registrations.restart();
        }
        if (identity != null) {
            openConfigured();
        }
    }

    void close() {
        List<ServerConnection> current;
        synchronized (this) {
            ended = true;
            registrations.close();
            current = List.copyOf(connections.values());
            connections.clear();
        }
        current.forEach(ServerConnection::close);
    }

    /** @throws UnreachableException if there can be no connection to this server */
    synchronized ServerConnection to(ServerAddress address) throws UnreachableException {
        ServerAddress server = configured.canonical(address);
        if (ended || identity == null) {
            throw new UnreachableException("the MQTT binding has no CSE to speak for", false, null);
        }
        if (left.containsKey(server)) {
            throw new UnreachableException("MQTT server " + server + " was left for good", false, null);
        }
        ServerConnection connection = connections.get(server);
        if (connection == null) {
            makeRoom(server);
            connection = open(configured.find(server).orElseGet(
                    () -> new ConfiguredServers.Server(configured.stranger(server), List.of(""), false)));
        }
        return connection;
    }

    /**
     * Registers this CSE with a Credential-ID (TS-0010 6.4.4), over a session of its own; then the connection under the
     * definitive client identifier need not wait any more.
     *
     * @throws UnreachableException if there can be no connection to this server
     */
    CompletionStage<ResponsePrimitive> register(ServerAddress address, String prefix, String credential,
            Function<RegistrationSession, CompletionStage<ResponsePrimitive>> sent) throws UnreachableException {
        ServerConnection definitive = to(address);
        ServerSettings own;
        Segments segments;
        synchronized (this) {
            ServerAddress server = configured.canonical(address);
            own = configured.find(server).map(ConfiguredServers.Server::settings).orElseGet(() -> configured.stranger(server));
            segments = segments();
        }
        return registrations.register(own.address(), prefix, credential, () -> new RegistrationSession(own, prefix, credential,
                segments, settings, threads.timer(), ownSockets), sent).thenApply(answer -> {
                    definitive.tryNow();
                    return answer;
                });
    }

    /** With the lock held. */
    private Segments segments() {
        return new Segments(identity, knownCse, settings.allows(Leniency.LEADING_COLON),
                settings.allows(Leniency.BASE_RESOURCE_ID));
    }

    private void makeRoom(ServerAddress server) throws UnreachableException {
        if (connections.size() < MOST_SERVERS) {
            return;
        }
        ServerAddress idle = connections.entrySet().stream()
                .filter(entry -> configured.find(entry.getKey()).isEmpty() && entry.getValue().isDispensable())
                .map(Map.Entry::getKey).findFirst().orElseThrow(() -> new UnreachableException(
                        MOST_SERVERS + " MQTT servers are in use already; none is added for " + server, false, null));
        drop(List.of(idle));
    }

    synchronized List<ServerAddress> addresses() {
        return List.copyOf(connections.keySet());
    }

    /** Whether all servers are connected that the node is not ready without. */
    synchronized boolean isOpen() {
        return identity != null && configured.faults().isEmpty() && configured.all().entrySet().stream()
                .filter(entry -> entry.getValue().expected()).map(entry -> connections.get(entry.getKey()))
                .allMatch(connection -> connection != null && connection.isReady());
    }

    synchronized String detail() {
        List<String> parts = new ArrayList<>(configured.faults());
        if (identity == null) {
            parts.add("waits for the CSE");
        }
        connections.forEach((address, connection) -> {
            // What a request once led to is of no interest while nobody needs it.
            if (configured.find(address).isPresent() || !connection.isDispensable()) {
                parts.add(connection.detail());
            }
        });
        left.keySet().forEach(server -> parts.add(server + " (left for good)"));
        return parts.isEmpty() ? "no MQTT server" : String.join(", ", parts);
    }

    synchronized List<String> figures() {
        return connections.values().stream().flatMap(connection -> connection.figures().stream()).toList();
    }

    /** Ends the sessions for good, at one server or at all (MQ-20), and connects there no more. Never fails. */
    CompletionStage<List<Departure.Outcome>> leave(Predicate<ServerAddress> which) {
        Map<ServerAddress, ServerConnection> going = new LinkedHashMap<>();
        synchronized (this) {
            List.copyOf(connections.keySet()).stream().filter(which)
                    .forEach(server -> left.put(server, connections.remove(server)));
            left.forEach((server, connection) -> {
                if (which.test(server)) {
                    going.put(server, connection);
                }
            });
        }
        List<CompletableFuture<Departure.Outcome>> outcomes = new ArrayList<>();
        going.forEach((server, connection) -> outcomes.add(connection.leave().handle((done, failure) -> failure == null
                ? new Departure.Outcome(true, "MQTT server " + server + ": session ended")
                : new Departure.Outcome(false, "MQTT server " + server + ": session not ended, " + Retries.reason(failure)))
                .toCompletableFuture()));
        return CompletableFuture.allOf(outcomes.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> outcomes.stream().map(CompletableFuture::join).toList());
    }

    /** A server is gone from the configuration, not only changed: its session there ends if that can be done now. */
    synchronized void forget(ServerAddress address) {
        ServerConnection last = dropped.remove(address);
        if (last != null && configured.find(address).isEmpty() && !connections.containsKey(address)) {
            last.leave().whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn("the session at {}, which is no longer configured, stays there: {}", address,
                            Retries.reason(failure));
                }
            });
        }
    }

    /** With the lock held. */
    private void drop(List<ServerAddress> addresses) {
        for (ServerAddress address : addresses) {
            ServerConnection connection = connections.remove(address);
            dropped.remove(address);
            dropped.put(address, connection);
            if (dropped.size() > MOST_DROPPED) {
                dropped.remove(dropped.keySet().iterator().next());
            }
            threads.timer().execute(connection::close);
        }
    }

    /** With the lock held. */
    private void openConfigured() {
        configured.all().forEach((address, server) -> {
            if (!ended && !left.containsKey(address) && !connections.containsKey(address)) {
                open(server);
            }
        });
    }

    /** With the lock held. */
    private ServerConnection open(ConfiguredServers.Server server) {
        Segments segments = segments();
        String clientId = server.settings().clientId().orElse("C::" + identity.cseIdElement());
        ServerConnection opened = new ServerConnection(server.settings(), clientId, segments, settings, threads.timer(),
                threads.worker(), ownSockets);
        server.prefixes().forEach(opened::listen);
        connections.put(server.settings().address(), opened);
        Cse present = cse;
        if (present != null) {
            threads.worker().execute(() -> introduce(opened, present));
        }
        opened.open(Optional.ofNullable(present));
        return opened;
    }
}
