// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

import org.eclipse.jetty.alpn.server.ALPNServerConnection;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NegotiatingServerConnectionFactory;

/**
 * Chooses between HTTP/2 and HTTP/1.1 inside of TLS (RFC 7301) with what the JDK's engine has for it. Jetty's own factory finds
 * its parts by the service loader, which does not see into bundles.
 */
final class AlpnFactory extends NegotiatingServerConnectionFactory {
    AlpnFactory() {
        super("alpn");
        setDefaultProtocol("http/1.1");
    }

    @Override
    protected AbstractConnection newServerConnection(Connector connector, EndPoint endPoint, SSLEngine engine,
            List<String> protocols, String defaultProtocol) {
        ALPNServerConnection connection = new ALPNServerConnection(connector, endPoint, engine, protocols, defaultProtocol);
        engine.setHandshakeApplicationProtocolSelector((handshaking, offered) -> {
            connection.select(offered);
            return connection.getProtocol();
        });
        TlsLink.of(endPoint).addHandshakeListener(new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event event) throws SSLException {
                if (connection.getProtocol() == null) {
                    connection.unsupported();
                }
            }
        });
        return connection;
    }
}
