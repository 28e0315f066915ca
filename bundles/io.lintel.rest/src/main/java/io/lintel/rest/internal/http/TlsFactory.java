// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;

import io.lintel.tls.ListenerTls;
import io.lintel.tls.ServerTls;

/**
 * First on a connection of the HTTPS listener: TLS with the node's certificates of this moment, then ALPN. The very first
 * connection waits, without holding a thread, until they have been read; that is not done before, since it costs memory that
 * a node which nobody connects to need not have. A handshake that takes too long ends its connection, however many bytes
 * trickle in.
 */
final class TlsFactory extends AbstractConnectionFactory {
    private final ListenerTls tls;
    private final ConnectionFactory next;
    private final long handshakeMillis;

    /** @param next what speaks inside of TLS */
    TlsFactory(ListenerTls tls, ConnectionFactory next, long handshakeMillis) {
        super("ssl");
        this.tls = tls;
        this.next = next;
        this.handshakeMillis = handshakeMillis;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        ServerTls now = tls.current();
        return now == null ? new Waiting(connector, endPoint) : secured(connector, endPoint, now);
    }

    private TlsLink secured(Connector connector, EndPoint endPoint, ServerTls now) {
        TlsLink link = new TlsLink(connector.getByteBufferPool(), connector.getExecutor(), endPoint, now.engine());
        link.setRenegotiationAllowed(false);
        configure(link, connector, endPoint);
        EndPoint inside = link.getSslEndPoint();
        inside.setConnection(next.newConnection(connector, inside));
        connector.getScheduler().schedule(() -> {
            if (!link.isEstablished()) {
                endPoint.close(new TimeoutException("no TLS handshake within " + handshakeMillis + " ms"));
            }
        }, handshakeMillis, TimeUnit.MILLISECONDS);
        return link;
    }

    /** A connection that came before the certificates were read. */
    private final class Waiting extends AbstractConnection {
        private final Connector connector;

        Waiting(Connector connector, EndPoint endPoint) {
            super(endPoint, connector.getExecutor());
            this.connector = connector;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            if (tls.isBroken()) {
                getEndPoint().close();
                return;
            }
            Executor executor = getExecutor();
            tls.prepare().thenRunAsync(() -> {
                EndPoint endPoint = getEndPoint();
                if (endPoint.isOpen()) {
                    endPoint.upgrade(secured(connector, endPoint, tls.current()));
                }
            }, executor);
        }

        @Override
        public void onFillable() {
            // asks for nothing to read
        }
    }
}
