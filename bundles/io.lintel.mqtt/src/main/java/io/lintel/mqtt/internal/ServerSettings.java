// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.tls.ClientTls;
import java.util.Optional;
import javax.net.SocketFactory;

/**
 * What one MQTT server needs to know to be connected to, and what it is shown; from {@code mqtt.server-NAME.*} or, for a server
 * without settings of its own, from {@code mqtt.*}.
 *
 * @param address       which server
 * @param webSocketPath the path of the WebSocket, if MQTT travels in one (MQ-10)
 * @param account       who we say we are; no other server gets to see it
 * @param tls           used if the address is secure
 * @param clientId      the client identifier, if it shall not be the one of MQ-13
 * @param window        unacknowledged messages that the server allows, see {@link AcknowledgementLedger}
 * @param attendance    when to be connected (MQ-19)
 * @param vouching      what credentials stand for that this server has verified, if it is one that lets everybody speak in
 *                      the own name only (TS-0010 7.2)
 */
record ServerSettings(ServerAddress address, Optional<String> webSocketPath, Account account, ClientTls tls,
        Optional<String> clientId, int keepAliveSeconds, int window, Attendance attendance,
        Optional<AccessConfiguration> vouching) {

    /** A server that nothing is believed of. */
    ServerSettings(ServerAddress address, Optional<String> webSocketPath, Account account, ClientTls tls,
            Optional<String> clientId, int keepAliveSeconds, int window, Attendance attendance) {
        this(address, webSocketPath, account, tls, clientId, keepAliveSeconds, window, attendance, Optional.empty());
    }

    /** The same for the co-located server, which has made an account for us and says what its window is. */
    ServerSettings asOwn(OwnServer own) {
        return new ServerSettings(address, webSocketPath, new Account.FirstOf(own.account(), account), tls, clientId,
                keepAliveSeconds, own.window(), attendance);
    }

    /** As Paho wants it: to Paho a socket with TLS is a plain one, see {@link TlsSockets}. */
    String pahoUri() {
        return webSocketPath.map(path -> "ws://" + address.authority() + path).orElseGet(() -> "tcp://" + address.authority());
    }

    /** Makes the sockets of one link. Those without TLS are known to the topic policy as this CSE's own. */
    SocketFactory sockets(OwnSockets ownSockets, String client) {
        return address.secure() ? new TlsSockets(tls) : ownSockets.factoryFor(client);
    }
}
