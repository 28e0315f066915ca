// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.MqttServerAdministration.LimitView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is bounded for all clients together, and how fast clients may be: nothing is lost, only later or refused. */
class LimitsTest {
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    // ---- connections ------------------------------------------------------------------------------------------------

    @Test
    void oneAddressHasAShareOfTheConnections() {
        server = TestServer.start(Map.of("maxConnectionsPerAddress", 2, "limitLoopbackAddresses", true));
        PacketClient first = server.connected("a");
        try (PacketClient second = server.connected("b")) {
            PacketClient.open(server.port()).expectClosed();
            first.close();
            TestServer.eventually("there is a place again", () -> {
                try (PacketClient third = PacketClient.open(server.port()).sendAnyway(Packets.connect("c", true, 0))) {
                    return third.receivesSomething();
                }
            });
            second.expectNothing();
        }
        assertThat(server.counter(Counter.CONNECTIONS_REFUSED)).isPositive();
    }

    @Test
    void thisMachinesOwnClientsAreNotLimitedByAddressUnlessToldSo() {
        server = TestServer.start(Map.of("maxConnectionsPerAddress", 1, "connectionsPerSecondPerAddress", 1));
        List<PacketClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(server.connected("c" + i));
        }
        clients.forEach(PacketClient::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connectionsPerSecond", "connectionsPerSecondPerAddress"})
    @Tag("MQ-67")
    void connectionsThatComeTooFastAreClosedBeforeAByteIsRead(String limit) {
        server = TestServer.start(Map.of(limit, 1, "limitLoopbackAddresses", true));
        List<PacketClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {   // five seconds' worth may come at once
            clients.add(server.connected("c" + i));
        }
        PacketClient.open(server.port()).expectClosed();
        assertThat(server.counter(Counter.CONNECTIONS_REFUSED)).isEqualTo(1);
        assertThat(server.counter(Counter.CONNECTIONS_ACCEPTED)).isEqualTo(5);
        clients.forEach(client -> client.expectNothing().close());
    }

    // ---- how fast clients may send ----------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"messagesPerSecond, 50", "messagesPerSecondInAll, 50", "bytesPerSecond, 50000", "bytesPerSecondInAll, 50000"})
    @Tag("MQ-67")
    void aClientThatSendsTooFastIsTakenLaterAndLosesNothing(String limit, int value) {
        server = TestServer.start(Map.of(limit, value));
        try (PacketClient listener = server.connected("l").subscribed("t", 0); PacketClient publisher = server.connected("p")) {
            String kilobyte = "x".repeat(980);
            long start = System.nanoTime();
            for (int i = 1; i <= 100; i++) {   // two seconds' worth, one of which may come at once
                publisher.send(Packets.publish("t", i + kilobyte, 1, i));
            }
            publisher.expectPuback(1);
            publisher.send(Packets.PINGREQ);
            int acknowledged = 1;
            boolean answered = false;
            while (acknowledged < 100 || !answered) {
                byte[] packet = publisher.receive().all();
                answered |= packet[0] == (byte) 0xd0;
                acknowledged += packet[0] == 0x40 ? 1 : 0;
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(took).isBetween(Duration.ofMillis(700), Duration.ofSeconds(8));
            for (int i = 1; i <= 100; i++) {
                listener.expectPublish("t", i + kilobyte, 0);
            }
            assertThat(server.counter(Counter.CLIENTS_SLOWED)).isPositive();
        }
    }

    @Test
    void aFastClientDoesNotSlowAnother() {
        server = TestServer.start(Map.of("messagesPerSecond", 5));
        try (PacketClient fast = server.connected("fast"); PacketClient other = server.connected("other")) {
            for (int i = 1; i <= 60; i++) {
                fast.send(Packets.publish("t", "x", 0, 0));
            }
            long start = System.nanoTime();
            other.send(Packets.publish("u", "x", 1, 1)).expectPuback(1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            assertThat(server.counter(Counter.MESSAGES_IN)).isLessThan(30);
        }
    }

    @Test
    void whatWaitsForItsTurnIsBoundedForAllTogether() {
        server = TestServer.start(Map.of("sessionQueueMessages", 1, "waitingBytesInAll", 20_000L));
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        List<PacketClient> publishers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            publishers.add(server.connected("p" + i).send(Packets.publish("t", "first", 1, 1)));
        }
        String text = "x".repeat(10_000);
        publishers.forEach(p -> p.send(Packets.publish("t", text, 1, 2), Packets.publish("t", text, 1, 3),
                Packets.publish("t", text, 1, 4)));
        TestServer.eventually("much waits", () -> used("mqttserver.waitingBytesInAll") >= 20_000);
        // one packet of each that was under way, and never the 600 000 that were sent
        assertThat(used("mqttserver.waitingBytesInAll")).isLessThan(20_000 + 20 * 16_384);
        assertThat(server.server().dropSession("away")).isTrue();
        publishers.forEach(p -> p.expectPuback(1).expectPuback(2).expectPuback(3).expectPuback(4).close());
        assertThat(used("mqttserver.waitingBytesInAll")).isZero();
    }

    @Test
    void aClientThatIsNotReadAndGoesIsNoticed() {
        server = TestServer.start(Map.of("sessionQueueMessages", 1));
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 100; i++) {   // more than stay in memory
                publisher.send(Packets.publish("t", "x", 1, i));
            }
            publisher.expectPuback(1);
            TestServer.eventually("its packets wait",
                    () -> server.session("p").orElseThrow().connection().orElseThrow().waiting());
        }
        TestServer.eventually("it is gone", () -> server.session("p").isEmpty());
        assertThat(used("mqttserver.waitingBytesInAll")).isZero();
        assertThat(server.store().queued("away")).isEqualTo(1);
    }

