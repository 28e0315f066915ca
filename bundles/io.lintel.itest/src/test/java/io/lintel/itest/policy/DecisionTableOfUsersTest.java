// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;

/** The decision table for users with passwords on plain loopback. */
class DecisionTableOfUsersTest extends DecisionTableOnANode {
    private static final Map<String, String> USERS = Map.of("registree", "asn", "registrar", "inn", "sRegistered", "SAE1",
            "cRegistered", "CAE01", "sUnregistered", "SAE2", "other", "alice", "monitor", "monitor", "admin", "CAdmin");

    @Override
    ClosedNode start(Path folder) throws Exception {
        ClientKeys unused = new ClientKeys(folder.resolve("keys"));
        Map<String, String> passwords = new TreeMap<>();
        USERS.values().forEach(name -> passwords.put(name, "password of " + name));
        return ClosedNode.start(folder.resolve("home"), unused.authority(), passwords, List.of("user asn is /asn-cse",
                "user inn is /in-cse", "user monitor readwrite #"));
    }

    @Override
    AeClient connect(ClosedNode node, String client, String clientId) throws Exception {
        MqttConnectOptions options = new MqttConnectOptions();
        if (!client.equals("anonymous")) {
            options.setUserName(USERS.get(client));
            options.setPassword(("password of " + USERS.get(client)).toCharArray());
        }
        return new AeClient("tcp://127.0.0.1:" + node.userPort(), clientId, options);
    }

    @Override
    String credential(String client) {
        return "12-" + USERS.get(client);
    }

    @Override
    void isRefusalOfAnonymous(MqttException refusal) {
        assertThat(refusal.getReasonCode()).isEqualTo(MqttException.REASON_CODE_NOT_AUTHORIZED);
    }
}
