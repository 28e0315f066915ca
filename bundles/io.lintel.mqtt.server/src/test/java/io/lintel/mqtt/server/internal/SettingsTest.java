// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A value that cannot be means a closed server that says which key it is and what is allowed. */
class SettingsTest {
    @ParameterizedTest
    @CsvSource({"maxInFlight, 0, from 1 to 65535", "maxInFlight, 65536, from 1 to 65535",
        "maxPacketBytes, 127, from 128 to 268435460", "maxConnections, 0, from 1 to 1000000", "port, 65536, from 0 to 65535",
        "messagesPerSecond, -1, from 0 to 1000000000", "sessionQueueMessages, 0, 1 or more"})
    void namesTheKeyTheValueAndTheRange(String key, int value, String range) {
        assertThat(stateWith(Map.of(key, value)))
                .isEqualTo("closed: mqttserver." + key + " is " + value + "; it may be " + range);
    }

    /** The component runtime gives a value that it cannot convert by failing when it is asked for. */
    @Test
    void namesAKeyWhoseValueIsNoNumber() {
        ValueCheck check = new ValueCheck();
        check.in("maxConnections", () -> Integer.parseInt("many"), 1, 10);
        assertThat(check.problems()).containsExactly("mqttserver.maxConnections is no number; it may be from 1 to 10");
    }

    @Test
    void namesAllMistakesAtOnce() {
        assertThat(stateWith(Map.of("maxSessions", 0, "sessionQueueBytes", 0L, "queueFullWaitMillis", -5L)))
                .contains("mqttserver.maxSessions is 0").contains("mqttserver.sessionQueueBytes is 0; it may be 1 or more")
                .contains("mqttserver.queueFullWaitMillis is -5; it may be 0 or more");
    }

    private static String stateWith(Map<String, Object> changed) {
        try (InMemorySessionStore store = new InMemorySessionStore()) {
            MqttServer server = TestServer.create(store, changed);
            server.open();
            assertThat(server.isOpen()).isFalse();
            String state = server.state();
            server.close();
            return state;
        }
    }
}
