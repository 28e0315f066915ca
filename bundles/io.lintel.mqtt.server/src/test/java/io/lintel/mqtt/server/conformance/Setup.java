// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.TopicPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings a suite needs, for each of the two servers.
 *
 * @param lintel        settings of {@code MqttServer.Config} that differ from their defaults
 * @param policy        Lintel's topic policy, or null for none
 * @param mosquitto     lines of {@code mosquitto.conf}
 * @param acl           lines of Mosquitto's access control list; none for no list
 * @param withWebSocket whether there is a WebSocket listener beside the plain one
 */
record Setup(Map<String, Object> lintel, TopicPolicy policy, List<String> mosquitto, List<String> acl,
        boolean withWebSocket) {
    static final Setup DEFAULTS = new Setup(Map.of(), null, List.of(), List.of(), false);

    Setup lintel(String setting, Object value) {
        Map<String, Object> more = new HashMap<>(lintel);
        more.put(setting, value);
        return new Setup(Map.copyOf(more), policy, mosquitto, acl, withWebSocket);
    }

    Setup mosquitto(String... lines) {
        return new Setup(lintel, policy, List.of(lines), acl, withWebSocket);
    }

    Setup policy(TopicPolicy with, String... aclLines) {
        return new Setup(lintel, with, mosquitto, List.of(aclLines), withWebSocket);
    }

    Setup webSocket() {
        return new Setup(lintel, policy, mosquitto, acl, true);
    }
}
