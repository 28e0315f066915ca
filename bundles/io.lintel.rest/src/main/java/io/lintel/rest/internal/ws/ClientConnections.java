// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lintel.cse.api.OutboundRequest;

/**
 * The connections that this node opens: one for each counterparty, and for each URI that stands for nobody (TS-0020 6.1).
 * Their number is limited; a new one takes the place of that which was quiet for longest. That to the registrar stays, and is
 * made again when it is lost, as long as this CSE is to be reachable. Any thread.
 */
final class ClientConnections {
    private final int most;
    private final ClientConnection.Dialling dialling;
    private final Conversation.Surroundings around;
    private final Map<String, ClientConnection> connections = new HashMap<>();

    ClientConnections(int most, ClientConnection.Dialling dialling, Conversation.Surroundings around) {
        this.most = most;
        this.dialling = dialling;
        this.around = around;
    }

    /** The connection for a request; empty if too many are in use. */
    Optional<ClientConnection> of(OutboundRequest outbound) {
        String key = outbound.receiver().orElseGet(() -> outbound.pointOfAccess().toString());
        Optional<ClientConnection> quiet = Optional.empty();
        ClientConnection connection;
        synchronized (this) {
            connection = connections.get(key);
            if (connection == null && connections.size() >= most) {
                Optional<String> longest = connections.entrySet().stream().filter(one -> !around.cse().isRegistrar(one.getKey())
                        && one.getValue().isQuiet()).min((a, b) -> Long.compare(a.getValue().usedAt(), b.getValue().usedAt()))
                        .map(Map.Entry::getKey);
                if (longest.isEmpty()) {
                    return Optional.empty();
                }
                quiet = Optional.of(connections.remove(longest.get()));
            }
            if (connection == null) {
                connection = new ClientConnection(outbound.receiver(), dialling, around);
                connections.put(key, connection);
            }
        }
        quiet.ifPresent(one -> one.close("another connection takes its place"));
        return Optional.of(connection);
    }

    /** Keeps that to the registrar, and forgets what has come to its end. Called every second or so. */
    void tick() {
        boolean attending = around.cse().isAttending(around.clock().instant());
        Map<String, ClientConnection> now;
        synchronized (this) {
            connections.entrySet().removeIf(one -> !around.cse().isRegistrar(one.getKey()) && one.getValue().isOver());
            now = Map.copyOf(connections);
        }
        now.forEach((key, connection) -> {
            if (attending && around.cse().isRegistrar(key)) {
                connection.keepUp();
            }
        });
    }

    void close() {
        List<ClientConnection> all;
        synchronized (this) {
            all = List.copyOf(connections.values());
        }
        all.forEach(connection -> connection.close("this node goes away"));
    }
}
