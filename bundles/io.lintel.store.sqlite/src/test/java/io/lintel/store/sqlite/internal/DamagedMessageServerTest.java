// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import io.lintel.mqtt.server.internal.PlainServer;
import io.lintel.store.jdbc.StoreSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client sees of a queue in which some messages went bad on disk: the others, in order, and nothing else. */
class DamagedMessageServerTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 2);

    @TempDir
    private Path directory;

    @Test
    void aDamagedMessageIsPassedOverAndTheQueueComesToItsEnd() {
        try (SqliteStore store = SqliteStores.open(directory, SETTINGS); PlainServer server = PlainServer.open(store, Map.of())) {
            PacketClient.connected(server.port(), "away", false).subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
            try (PacketClient publisher = PacketClient.connected(server.port(), "p", true)) {
                for (int i = 1; i <= 10; i++) {
                    publisher.send(Packets.publish("t", "m" + i, 1, i)).expectPuback(i);
                }
            }
        }
        SqliteStores.execute(directory, "UPDATE msg SET payload = 'x' WHERE CAST(payload AS TEXT) IN ('m1', 'm5', 'm10')");
        try (SqliteStore store = SqliteStores.open(directory, SETTINGS);
                PlainServer server = PlainServer.open(store, Map.of("windowMessages", "4"));
                PacketClient client = PacketClient.resumed(server.port(), "away")) {
            for (int i : new int[] {2, 3, 4, 6, 7, 8, 9}) {
                client.expectPublishAndAcknowledge("t", "m" + i);
            }
            try (PacketClient publisher = PacketClient.connected(server.port(), "p", true)) {
                publisher.send(Packets.publish("t", "after", 1, 1));
                client.expectPublishAndAcknowledge("t", "after");
                publisher.expectPuback(1);
            }
            client.expectNothing();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (SqliteStores.number(directory, "SELECT (SELECT COUNT(*) FROM mq) + (SELECT COUNT(*) FROM msg)") > 0) {
                assertThat(System.nanoTime()).as("the queue is empty").isLessThan(until);
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(SqliteStores.number(directory, "SELECT COUNT(*) FROM damaged")).isEqualTo(3);
            assertThat(store.detail()).contains("3 damaged messages");
        }
    }
}