    // ---- queues of all ----------------------------------------------------------------------------------------------

    @Test
    void whenAllQueuesTogetherAreFullThoseWhoKeepUpGoOn() {
        server = TestServer.start(Map.of("sessionQueueMessagesInAll", 30));
        server.connectedDurably("away").subscribed("away", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p"); PacketClient other = server.connected("q");
                PacketClient good = server.connectedDurably("good").subscribed("good", 1)) {
            for (int i = 1; i <= 30; i++) {
                publisher.send(Packets.publish("away", "m" + i, 1, i)).expectPuback(i);
            }
            publisher.send(Packets.publish("away", "m31", 1, 31)).expectNothing();
            assertThat(used("mqttserver.sessionQueueMessagesInAll")).isEqualTo(30);
            assertThat(server.server().warnings()).anyMatch(w -> w.contains("30 of 30")
                    && w.contains("sessionQueueMessagesInAll"));
            for (int i = 1; i <= 100; i++) {
                other.send(Packets.publish("good", "m" + i, 1, i)).expectPuback(i);
                good.expectPublishAndAcknowledge("good", "m" + i);
            }
            try (PacketClient back = server.resumed("away")) {
                for (int i = 1; i <= 31; i++) {
                    back.expectPublishAndAcknowledge("away", "m" + i);
                }
            }
            publisher.expectPuback(31);
        }
        TestServer.eventually("nothing waits", () -> used("mqttserver.sessionQueueMessagesInAll") == 0);
    }

