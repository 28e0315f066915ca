// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whatever bytes come in, the server serves on and does not take the peer's mistake for its own. */
class RandomBytesTest {
    private static final long SEED = 20260117;
    private static final int ROUNDS = 1_500;

    @Test
    void survivesSpoiltPackets() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        Random random = new Random(SEED);
        try (TestServer server = TestServer.start(); PacketClient witness = server.connectedDurably("witness");
                PacketClient publisher = server.connected("publisher")) {
            witness.subscribed("witness", 1);
            for (int round = 0; round < ROUNDS; round++) {
                try (PacketClient client = PacketClient.open(server.port())) {
                    if (random.nextInt(5) > 0) {
                        client.send(Packets.connect("fuzz" + random.nextInt(3), random.nextBoolean(), 0));
                    }
                    client.sendAnyway(spoilt(random));
                }
                if (round % 100 == 0) {
                    publisher.send(Packets.publish("witness", "round " + round, 1, 1)).expectPuback(1);
                    witness.expectPublishAndAcknowledge("witness", "round " + round);
                }
            }
            TestServer.eventually("all are gone", () -> server.counter(Counter.CONNECTIONS_OPEN) == 2);
            assertThat(server.counter(Counter.PACKETS_MALFORMED)).isGreaterThan(ROUNDS / 4);
            witness.expectNothing();
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list).filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    /** Some packets in a row, of which bytes are changed, left out, added, or all are random. */
    private static byte[] spoilt(Random random) {
        List<byte[]> good = List.of(
                Packets.connect("fuzz", true, 10),
                Packets.connectWithWill("fuzz", false, "w", "gone", 1, true),
                Packets.publish("a/b", "payload", random.nextInt(3), 1 + random.nextInt(3)),
                Packets.retained("r/" + random.nextInt(3), "kept", 1, 2),
                Packets.subscribe(3, "a/+", 1, "#", 2),
                Packets.unsubscribe(4, "a/+"),
                Packets.puback(1 + random.nextInt(3)),
                Packets.pubrec(1 + random.nextInt(3)),
                Packets.pubrel(1 + random.nextInt(3)),
                Packets.pubcomp(1 + random.nextInt(3)),
                Packets.PINGREQ,
                Packets.DISCONNECT);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Integer> starts = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            starts.add(all.size());
            all.writeBytes(good.get(random.nextInt(good.size())));
        }
        byte[] bytes = all.toByteArray();
        switch (random.nextInt(4)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> bytes[starts.get(random.nextInt(starts.size()))] = (byte) random.nextInt();
            case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 5));
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
        }
        return bytes;
    }
}
