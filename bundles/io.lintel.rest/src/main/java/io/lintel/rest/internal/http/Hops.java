// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Function;

import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.rest.internal.mapping.Associations;
import io.lintel.rest.internal.mapping.CseLink;
import io.lintel.tls.PeerIdentity;

/**
 * How requests came: over the plain listener, where a connection's requests all came the same way, or over TLS, where the
 * client's certificate says from whom. On the threads that serve the requests.
 */
final class Hops {
    private static final String HOP = "io.lintel.hop";

    private final CseLink cse;
    private final Optional<Associations> associations;

    /** @param associations who clients are by their certificates; empty on a plain listener */
    Hops(CseLink cse, Optional<Associations> associations) {
        this.cse = cse;
        this.associations = associations;
    }

    /** Whether it takes a CSE to say who clients are. */
    boolean needCse() {
        return associations.isPresent();
    }

    Hop of(Request request, RequestPrimitive primitive) {
        ConnectionMetaData connection = request.getConnectionMetaData();
        Hop hop = associations.isEmpty() ? plain(connection) : secured(connection, primitive);
        return IdempotencyKey.on(hop, request.getHeaders(), primitive);
    }

    /**
     * For a connection that goes on in another protocol: who it is is looked at now, and for each of its requests again who of
     * those that registered with the credential it is, where the credential leaves that open.
     */
    Function<Optional<RequestPrimitive>, Hop> ofConnection(Request request) {
        ConnectionMetaData connection = request.getConnectionMetaData();
        if (associations.isEmpty()) {
            Hop hop = plain(connection);
            return primitive -> hop;
        }
        String address = String.valueOf(connection.getRemoteSocketAddress());
        Optional<PeerIdentity> peer = peer(connection);
        return primitive -> peer.isEmpty() ? Associations.unknown(Binding.HTTP, address, Optional.empty())
                : associations.get().hop(Binding.HTTP, address, peer.get(), primitive, Optional.empty());
    }

    private static Hop plain(ConnectionMetaData connection) {
        if (connection.getAttribute(HOP) instanceof Hop known) {
            return known;
        }
        SocketAddress remote = connection.getRemoteSocketAddress();
        boolean loopback = remote instanceof InetSocketAddress address && address.getAddress() != null
                && address.getAddress().isLoopbackAddress();
        Hop hop = Hop.plain(Binding.HTTP, remote == null ? "unknown" : remote.toString(), loopback);
        connection.setAttribute(HOP, hop);
        return hop;
    }

    private Hop secured(ConnectionMetaData connection, RequestPrimitive primitive) {
        String address = String.valueOf(connection.getRemoteSocketAddress());
        return peer(connection).map(peer -> associations.get().hop(Binding.HTTP, address, peer, Optional.of(primitive),
                Optional.empty())).orElseGet(() -> Associations.unknown(Binding.HTTP, address, Optional.empty()));
    }

    private Optional<PeerIdentity> peer(ConnectionMetaData connection) {
        TlsLink link = TlsLink.of(connection.getConnection().getEndPoint());
        Optional<CseIdentity> me = cse.identity();
        return link == null || link.names().isEmpty() || me.isEmpty() ? Optional.empty()
                : Optional.of(associations.get().ofCertificate(link.names(), me.get()));
    }
}
