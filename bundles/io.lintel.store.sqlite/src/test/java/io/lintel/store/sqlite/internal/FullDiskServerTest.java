// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.PacketClient.Packet;
import io.lintel.mqtt.server.internal.Packets;
import io.lintel.mqtt.server.internal.PlainServer;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.sqlite.internal.SqliteSettings.SyncLevel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server on a disk that really becomes full: a small tmpfs, filled up by another file. Where mounting is not permitted
 * the store's reserve stands in for the size of the disk.
 */
class FullDiskServerTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 2);
    private static final int DISK_MEGABYTES = 24;
    private static final long ROOM = 128L << 20;
    private static final int EACH = 20;

    @TempDir
    private Path directory;
    private Path disk;
    private Path ballast;
    private boolean mounted;
    private long reserve;
    private SqliteStore store;
    private PlainServer server;
    private final TreeSet<Integer> acknowledged = new TreeSet<>();

    @BeforeEach
    void makeDisk() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        ballast = disk.resolve("ballast");
        SqliteStores.open(directory.resolve("elsewhere"), SETTINGS).close();   // the native library stays where it is loaded from
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEGABYTES + "m", "lintel-test", disk.toString());
        reserve = mounted ? 0 : Files.getFileStore(disk).getUsableSpace() - ROOM;
        start();
    }

    @AfterEach
    void removeDisk() throws Exception {
        stop();
        Files.deleteIfExists(ballast);
        if (mounted) {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                .waitFor() == 0;
    }

    private void start() {
        store = new SqliteStore(new SqliteSettings(disk.resolve("data"), SyncLevel.FULL, 1000, reserve, 64 << 20), SETTINGS);
        server = PlainServer.open(store, Map.of());
    }

    private void stop() {
        server.close();
        store.close();
    }

    /** To the last byte, as a log file that nobody watches would. */
    private void fill() throws IOException {
        long most = mounted ? Long.MAX_VALUE : 2 * ROOM;
        byte[] block = new byte[mounted ? 4096 : 1 << 20];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            for (long written = 0; written < most; written += block.length) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(mounted).as(e.getMessage()).isTrue();
        }
    }

    private static String content(int number) {
        return number + " " + "x".repeat(3000);
    }

    private static void send(PacketClient publisher, int number) {
        publisher.send(Packets.publish("t", content(number), 1, number));
    }

    /** As a real client does: what is not acknowledged is sent again, on a new connection if the old one was closed. */
    private void publishUntilAcknowledged(PacketClient first, int from, int to) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        PacketClient publisher = first;
        while (!acknowledged.contains(to)) {
            assertThat(System.nanoTime()).as("acknowledged up to " + acknowledged.last()).isLessThan(until);
            try {
                for (int number = from; number <= to; number++) {
                    if (!acknowledged.contains(number)) {
                        publisher.expectPuback(number);
                        acknowledged.add(number);
                    }
                }
            } catch (AssertionError | UncheckedIOException closed) {
                publisher.close();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                publisher = PacketClient.connected(server.port(), "p", true);
                for (int number = from; number <= to; number++) {
                    if (!acknowledged.contains(number)) {
                        send(publisher, number);
                    }
                }
            }
        }
        publisher.close();
    }

    private TreeSet<Integer> received(int last) {
        TreeSet<Integer> numbers = new TreeSet<>();
        try (PacketClient client = PacketClient.resumed(server.port(), "away")) {
            while (!numbers.contains(last)) {
                Packet packet = client.receive();
                int number = Integer.parseInt(packet.payload().split(" ")[0]);
                assertThat(packet.payload()).isEqualTo(content(number));
                numbers.add(number);
                client.send(Packets.puback(packet.packetId()));
            }
        }
        return numbers;
    }

    private static TreeSet<Integer> upTo(int last) {
        TreeSet<Integer> all = new TreeSet<>();
        for (int number = 1; number <= last; number++) {
            all.add(number);
        }
        return all;
    }

    @Test
    void acknowledgementsAreWithheldWhileItIsFullAndNothingElseHappens() throws Exception {
        PacketClient.connected(server.port(), "away", false).subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        PacketClient publisher = PacketClient.connected(server.port(), "p", true);
        for (int number = 1; number <= EACH; number++) {
            send(publisher, number);
            publisher.expectPuback(number);
            acknowledged.add(number);
        }
        fill();
        for (int number = EACH + 1; number <= 2 * EACH; number++) {
            send(publisher, number);
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (store.isOpen()) {
            assertThat(System.nanoTime()).as("the store says that it cannot write").isLessThan(until);
            LockSupport.parkNanos(1_000_000);
        }
        publisher.expectNothing();
        assertThat(SqliteStores.number(disk.resolve("data"), "SELECT COUNT(*) FROM mq")).as("nothing more").isEqualTo(EACH);
        try (PacketClient other = PacketClient.connected(server.port(), "reader", true)) {
            other.subscribed("u", 0);
            PacketClient.connected(server.port(), "q", true).send(Packets.publish("u", "QoS 0 needs no disk", 0, 0));
            other.expectPublish("u", "QoS 0 needs no disk", 0);
        }
        Files.delete(ballast);
        publishUntilAcknowledged(publisher, EACH + 1, 2 * EACH);
        assertThat(store.isOpen()).isTrue();
        stop();
        start();
        assertThat(received(2 * EACH)).isEqualTo(upTo(2 * EACH));
    }

    @Test
    void aServerThatEndsWhileItIsFullLosesNothingAcknowledged() throws Exception {
        PacketClient.connected(server.port(), "away", false).subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        PacketClient publisher = PacketClient.connected(server.port(), "p", true);
        for (int number = 1; number <= EACH; number++) {
            send(publisher, number);
            publisher.expectPuback(number);
        }
        fill();
        send(publisher, EACH + 1);
        publisher.expectNothing();
        stop();
        Files.delete(ballast);
        start();
        try (PacketClient again = PacketClient.connected(server.port(), "p", true)) {
            send(again, EACH + 2);
            again.expectPuback(EACH + 2);
        }
        TreeSet<Integer> received = received(EACH + 2);
        received.remove(EACH + 1);
        TreeSet<Integer> expected = upTo(EACH + 2);
        expected.remove(EACH + 1);
        assertThat(received).isEqualTo(expected);
    }
}
