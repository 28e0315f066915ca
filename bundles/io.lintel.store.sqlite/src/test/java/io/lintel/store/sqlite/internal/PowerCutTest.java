// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.sqlite.internal.SystemCalls.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes. Kill -9 cannot show it, since the operating system keeps what a dead process wrote; so the server's
 * system calls are recorded (by strace, without which this test fails), and disks are made as they could be after a cut
 * at any moment: what was synced is there, what was not is there or not, or in part. Acknowledgements are among the
 * recorded calls, which also gives their exact order against the syncs.
 */
class PowerCutTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 1);
    private static final int MESSAGES = 150;
    private static final int CUTS = 120;

    @TempDir
    private static Path temporary;
    private static Path directory;
    private static Path data;
    private static Path before;
    private static SystemCalls calls;
    private final long seed = Long.getLong("lintel.crash.seed", System.nanoTime());

    @BeforeAll
    static void record() throws Exception {
        assertThat(Path.of("/usr/bin/strace")).as("strace, which records the system calls (Debian package strace)")
                .isExecutable();
        directory = temporary.toRealPath();
        data = directory.resolve("data");
        before = Files.createDirectory(directory.resolve("before"));
        SqliteStores.open(data, SETTINGS).close();
        copy(data, before);
        Path record = directory.resolve("record");
        ServerProcess server = new ServerProcess(directory.resolve("log.txt"),
                List.of("-cp", System.getProperty("java.class.path")),
                "strace", "-f", "-y", "-xx", "-s", "70000", "-o", record.toString(),
                "-e", "trace=pwrite64,write,writev,fdatasync,fsync,ftruncate");
        try {
            int port = server.serve(data, Map.of("store.walAutocheckpoint", "40", "sysSeconds", "0"));
            PacketClient.connected(port, "away", false).subscribed("t", 2).send(Packets.DISCONNECT).expectClosed();
            publish(port);
        } finally {
            server.kill();
        }
        calls = new SystemCalls(record);
    }

    /** Several at a time, so that some share a sync. */
    private static void publish(int port) {
        try (PacketClient publisher = PacketClient.connected(port, "p", false)) {
            for (int first = 1; first <= MESSAGES; first += 5) {
                for (int i = first; i < first + 5; i++) {
                    publisher.send(Packets.publish("t", content(i), i % 2 + 1, i));
                }
                for (int i = first; i < first + 5; i++) {
                    publisher.expect(i % 2 == 0 ? Packets.puback(i) : Packets.pubrec(i));
                }
            }
        }
    }

    private static String content(int number) {
        return "<message " + number + ">" + ".".repeat(number % 7 * 100);
    }

    private static void copy(Path from, Path to) throws IOException {
        for (String name : List.of("lintel.db", "lintel.db-wal")) {
            if (Files.exists(from.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name));
            }
        }
    }

    private static boolean contains(byte[] data, byte[] part) {
        return new String(data, StandardCharsets.ISO_8859_1).contains(new String(part, StandardCharsets.ISO_8859_1));
    }

    /** The call that sent the acknowledgement of this message. */
    private static Call acknowledgement(int number) {
        byte[] packet = number % 2 == 0 ? Packets.puback(number) : Packets.pubrec(number);
        return calls.calls().stream()
                .filter(c -> c.name.startsWith("write") && c.path.startsWith("socket:") && contains(c.data, packet))
                .findFirst().orElseThrow(() -> new AssertionError("no acknowledgement of " + number + " in the record"));
    }

    @Test
    void noAcknowledgementLeavesBeforeItsSync() {
        Path wal = data.resolve("lintel.db-wal");
        for (int number = 1; number <= MESSAGES; number++) {
            byte[] content = ("<message " + number + ">").getBytes(StandardCharsets.US_ASCII);
            Call write = calls.calls().stream().filter(c -> c.isOf(wal) && contains(c.data, content)).findFirst().orElseThrow();
            assertThat(calls.isSynced(write, acknowledgement(number).from)).as("message %d was synced", number).isTrue();
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterACutAtAnyMoment() throws Exception {
        Random random = new Random(seed);
        List<Integer> acknowledged = new ArrayList<>();
        for (int number = 1; number <= MESSAGES; number++) {
            acknowledged.add(acknowledgement(number).from);
        }
        int first = acknowledged.get(0);
        int most = 0;
        for (int cut = 0; cut < CUTS; cut++) {
            int moment = first + random.nextInt(calls.lines() - first);
            int due = (int) acknowledged.stream().filter(at -> at < moment).count();
            Path image = Files.createDirectory(directory.resolve("image" + cut));
            copy(before, image);
            int likely = random.nextInt(3) * 50;
            for (String name : List.of("lintel.db", "lintel.db-wal")) {
                calls.replay(data.resolve(name), image.resolve(name), moment, likely, random);
            }
            check(image, due, "seed " + seed + ", cut " + cut + " at line " + moment + ", " + likely + " % of the rest");
            most = Math.max(most, due);
        }
        assertThat(most).as("some cuts are late").isGreaterThan(MESSAGES / 2);
    }

    private static void check(Path image, int due, String what) throws IOException {
        try (SqliteStore store = SqliteStores.open(image, SETTINGS)) {
            List<QueuedMessage> queue = store.queue("away", 0, 10_000);
            assertThat(queue).as(what).hasSizeGreaterThanOrEqualTo(due).noneMatch(QueuedMessage::isDamaged);
            for (int i = 0; i < queue.size(); i++) {
                assertThat(new String(queue.get(i).message().payload(), StandardCharsets.US_ASCII)).as(what)
                        .isEqualTo(content(i + 1));
            }
            assertThat(store.detail()).as(what).doesNotContain("damaged");
        }
        try (Stream<Path> files = Files.walk(image)) {
            assertThat(Files.list(image).filter(f -> f.toString().contains("damaged")))
                    .as(what + ": a torn tail is no damage").isEmpty();
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** The test can fail: had the acknowledgements left before the syncs, cuts would show it. */
    @Test
    void withoutTheSyncsMessagesWouldBeLost() throws Exception {
        Path image = Files.createDirectory(directory.resolve("image"));
        copy(before, image);
        int moment = acknowledgement(MESSAGES).from;
        SystemCalls unsynced = calls.withoutSyncs();
        for (String name : List.of("lintel.db", "lintel.db-wal")) {
            unsynced.replay(data.resolve(name), image.resolve(name), moment, 0, new Random(seed));
        }
        try (SqliteStore store = SqliteStores.open(image, SETTINGS)) {
            assertThat(store.queue("away", 0, 10_000)).hasSizeLessThan(MESSAGES);
        }
    }
}
