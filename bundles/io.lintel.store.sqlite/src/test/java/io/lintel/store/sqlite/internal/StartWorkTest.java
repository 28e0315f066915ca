// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore.Snapshot;
import io.lintel.mqtt.server.SessionStore.StoredSession;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import io.lintel.mqtt.server.internal.PlainServer;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.Child;
import io.lintel.store.sqlite.internal.SqliteSettings.SyncLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a start after kill -9 costs, in work and not in time: many queued messages and a long write-ahead log. Nothing is
 * left out; the log and the database are read a fixed number of times each; and the heap does not grow with either.
 */
class StartWorkTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 1);
    private static final int SESSIONS = 200;
    private static final int MESSAGES = 100_000;   // the log stays below the size at which it is copied and cut
    private static final int UNIT = 2000;
    private static final int FRAME = 24 + 4096;

    @TempDir
    private Path directory;

    /** Nothing is copied out of the log, as when readers keep it from that. */
    private static SqliteStore open(String directory) {
        return new SqliteStore(new SqliteSettings(Path.of(directory), SyncLevel.FULL, 1_000_000, 1 << 20, 64 << 20), SETTINGS);
    }

    /** Fills the queues, says so, and waits to be killed. */
    static final class Filler {
        private Filler() {
        }

        public static void main(String[] arguments) throws InterruptedException {
            SqliteStore store = open(arguments[0]);
            List<SessionChange> changes = new ArrayList<>();
            for (int s = 0; s < SESSIONS; s++) {
                changes.add(new SessionChange.SessionOpened("client" + s, "", 1));
                changes.add(new SessionChange.Subscribed("client" + s, "t/" + s, 1));
            }
            for (int id = 1; id <= MESSAGES; id++) {
                StoredMessage message = new StoredMessage(id, "t/" + id % SESSIONS, 1, false, new byte[100]);
                changes.add(new SessionChange.MessageStored(message));
                changes.add(new SessionChange.MessageQueued("client" + id % SESSIONS, id, 1, 0));
                if (id % UNIT == 0) {
                    store.write(changes).toCompletableFuture().join();
                    changes.clear();
                }
            }
            System.out.println("filled");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    /** Starts store and server on it, prints what that read and what is there, and waits to be killed. */
    static final class Starter {
        private Starter() {
        }

        public static void main(String[] arguments) throws Exception {
            SqliteStore warm = open(arguments[1]);
            PlainServer.open(warm, Map.of()).close();
            warm.close();
            long before = bytesRead();
            SqliteStore store = open(arguments[0]);
            PlainServer server = PlainServer.open(store, Map.of());
            try (PacketClient client = PacketClient.resumed(server.port(), "client7")) {
                for (int id = 7; id < 7 + 10 * SESSIONS; id += SESSIONS) {
                    PacketClient.Packet packet = client.receive();
                    client.send(Packets.puback(packet.packetId()));
                }
            }
            System.out.println("read " + (bytesRead() - before));
            Snapshot snapshot = store.load();
            System.out.println("sessions " + snapshot.sessions().size());
            System.out.println("messages " + snapshot.sessions().stream().mapToLong(StoredSession::queuedMessages).sum());
            Thread.sleep(Long.MAX_VALUE);
        }

        /** By this process, from wherever, as the kernel counts them. */
        private static long bytesRead() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/io")).stream().filter(line -> line.startsWith("rchar:"))
                    .mapToLong(line -> Long.parseLong(line.substring(6).trim())).findFirst().orElseThrow();
        }
    }

    @Test
    void theStartReadsTheLogAFixedNumberOfTimesInASmallHeap() throws Exception {
        Path data = directory.resolve("data");
        Child.killedAfter(1, Filler.class, data.toString());
        long log = Files.size(data.resolve("lintel.db-wal"));
        assertThat(log / FRAME).as("frames in the log").isGreaterThan(8_000);

        Map<String, Long> printed = new HashMap<>();
        String warm = directory.resolve("warm").toString();
        for (String line : Child.killedAfter(3, "-Xmx32m", Starter.class, data.toString(), warm)) {
            printed.put(line.split(" ")[0], Long.parseLong(line.split(" ")[1]));
        }
        assertThat(printed.get("sessions")).isEqualTo(SESSIONS);
        assertThat(printed.get("messages")).isBetween(MESSAGES - 10L, (long) MESSAGES);
        long pages = SqliteStores.number(data, "SELECT page_count * 4096 FROM pragma_page_count");
        assertThat(printed.get("read")).as("log %d bytes, database %d", log, pages).isLessThan(2 * log + 3 * pages + (8 << 20));
    }
}
