// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.tls.ClientTls;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/**
 * Sockets with TLS to one MQTT server (MQ-49, MQ-62). The files are read for every connection, so that new ones count from
 * the next on. They are made on Paho's connecting thread, which may wait for the disk and the handshake. Paho gets them as
 * plain ones and so never meddles with names; of the forms here it uses the unconnected one only.
 */
final class TlsSockets extends UnconnectedSockets {
    private final ClientTls tls;

    TlsSockets(ClientTls tls) {
        this.tls = tls;
    }

    @Override
    public Socket createSocket() throws IOException {
        SSLSocket socket = (SSLSocket) tls.context().getSocketFactory().createSocket();
        socket.setSSLParameters(ClientTls.verifying(socket.getSSLParameters()));
        return new TlsSocket(socket);
    }
}
