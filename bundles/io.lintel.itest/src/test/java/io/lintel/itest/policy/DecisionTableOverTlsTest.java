// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;

/** The decision table for clients that show certificates over TLS. */
class DecisionTableOverTlsTest extends DecisionTableOnANode {
    private static final Map<String, String> NAMES = Map.of("registree", "DNS:asn-cse.in-cse.lintel.example", "registrar",
            "DNS:in-cse.lintel.example", "sRegistered", "URI:oneM2M://lintel.example/SAE1", "cRegistered",
            "URI:oneM2M://lintel.example/mn-cse/CAE01", "sUnregistered", "URI:oneM2M://lintel.example/SAE2", "other",
            "DNS:lamp.example", "monitor", "", "admin", "URI:oneM2M://lintel.example/mn-cse/CAdmin");
    private static final Map<String, String> CREDENTIALS = Map.of("registree", "32-asn-cse", "registrar", "32-in-cse",
            "sRegistered",
            "33-SAE1", "cRegistered", "33-CAE01", "sUnregistered", "33-SAE2", "other", "31-lamp.example");

    private ClientKeys keys;

    @Override
    ClosedNode start(Path folder) throws Exception {
        keys = new ClientKeys(folder.resolve("keys"));
        for (Map.Entry<String, String> client : NAMES.entrySet()) {
            keys.issue(client.getKey(), client.getKey(), client.getValue());
        }
        return ClosedNode.start(folder.resolve("home"), keys.authority(), Map.of(), List.of("certificate monitor readwrite #"));
    }

    @Override
    AeClient connect(ClosedNode node, String client, String clientId) throws Exception {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setSocketFactory(keys.sockets(client.equals("anonymous") ? "" : client, node.serverCa()));
        return new AeClient("ssl://127.0.0.1:" + node.tlsPort(), clientId, options);
    }

    @Override
    String credential(String client) {
        return CREDENTIALS.get(client);
    }

    /** The handshake fails already; what the client sees of it depends on the version of TLS. */
    @Override
    void isRefusalOfAnonymous(MqttException refusal) {
        assertThat(refusal.getReasonCode()).isIn((int) MqttException.REASON_CODE_CLIENT_EXCEPTION,
                (int) MqttException.REASON_CODE_CONNECTION_LOST, (int) MqttException.REASON_CODE_NOT_AUTHORIZED);
    }
}
