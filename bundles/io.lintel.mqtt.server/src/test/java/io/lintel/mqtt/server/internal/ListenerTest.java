// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the server listens, and what it says when it does not. */
class ListenerTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    @Tag("MQ-67")
    void aPlainListenerStaysOnThisMachine(String host) {
        try (InMemorySessionStore store = new InMemorySessionStore()) {
            MqttServer server = TestServer.create(store, Map.of("host", host));
            server.open();
            assertThat(server.isOpen()).isFalse();
            assertThat(server.listeners()).isEmpty();
            assertThat(server.state()).contains(host).contains("not a loopback address");
            server.close();
        }
    }

    @Test
    void aServerThatIsSwitchedOffListensNowhereAndSaysSo() {
        MqttServer server = TestServer.create(new InMemorySessionStore(), Map.of("enabled", false));
        server.open();
        assertThat(server.isOpen()).isFalse();
        assertThat(server.listeners()).isEmpty();
        assertThat(server.state()).contains("mqttserver.enabled");
        server.close();
    }

    @Test
    void showsTheRealPort() {
        try (TestServer server = TestServer.start()) {
            assertThat(server.server().listeners()).containsExactly("127.0.0.1:" + server.port());
            assertThat(server.port()).isPositive();
            assertThat(server.server().isOpen()).isTrue();
        }
    }

    @Test
    void waitsForAPortThatIsTaken() throws Exception {
        try (InMemorySessionStore store = new InMemorySessionStore()) {
            MqttServer server;
            int port;
            try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = other.getLocalPort();
                server = TestServer.create(store, Map.of("port", port));
                server.open();
                assertThat(server.isOpen()).isFalse();
                assertThat(server.state()).contains("127.0.0.1:" + port);
            }
            TestServer.eventually("the port is free", server::isOpen);
            assertThat(server.listeners()).containsExactly("127.0.0.1:" + port);
            PacketClient.connected(port, "c", true).close();
            server.close();
        }
    }

    @Test
    void leavesNoThreadBehind() {
        TestServer server = TestServer.start();
        server.connectedDurably("c").subscribed("t", 1).close();
        server.close();
        TestServer.eventually("its threads end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("lintel-mqttserver")));
        assertThat(server.server().isOpen()).isFalse();
        assertThat(server.sessions()).isEmpty();
    }

    @Test
    void publishesWillsWhenItEnds() {
        InMemorySessionStore store = new InMemorySessionStore();
        TestServer server = TestServer.start(store);
        server.connectedDurably("listener").subscribed("will", 1).send(Packets.DISCONNECT).expectClosed();
        PacketClient client = PacketClient.open(server.port())
                .send(Packets.connectWithWill("c", true, "will", "server ends", 1, false)).expectConnack(0, false);
        server.server().close();
        client.expectClosed();
        try (TestServer next = TestServer.start(store); PacketClient listener = next.resumed("listener")) {
            listener.expectPublishAndAcknowledge("will", "server ends");
        }
    }
}
