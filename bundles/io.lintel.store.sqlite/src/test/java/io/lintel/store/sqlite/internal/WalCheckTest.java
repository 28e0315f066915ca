// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.store.jdbc.StoreSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs as a killed process leaves them, with bytes changed: in the middle it is damage, at the end it is not. */
class WalCheckTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 1);
    private static final int MESSAGES = 40;
    private static final int FRAME = 24 + 4096;

    @TempDir
    private Path directory;
    private Path image;
    private Path wal;

    /** One transaction a message; then the files as they are, which is what kill -9 would leave. */
    @BeforeEach
    void makeImage() throws IOException {
        Path alive = directory.resolve("alive");
        image = Files.createDirectory(directory.resolve("image"));
        wal = image.resolve("lintel.db-wal");
        try (SqliteStore store = SqliteStores.open(alive, SETTINGS)) {
            write(store, new SessionChange.SessionOpened("one", "", 1));
            for (long id = 1; id <= MESSAGES; id++) {
                byte[] payload = ("message " + id + " " + "x".repeat(3000)).getBytes(StandardCharsets.US_ASCII);
                write(store, new SessionChange.MessageStored(new StoredMessage(id, "t", 1, false, payload)),
                        new SessionChange.MessageQueued("one", id, 1, 0));
            }
            Files.copy(alive.resolve("lintel.db"), image.resolve("lintel.db"));
            Files.copy(alive.resolve("lintel.db-wal"), wal);
        }
    }

    private static void write(SqliteStore store, SessionChange... changes) {
        store.write(List.of(changes)).toCompletableFuture().join();
    }

    private int frames() throws IOException {
        return (int) ((Files.size(wal) - 32) / FRAME);
    }

    private void change(long at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ 0x40);
        }
    }

    private List<Long> sound() {
        List<Long> ids = new ArrayList<>();
        try (SqliteStore store = SqliteStores.open(image, SETTINGS)) {
            for (QueuedMessage queued : store.queue("one", 0, 1000)) {
                if (!queued.isDamaged()) {
                    assertThat(new String(queued.message().payload(), StandardCharsets.US_ASCII))
                            .isEqualTo("message " + queued.message().id() + " " + "x".repeat(3000));
                    ids.add(queued.message().id());
                }
            }
        }
        return ids;
    }

    private List<Path> keptLogs() throws IOException {
        try (Stream<Path> files = Files.list(image)) {
            return files.filter(file -> file.toString().contains("-wal.damaged-")).toList();
        }
    }

    @Test
    void aSoundLogIsLeftAsItIs() throws Exception {
        byte[] before = Files.readAllBytes(wal);
        assertThat(WalCheck.repair(wal)).isEmpty();
        assertThat(Files.readAllBytes(wal)).isEqualTo(before);
        assertThat(sound()).hasSize(MESSAGES);
    }

    @Test
    void withoutTheCheckABitInTheMiddleCostsAllThatFollows() throws Exception {
        change(32 + FRAME * (long) (frames() / 2) + 24 + 2000);
        assertThat(SqliteStores.number(image, "SELECT COUNT(*) FROM mq")).isLessThan(MESSAGES * 3 / 4);
    }

    /** Every frame of the log in turn, in its page, its number, its salt and its checksum. */
    @Test
    void aBadFrameCostsNoMoreThanItself() throws Exception {
        byte[] database = Files.readAllBytes(image.resolve("lintel.db"));
        byte[] log = Files.readAllBytes(wal);
        int[] places = {24 + 4000, 24 + 1500, 12, 17};
        int all = frames();
        int repaired = 0;
        for (int frame = 0; frame < all; frame += 3) {
            for (int place : places) {
                try (Stream<Path> files = Files.walk(image)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        Files.delete(file);
                    }
                }
                Files.write(image.resolve("lintel.db"), database);
                Files.write(wal, log);
                change(32 + FRAME * (long) frame + place);
                List<Long> left = sound();
                boolean last = keptLogs().isEmpty();
                repaired += last ? 0 : 1;
                assertThat(left).as("frame %d of %d, byte %d", frame, all, place).hasSizeGreaterThanOrEqualTo(MESSAGES - 1);
                if (last) {
                    assertThat(frame).as("byte %d: not reported", place).isGreaterThan(all - 12);
                }
            }
        }
        assertThat(repaired).isGreaterThan(all);
    }

    @Test
    void aTornTailIsNoDamage() throws Exception {
        change(32 + FRAME * (long) (frames() - 1) + 24 + 100);
        assertThat(WalCheck.repair(wal)).isEmpty();
        try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
            file.setLength(32 + FRAME * (long) (frames() - 1) + 700);
        }
        assertThat(WalCheck.repair(wal)).isEmpty();
        assertThat(sound()).hasSizeBetween(MESSAGES - 1, MESSAGES);
    }
}
