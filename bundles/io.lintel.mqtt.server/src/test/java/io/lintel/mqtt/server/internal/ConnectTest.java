// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What CONNECT asks of this server alone: its own limits, its store, its administrator. The standard is in
 * {@code conformance}.
 */
class ConnectTest {
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(Map.of("connectTimeoutMillis", 300, "maxConnections", 5));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void givesAnIdentifierToACleanSessionWithout() {
        try (PacketClient first = server.connected(""); PacketClient second = server.connected("")) {
            first.expectNothing();
            second.expectNothing();
            assertThat(server.sessions()).extracting(s -> s.clientId()).doesNotContain("").doesNotHaveDuplicates()
                    .hasSize(2);
        }
    }

    @Test
    void manyConnectsOfOneIdentifierEndWithOne() {
        server.store().stopDisk();
        PacketClient first = PacketClient.open(server.port()).send(Packets.connect("c", false, 0));
        PacketClient second = PacketClient.open(server.port()).send(Packets.connect("c", false, 0));
        PacketClient third = PacketClient.open(server.port()).send(Packets.connect("c", true, 0));
        TestServer.eventually("all have arrived", () -> server.counter(Counter.PACKETS_IN) == 3);
        server.store().resumeDisk();
        first.expectConnack(0, false).expectClosed();
        second.expectConnack(0, true).expectClosed();
        third.expectConnack(0, false).expectNothing().close();
        TestServer.eventually("the session in memory ended", () -> server.sessions().isEmpty());
        assertThat(server.store().hasSession("c")).isFalse();
    }

    @Test
    void refusesOneConnectionTooMany() {
        PacketClient[] clients = new PacketClient[5];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = server.connected("c" + i);
        }
        PacketClient.open(server.port()).expectClosed();
        clients[0].send(Packets.DISCONNECT).expectClosed();
        TestServer.eventually("there is a place", () -> server.counter(Counter.CONNECTIONS_OPEN) == 4);
        try (PacketClient next = server.connected("next")) {
            next.expectNothing();
        }
        for (PacketClient client : clients) {
            client.close();
        }
    }

    @Test
    void theAdministratorDisconnectsAndDropsSessions() {
        PacketClient client = server.connectedDurably("c").subscribed("t", 1);
        server.server().disconnect("c");
        client.expectClosed();
        assertThat(server.session("c").orElseThrow().connection()).isEmpty();
        client = server.resumed("c");
        assertThat(server.session("c").orElseThrow().connection()).isPresent();
        server.server().dropSession("c");
        client.expectClosed();
        TestServer.eventually("the session is gone", () -> server.session("c").isEmpty() && !server.store().hasSession("c"));
        server.connectedDurably("c").close();
    }
}
