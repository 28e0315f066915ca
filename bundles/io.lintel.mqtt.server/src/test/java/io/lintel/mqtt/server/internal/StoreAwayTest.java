// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A store that cannot be read for a while when the server starts, such as a database server that is not up yet. */
class StoreAwayTest {

    @Test
    void theServerOpensWhenTheSessionsCanBeRead() {
        InMemorySessionStore store = new InMemorySessionStore();
        store.failing(true);
        MqttServer server = TestServer.create(store, Map.of());
        try {
            server.open();
            assertThat(server.state()).startsWith("closed: the sessions could not be read").contains("away");
            assertThat(server.isOpen()).isFalse();
            store.failing(false);
            TestServer.eventually("it listens", () -> !server.listeners().isEmpty());
            assertThat(server.isOpen()).isTrue();
            PacketClient.connected(server.port("tcp"), "c", false).close();
        } finally {
            server.close();
        }
    }

    @Test
    void aServerThatIsClosedMeanwhileStaysClosed() {
        InMemorySessionStore store = new InMemorySessionStore();
        store.failing(true);
        MqttServer server = TestServer.create(store, Map.of());
        server.open();
        server.close();
        store.failing(false);
        assertThat(server.isOpen()).isFalse();
        assertThat(server.state()).isEqualTo("closed");
    }
}
