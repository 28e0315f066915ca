// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT, keep alive, will, takeover and DISCONNECT (MQTT 3.1.1 sections 3.1, 3.12 and 3.14). */
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
    void closesASilentConnection() {
        try (PacketClient silent = PacketClient.open(server.port());
                PacketClient slow = PacketClient.open(server.port()).send(0x10, 20, 0, 4)) {
            silent.expectClosed();
            slow.expectClosed();
        }
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
    void refusesADurableSessionWithoutIdentifier() {
        try (PacketClient client = PacketClient.open(server.port())) {
            client.send(Packets.connect("", false, 0)).expectConnack(2, false).expectClosed();          // [MQTT-3.1.3-8]
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "C::/mn-cse", "A::mn-cse:CAE_01.x-y",
            "0123456789012345678901234567890123456789012345678901234567890123456789"})
    void acceptsTheIdentifiersThatOneM2mNeeds(String clientId) {
        try (PacketClient client = server.connected(clientId)) {
            client.expectNothing();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u007f", "\u0085"})
    void refusesIdentifiersThatCannotBeShown(String clientId) {
        try (PacketClient client = PacketClient.open(server.port())) {
            client.send(Packets.connect(clientId, true, 0)).expectConnack(2, false).expectClosed();
        }
    }

    @Test
    void packetsMayFollowConnectAtOnce() {
        try (PacketClient client = PacketClient.open(server.port())) {
            client.send(Packets.connect("eager", false, 0), Packets.subscribe(1, "t", 1), Packets.publish("t", "hello", 1, 2))
                    .expectConnack(0, false).expectSuback(1, 1);
            assertThat(client.receive().describe() + client.receive().describe())
                    .contains("PUBLISH t hello qos 1").contains("40 02 00 02");
        }
    }

    @Test
    void processesNothingAfterARefusal() {
        try (PacketClient listener = server.connected("listener"); PacketClient client = PacketClient.open(server.port())) {
            listener.subscribed("t", 0);
            client.send(Packets.connect("", false, 0), Packets.publish("t", "no", 0, 0)).expectConnack(2, false).expectClosed();
            listener.expectNothing();                                                                   // [MQTT-3.1.4-5]
        }
    }

    @Test
    void sessionPresentTellsOfStoredState() {
        server.connectedDurably("d").send(Packets.DISCONNECT).expectClosed();
        server.resumed("d").send(Packets.DISCONNECT).expectClosed();
        // clean session 1 discards it, and the session that it makes ends with it [MQTT-3.1.2-6]
        server.connected("d").send(Packets.DISCONNECT).expectClosed();
        assertThat(server.store().hasSession("d")).isFalse();
        server.connectedDurably("d").send(Packets.DISCONNECT).expectClosed();
    }

    @Test
    void aCleanSessionForgetsItsSubscriptions() {
        PacketClient first = server.connectedDurably("d");
        first.subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        server.connected("d").send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t", "x", 1, 1)).expectPuback(1);
        }
        try (PacketClient again = server.connectedDurably("d")) {
            again.expectNothing();
        }
    }

    @Test
    void answersPingreq() {
        try (PacketClient client = server.connected("c")) {
            client.send(0xc0, 0).expect(0xd0, 0);                                                       // [MQTT-3.12.4-1]
        }
    }

    @Test
    void closesAfterOneAndAHalfKeepAlive() {
        try (PacketClient listener = server.connected("listener"); PacketClient quiet = PacketClient.open(server.port())) {
            listener.subscribed("will", 0);
            byte[] connect = Packets.body().string("MQTT").one(4, 0x06).two(1)
                    .string("quiet").string("will").string("late").as(0x10);
            quiet.send(connect).expectConnack(0, false);
            long start = System.nanoTime();
            quiet.expectClosed();
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertThat(millis).isBetween(1_400L, 4_000L);                                               // [MQTT-3.1.2-24]
            listener.expectPublish("will", "late", 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void publishesTheWillOfAClientThatDies(int qos) {
        try (PacketClient listener = server.connectedDurably("listener")) {
            listener.subscribed("will", 2);
            PacketClient client = PacketClient.open(server.port())
                    .send(Packets.connectWithWill("c", true, "will", "gone", qos, false)).expectConnack(0, false);
            listener.expectNothing();
            client.abort();
            listener.expectPublish("will", "gone", qos);
        }
    }

    @Test
    void publishesTheWillAfterAProtocolError() {
        try (PacketClient listener = server.connected("listener")) {
            listener.subscribed("will", 0);
            PacketClient.open(server.port()).send(Packets.connectWithWill("c", true, "will", "gone", 0, false))
                    .expectConnack(0, false).send(0xf0, 0).expectClosed();
            listener.expectPublish("will", "gone", 0);
        }
    }

    @Test
    void keepsARetainedWill() {
        PacketClient.open(server.port()).send(Packets.connectWithWill("c", true, "state/c", "offline", 1, true))
                .expectConnack(0, false).abort();
        TestServer.eventually("the will is published", () -> server.counter(Counter.WILLS_PUBLISHED) == 1);
        try (PacketClient later = server.connected("later")) {
            later.subscribed("state/+", 0).expectDescribed("PUBLISH state/c offline qos 0 retain");
        }
    }

    @Test
    void publishesNoWillAfterDisconnect() {
        try (PacketClient listener = server.connected("listener")) {
            listener.subscribed("will", 0);
            PacketClient.open(server.port()).send(Packets.connectWithWill("c", true, "will", "gone", 0, false))
                    .expectConnack(0, false).send(Packets.DISCONNECT).expectClosed();                   // [MQTT-3.14.4-3]
            listener.expectNothing();
        }
    }

    @Test
    void takesOverFromAnEarlierConnection() {
        try (PacketClient listener = server.connected("listener")) {
            listener.subscribed("will", 0);
            PacketClient old = PacketClient.open(server.port())
                    .send(Packets.connectWithWill("c", false, "will", "taken over", 0, false)).expectConnack(0, false);
            old.subscribed("t", 1);
            try (PacketClient now = server.resumed("c")) {
                old.expectClosed();                                                                     // [MQTT-3.1.4-2]
                listener.expectPublish("will", "taken over", 0);
                listener.send(Packets.publish("t", "goes on", 1, 1)).expectPuback(1);
                now.expectPublishAndAcknowledge("t", "goes on").expectNothing();
            }
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
