// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.MqttServerAdministration.LimitView;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Subscribers that do not read, or do not acknowledge, beside one that does both: what the good one gets, and when, does
 * not change, and the server's memory has its bounds.
 */
class SlowConsumersTest {
    private static final int ROUNDS = 400;
    private static final String TEXT = "x".repeat(4_000);
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void doNotHoldUpOthersOfTheSameTopic() {
        server = TestServer.start(Map.of("windowBytes", 100_000L, "outboundBufferBytes", 65_536));
        try (PacketClient publisher = server.connected("p"); PacketClient good = server.connected("good").subscribed("t", 1)) {
            long[] alone = rounds(publisher, good, 1);
            try (PacketClient deaf = PacketClient.open(server.port(), 4_096); PacketClient mute = server.connectedDurably("mute");
                    PacketClient deafForQos0 = PacketClient.open(server.port(), 4_096)) {
                deaf.send(Packets.connect("deaf", false, 0)).expectConnack(0, false).subscribed("t", 1);
                deafForQos0.send(Packets.connect("deaf0", true, 0)).expectConnack(0, false).subscribed("t", 0);
                mute.subscribed("t", 2);
                long[] beside = rounds(publisher, good, 1 + ROUNDS);
                // waiting for one of them would show as seconds; a busy machine as some milliseconds
                assertThat(beside[ROUNDS / 2]).isLessThan(10 * alone[ROUNDS / 2] + 20_000_000);
                assertThat(beside[ROUNDS - 1]).isLessThan(2_000_000_000L);
                assertThat(server.session("deaf").orElseThrow().queuedMessages()).isEqualTo(ROUNDS);
                assertThat(server.session("mute").orElseThrow().queuedMessages()).isEqualTo(ROUNDS);
                assertThat(server.session("mute").orElseThrow().inFlight()).isEqualTo(100);
                assertThat(used("mqttserver.windowBytesInAll")).isLessThanOrEqualTo(2 * 100_000L);
                assertThat(used("mqttserver.memoryQueueBytesInAll")).isZero();
            }
        }
        assertThat(server.counter(Counter.SLOW_CONSUMERS_CLOSED)).isZero();
    }

    /** A slow client in memory stops those who publish to it, and nobody else. */
    @Test
    void whoPublishesElsewhereDoesNotNotice() {
        server = TestServer.start(Map.of("memoryQueueMessages", 10, "slowConsumerMillis", 60_000L));
        try (PacketClient lazy = server.connected("lazy").subscribed("lazy",
                1); PacketClient good = server.connected("good").subscribed("t", 1);
                PacketClient stopped = server.connected("stopped"); PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 11; i++) {
                stopped.send(Packets.publish("lazy", "m", 1, i));
            }
            stopped.send(Packets.publish("t", "of the one that waits", 1, 12));
            for (int i = 1; i <= 10; i++) {
                stopped.expectPuback(i);
            }
            stopped.expectNothing();   // neither the eleventh nor what comes behind it, but its PINGREQ is answered
            long[] beside = rounds(publisher, good, 1);
            assertThat(beside[ROUNDS - 1]).isLessThan(2_000_000_000L);
            lazy.send(Packets.puback(lazy.expectPublish("lazy", "m", 1)));
            stopped.expectPuback(11).expectPuback(12);
            good.expectPublishAndAcknowledge("t", "of the one that waits");
        }
    }

    /** Nanoseconds from each PUBLISH until the good one has it, sorted. */
    private static long[] rounds(PacketClient publisher, PacketClient good, int firstId) {
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            publisher.send(Packets.publish("t", i + TEXT, 1, firstId + i));
            good.expectPublishAndAcknowledge("t", i + TEXT);
            nanos[i] = System.nanoTime() - start;
            publisher.expectPuback(firstId + i);
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private long used(String setting) {
        return server.server().limits().stream().filter(limit -> limit.setting().equals(setting)).mapToLong(LimitView::used)
                .findFirst().orElseThrow();
    }
}
