// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Full means "wait" or "no", never "gone"; and one slow client hurts nobody else. */
class BackPressureTest {
    private static final String TEXT = "x".repeat(1_000);
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"sessionQueueMessages, 3", "sessionQueueBytes, 3500"})
    void aPublisherWaitsForAFullDurableQueue(String limit, int value) {
        server = TestServer.start(Map.of(limit, limit.endsWith("Bytes") ? (Object) Long.valueOf(value) : Integer.valueOf(value)));
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p"); PacketClient other = server.connected("other")) {
            for (int i = 1; i <= 3; i++) {
                publisher.send(Packets.publish("t", i + TEXT, 1, i)).expectPuback(i);
            }
            publisher.send(Packets.publish("t", "4" + TEXT, 1, 4), Packets.publish("elsewhere", "5", 1, 5)).expectNothing();
            // others go on, and so does QoS 0, which does not queue
            other.send(Packets.publish("elsewhere", "x", 1, 1)).expectPuback(1);
            other.send(Packets.publish("t", "x", 0, 0)).expectNothing();
            try (PacketClient back = server.resumed("away")) {
                back.expectPublishAndAcknowledge("t", "1" + TEXT);
                publisher.expectPuback(4).expectPuback(5);   // there is room
                for (int i = 2; i <= 4; i++) {
                    back.expectPublishAndAcknowledge("t", i + TEXT);
                }
                back.expectNothing();
            }
        }
    }

    @Test
    void aPublisherThatWaitedTooLongIsTurnedAwayWithoutAcknowledgement() {
        server = TestServer.start(Map.of("sessionQueueMessages", 1, "queueFullWaitMillis", 200L));
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t", "1", 1, 1)).expectPuback(1);
            publisher.send(Packets.publish("t", "2", 1, 2)).expectClosed();
        }
        assertThat(server.counter(Counter.PUBLISHERS_TURNED_AWAY)).isEqualTo(1);
        try (PacketClient back = server.resumed("away")) {
            back.expectPublishAndAcknowledge("t", "1").expectNothing();
        }
    }

    @Test
    void aPublisherThatWaitsIsNotReadWithoutEnd() throws Exception {
        server = TestServer.start(Map.of("sessionQueueMessages", 1));
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t", "1", 1, 1)).expectPuback(1);
            // far more than the sockets' buffers hold: the writer has to come to a standstill
            byte[] packet = Packets.publish("t", TEXT.repeat(100), 1, 2);
            long[] written = {0};
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < 2_000; i++) {
                        publisher.send(packet);
                        written[0] = i;
                    }
                } catch (UncheckedIOException e) {
                    assertThat(e.getCause()).isInstanceOf(SocketException.class);   // closed at the end of the test
                }
            });
            writer.start();
            TestServer.eventually("the writer stands still", () -> standsStill(writer));
            assertThat(server.counter(Counter.BYTES_IN)).isLessThan(2_000_000);
            assertThat(server.store().queued("away")).isEqualTo(1);
            publisher.close();
            writer.join(10_000);
            assertThat(writer.isAlive()).isFalse();
        }
    }

    /** In a write call of the socket for a while, and what the server has read does not change. */
    private boolean standsStill(Thread writer) {
        for (int i = 0; i < 20; i++) {
            long before = server.counter(Counter.BYTES_IN);
            LockSupport.parkNanos(10_000_000);
            if (!writer.isAlive() || server.counter(Counter.BYTES_IN) != before) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aClientThatPublishesToItselfStillMakesRoomByAcknowledging() {
        server = TestServer.start(Map.of("sessionQueueMessages", 2));
        try (PacketClient client = server.connectedDurably("c").subscribed("t", 1)) {
            client.send(Packets.publish("t", "1", 1, 1));
            client.send(Packets.publish("t", "2", 1, 2));
            client.send(Packets.publish("t", "3", 1, 3));
            int first = 0;
            for (int i = 0; i < 4; i++) {   // two PUBACKs and two PUBLISHes, in an order between them that is free
                PacketClient.Packet packet = client.receive();
                if (packet.describe().startsWith("PUBLISH t 1")) {
                    first = packet.packetId();
                }
            }
            client.expectNothing();   // the third waits; its client's PUBACK is taken nevertheless
            client.send(Packets.puback(first));
            assertThat(client.receive().describe() + client.receive().describe())
                    .contains("PUBLISH t 3 qos 1").contains("40 02 00 03");
        }
    }

    @Test
    void aCleanSessionThatDoesNotTakeItsMessagesIsClosed() {
        server = TestServer.start(Map.of("memoryQueueMessages", 5, "slowConsumerMillis", 200L));
        try (PacketClient lazy = server.connected("lazy").subscribed("t", 1);
                PacketClient good = server.connected("good").subscribed("t", 1);
                PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 20; i++) {
                publisher.send(Packets.publish("t", "m" + i, 1, i)).expectPuback(i);   // the lazy one never acknowledges
                good.expectPublishAndAcknowledge("t", "m" + i);
            }
            for (int i = 1; i <= 5; i++) {
                lazy.expectPublish("t", "m" + i, 1);
            }
            lazy.expectClosed();
        }
        assertThat(server.counter(Counter.SLOW_CONSUMERS_CLOSED)).isEqualTo(1);
    }

    @Test
    void qos0IsDroppedForASlowClientOnly() {
        server = TestServer.start(Map.of("outboundBufferBytes", 16_384));
        String large = "y".repeat(50_000);
        try (PacketClient slow = PacketClient.open(server.port(), 4_096); PacketClient quick = server.connected("quick");
                PacketClient publisher = server.connected("p")) {
            slow.send(Packets.connect("slow", true, 0)).expectConnack(0, false).subscribed("t", 0);
            quick.subscribed("t", 0);
            for (int i = 0; i < 400; i++) {   // 20 MB, of which the slow client reads nothing
                publisher.send(Packets.publish("t", large, 0, 0));
                assertThat(quick.receive().payload()).hasSize(50_000);
            }
            assertThat(server.counter(Counter.MESSAGES_DROPPED_QOS0)).isPositive();
            publisher.send(Packets.PINGREQ).expect(0xd0, 0);
        }
    }

    @Test
    void aSlowDurableClientCostsOneWindowOfMemoryAndLosesNothing() {
        server = TestServer.start(Map.of("outboundBufferBytes", 16_384, "windowBytes", 100_000L));
        String large = "y".repeat(20_000);
        try (PacketClient slow = PacketClient.open(server.port(), 4_096); PacketClient publisher = server.connected("p")) {
            slow.send(Packets.connect("slow", false, 0)).expectConnack(0, false).subscribed("t", 1);
            for (int i = 0; i < 500; i++) {   // 10 MB
                publisher.send(Packets.publish("t", i + large, 1, i + 1)).expectPuback(i + 1);
            }
            for (int i = 0; i < 500; i++) {
                slow.expectPublishAndAcknowledge("t", i + large);
            }
            slow.expectNothing();
            assertThat(server.store().pagesRead()).isPositive();
        }
    }

    @Test
    void aSlowDiskStopsThePublisherAtItsLimit() {
        server = TestServer.start(Map.of("maxUnacknowledged", 10));
        try (PacketClient durable = server.connectedDurably("d").subscribed("t", 1);
                PacketClient publisher = server.connected("p")) {
            server.store().stopDisk();
            for (int i = 1; i <= 30; i++) {
                publisher.send(Packets.publish("t", "m" + i, 1, i));
            }
            publisher.expectNothing();
            assertThat(server.session("d").orElseThrow().queuedMessages()).isEqualTo(10);
            server.store().resumeDisk();
            for (int i = 1; i <= 30; i++) {
                publisher.expectPuback(i);
                durable.expectPublishAndAcknowledge("t", "m" + i);
            }
        }
    }

    @Test
    void bytesOnTheirWayToDiskAreBounded() {
        server = TestServer.start(Map.of("journalBytes", 5_000L));
        try (PacketClient durable = server.connectedDurably("d").subscribed("t", 1);
                PacketClient publisher = server.connected("p")) {
            server.store().stopDisk();
            for (int i = 1; i <= 20; i++) {
                publisher.send(Packets.publish("t", i + TEXT, 1, i));
            }
            publisher.expectNothing();
            assertThat(server.session("d").orElseThrow().queuedMessages()).isEqualTo(5);
            server.store().resumeDisk();
            for (int i = 1; i <= 20; i++) {
                publisher.expectPuback(i);
                durable.expectPublishAndAcknowledge("t", i + TEXT);
            }
        }
    }

    @Test
    void retainedMessagesAreBounded() {
        server = TestServer.start(Map.of("maxRetainedMessages", 2, "sysSeconds", 0));
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.retained("a", "1", 1, 1)).expectPuback(1);
            publisher.send(Packets.retained("b", "1", 1, 2)).expectPuback(2);
            publisher.send(Packets.retained("a", "2", 1, 3)).expectPuback(3);
            publisher.send(Packets.retained("b", "", 1, 4)).expectPuback(4);
            publisher.send(Packets.retained("c", "1", 1, 5)).expectPuback(5);
            publisher.send(Packets.retained("d", "1", 1, 6)).expectClosed();
        }
    }
}
