// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The local addresses of this CSE's own connections on loopback. By them the topic policy tells this CSE's client from
 * another program that merely claims its client identifier: while a connection lives, nobody else on this machine can
 * connect from its address and port; from its port alone somebody can, at another address of the loopback network.
 * Addresses are entered before the connection is made and removed when it is closed. Any thread.
 */
@Component(service = OwnSockets.class)
public final class OwnSockets {
    private final Map<InetSocketAddress, String> clientByAddress = new ConcurrentHashMap<>();

    @Activate
    public OwnSockets() {
        // nothing to prepare
    }

    /** The client identifier that connects from there, if the connection is ours. */
    Optional<String> clientAt(InetSocketAddress address) {
        return Optional.ofNullable(clientByAddress.get(address));
    }

    /** Makes sockets for one client; they send small packets at once. */
    SocketFactory factoryFor(String clientId) {
        return new OwnSocketFactory(clientId);
    }

    private final class OwnSocket extends Socket {
        private final String clientId;
        private volatile InetSocketAddress from;

        private OwnSocket(String clientId) {
            this.clientId = clientId;
        }

        @Override
        public void connect(SocketAddress server, int timeoutMillis) throws IOException {
            setTcpNoDelay(true);
            if (server instanceof InetSocketAddress there && there.getAddress() != null && there.getAddress().isLoopbackAddress()) {
                bind(new InetSocketAddress(there.getAddress(), 0));
                from = (InetSocketAddress) getLocalSocketAddress();
                clientByAddress.put(from, clientId);
            }
            try {
                super.connect(server, timeoutMillis);
            } catch (IOException | RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            InetSocketAddress bound = from;
            if (bound != null) {
                clientByAddress.remove(bound, clientId);
            }
            super.close();
        }
    }

    /** Only the unconnected form is used by the client library. */
    private final class OwnSocketFactory extends SocketFactory {
        private final String clientId;

        private OwnSocketFactory(String clientId) {
            this.clientId = clientId;
        }

        @Override
        public Socket createSocket() {
            return new OwnSocket(clientId);
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return connected(new InetSocketAddress(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            return connected(new InetSocketAddress(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return connected(new InetSocketAddress(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
            return connected(new InetSocketAddress(host, port));
        }

        private Socket connected(InetSocketAddress server) throws IOException {
            Socket socket = createSocket();
            socket.connect(server, 0);
            return socket;
        }
    }
}