    @Test
    void theAdministratorMakesRoomByDroppingASession() {
        server = TestServer.start(Map.of("sessionQueueBytesInAll", 100L));
        server.connectedDurably("gone").subscribed("gone", 1).send(Packets.DISCONNECT).expectClosed();
        server.connectedDurably("away").subscribed("away", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("gone", "x".repeat(100), 1, 1)).expectPuback(1);
            publisher.send(Packets.publish("away", "first is always taken", 1, 2)).expectPuback(2);
            publisher.send(Packets.publish("away", "second", 1, 3)).expectNothing();
            assertThat(server.server().dropSession("gone")).isTrue();
            publisher.expectPuback(3);
            assertThat(used("mqttserver.sessionQueueBytesInAll")).isEqualTo(27);
        }
    }

    @Test
    void whenMemoryIsFullTheClientThatHoldsTheMostIsClosed() {
        server = TestServer.start(Map.of("memoryQueueMessagesInAll", 60, "slowConsumerMillis", 300L, "maxInFlight", 1_000));
        try (PacketClient hoarder = server.connected("hoarder").subscribed("h", 1);
                PacketClient small = server.connected("small").subscribed("s", 1);
                PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 44; i++) {
                publisher.send(Packets.publish("h", "m" + i, 1, i)).expectPuback(i);
            }
            for (int i = 1; i <= 16; i++) {
                publisher.send(Packets.publish("s", "m" + i, 1, i)).expectPuback(i);
            }
            publisher.send(Packets.publish("s", "m17", 1, 17)).expectPuback(17);   // after the hoarder is gone
            for (int i = 1; i <= 44; i++) {
                hoarder.expectPublish("h", "m" + i, 1);
            }
            hoarder.expectClosed();
            for (int i = 1; i <= 17; i++) {
                small.expectPublishAndAcknowledge("s", "m" + i);
            }
        }
        assertThat(server.counter(Counter.SLOW_CONSUMERS_CLOSED)).isEqualTo(1);
    }

    @Test
    void subscriptionsAreBoundedForAllTogether() {
        server = TestServer.start(Map.of("maxSubscriptionsInAll", 3));
        try (PacketClient one = server.connected("one"); PacketClient two = server.connected("two")) {
            one.send(Packets.subscribe(1, "a", 0, "b", 0)).expectSuback(1, 0, 0);
            two.send(Packets.subscribe(1, "a", 0, "b", 0)).expectSuback(1, 0, 0x80);
            one.send(Packets.unsubscribe(2, "a")).expect(0xb0, 2, 0, 2);
            two.send(Packets.subscribe(2, "b", 0)).expectSuback(2, 0);
        }
    }

    // ---- retained messages for new subscriptions --------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSubscribeWaitsUntilItsRetainedMessagesHaveRoom(boolean clean) {
        server = TestServer.start(Map.of("memoryQueueMessages", 5, "sessionQueueMessages", 5, "sysSeconds", 0));
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 10; i < 40; i++) {
                publisher.send(Packets.retained("t/" + i, "m" + i, 1, i)).expectPuback(i);
            }
        }
        try (PacketClient client = PacketClient.connected(server.port(), "c", clean)) {
            client.subscribed("t/#", 1).send(Packets.subscribe(2, "t/#", 1));
            for (int i = 10; i < 15; i++) {
                client.expectDescribed("PUBLISH t/" + i + " m" + i + " qos 1 retain");
            }
            client.expectNothing();   // without acknowledgements no more, and the second SUBSCRIBE waits
            assertThat(server.session("c").orElseThrow().queuedMessages()).isEqualTo(5);
        }
        try (PacketClient client = PacketClient.connected(server.port(), "d", clean)) {
            client.subscribed("t/#", 1).send(Packets.subscribe(2, "t/10", 1));
            for (int i = 10; i < 40; i++) {
                PacketClient.Packet packet = client.receive();
                assertThat(packet.describe()).isEqualTo("PUBLISH t/" + i + " m" + i + " qos 1 retain");
                client.send(Packets.puback(packet.packetId()));
            }
            client.expectSuback(2, 1);
            client.expectDescribed("PUBLISH t/10 m10 qos 1 retain");
        }
    }

    @Test
    void aRetainedMessageThatWasReplacedWhileItWaitedIsNotSent() {
        server = TestServer.start(Map.of("memoryQueueMessages", 1, "sysSeconds", 0));
        try (PacketClient publisher = server.connected("p"); PacketClient client = server.connected("c")) {
            publisher.send(Packets.retained("a", "1", 1, 1)).expectPuback(1);
            publisher.send(Packets.retained("b", "old", 1, 2)).expectPuback(2);
            client.subscribed("#", 1);
            PacketClient.Packet first = client.receive();
            assertThat(first.describe()).isEqualTo("PUBLISH a 1 qos 1 retain");
            publisher.send(Packets.retained("b", "new", 1, 3));   // waits behind the old one for the client's queue
            client.send(Packets.puback(first.packetId()));
            List<String> seen = new ArrayList<>();
            for (String next = ""; !next.contains("new");) {
                PacketClient.Packet packet = client.receive();
                next = packet.describe();
                seen.add(next);
                client.send(Packets.puback(packet.packetId()));
            }
            assertThat(seen.get(seen.size() - 1)).isEqualTo("PUBLISH b new qos 1");
            client.expectNothing();   // the old value never comes after the new one
            publisher.expectPuback(3);
        }
    }

    @Test
    void aClientThatDoesNotReadCannotPileUpRetainedMessages() {
        server = TestServer.start(Map.of("outboundBufferBytes", 16_384, "sysSeconds", 0, "maxRetainedBytes", 100_000_000L));
        String large = "y".repeat(100_000);
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 50; i++) {
                publisher.send(Packets.retained("t/" + i, large, 1, i)).expectPuback(i);
            }
        }
        try (PacketClient slow = PacketClient.open(server.port(), 4_096)) {
            slow.send(Packets.connect("slow", true, 0)).expectConnack(0, false);
            for (int i = 1; i <= 20; i++) {
                slow.send(Packets.subscribe(i, "t/#", 0));
            }
            TestServer.eventually("the first is under way", () -> server.counter(Counter.MESSAGES_OUT) > 0);
            int subacks = 0;
            int messages = 0;
            while (messages < 100) {   // two SUBSCRIBEs' worth: each waits for the one before
                if (slow.receive().type() == 3) {
                    messages++;
                } else {
                    subacks++;
                    assertThat(messages).isEqualTo(50 * (subacks - 1));
                }
            }
        }
    }

    private long used(String setting) {
        return server.server().limits().stream().filter(limit -> limit.setting().equals(setting)).mapToLong(LimitView::used)
                .findFirst().orElseThrow();
    }
}
