// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Map<InetSocketAddress, OwnSocket> sockets = new ConcurrentHashMap<>();

    @Activate
    public OwnSockets() {
        // nothing to prepare
    }

    /** The client identifier that connects from there, if the connection is ours. */
    Optional<String> clientAt(InetSocketAddress address) {
        return Optional.ofNullable(sockets.get(address)).map(socket -> socket.clientId);
    }

    /**
     * The co-located server has this connection: what arrives through it passed the topic policy, so that its topics say
     * what was verified. Another program that happens to listen at the server's address vouches for nothing.
     */
    void guarded(InetSocketAddress address, AccessConfiguration by) {
        OwnSocket socket = sockets.get(address);
        if (socket != null) {
            socket.guard = by;
        }
    }

    /** Makes sockets for one client; they send small packets at once. */
    Factory factoryFor(String clientId) {
        return new Factory(clientId);
    }

    private final class OwnSocket extends Socket {
        private final String clientId;
        private volatile InetSocketAddress from;
        private volatile AccessConfiguration guard;

        private OwnSocket(String clientId) {
            this.clientId = clientId;
        }

        @Override
        public void connect(SocketAddress server, int timeoutMillis) throws IOException {
            setTcpNoDelay(true);
            if (server instanceof InetSocketAddress there && there.getAddress() != null
                    && there.getAddress().isLoopbackAddress()) {
                bind(new InetSocketAddress(there.getAddress(), 0));
                from = (InetSocketAddress) getLocalSocketAddress();
                sockets.put(from, this);
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
                sockets.remove(bound, this);
            }
            super.close();
        }
    }

    /** For the connections of one link, one after the other. Only the unconnected form is used by the client library. */
    final class Factory extends UnconnectedSockets {
        private final String clientId;
        private volatile OwnSocket latest;

        private Factory(String clientId) {
            this.clientId = clientId;
        }

        /** Whose rules everything that arrives through the present connection has passed; empty for any server but the own. */
        Optional<AccessConfiguration> guard() {
            OwnSocket socket = latest;
            return socket == null ? Optional.empty() : Optional.ofNullable(socket.guard);
        }

        @Override
        public Socket createSocket() {
            latest = new OwnSocket(clientId);
            return latest;
        }
    }
}
