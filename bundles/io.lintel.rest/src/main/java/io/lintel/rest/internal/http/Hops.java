// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

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
        return associations.isEmpty() ? plain(connection) : secured(connection, Optional.of(primitive));
    }

    /**
     * For a connection that goes on in another protocol. Who is verified with a credential that leaves open who it is counts as
     * unknown there: each request would have to be held against who registered with it.
     */
    Hop of(Request request) {
        ConnectionMetaData connection = request.getConnectionMetaData();
        return associations.isEmpty() ? plain(connection) : secured(connection, Optional.empty());
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

    private Hop secured(ConnectionMetaData connection, Optional<RequestPrimitive> primitive) {
        String address = String.valueOf(connection.getRemoteSocketAddress());
        TlsLink link = TlsLink.of(connection.getConnection().getEndPoint());
        Optional<CseIdentity> me = cse.identity();
        if (link == null || link.names().isEmpty() || me.isEmpty()) {
            return Associations.unknown(Binding.HTTP, address, Optional.empty());
        }
        Associations known = associations.get();
        PeerIdentity peer = known.ofCertificate(link.names(), me.get());
        return primitive.isEmpty() && peer.exact().isEmpty() ? Associations.unknown(Binding.HTTP, address, Optional.empty())
                : known.hop(Binding.HTTP, address, peer, primitive, Optional.empty());
    }
}
