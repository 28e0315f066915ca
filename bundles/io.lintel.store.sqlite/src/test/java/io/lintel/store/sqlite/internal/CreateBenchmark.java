// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import io.lintel.store.jdbc.StoreSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.sqlite.JDBC;

/**
 * Synced creates a second (insert an instance, update its container, delete the oldest) through the store, and the same
 * three statements in a bare JDBC loop with the same pragmas, table definitions and batch size: the store's limit. Run
 * by hand; prints medians and their ratio. Arguments: a directory on the disk in question, seconds for each run.
 */
final class CreateBenchmark {
    private static final int KEPT = 1000;
    private static final int CONTAINERS = 8;
    private static final int RUNS = 5;

    private CreateBenchmark() {
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        for (int outstanding : new int[] {1, 16, 64}) {
            double[] store = new double[RUNS];
            double[] bare = new double[RUNS];
            for (int run = 0; run < RUNS; run++) {
                store[run] = inFresh(directory, path -> store(path, outstanding, seconds));
                bare[run] = inFresh(directory, path -> bare(path, outstanding, seconds));
            }
            Arrays.sort(store);
            Arrays.sort(bare);
            System.out.printf(Locale.ROOT, "outstanding %2d: store %,8.0f/s  bare JDBC %,8.0f/s  ratio %.2f%n", outstanding,
                    store[RUNS / 2], bare[RUNS / 2], store[RUNS / 2] / bare[RUNS / 2]);
        }
    }

    private interface Run {
        double in(Path directory) throws Exception;
    }

    private static double inFresh(Path parent, Run run) throws Exception {
        Path directory = Files.createTempDirectory(parent, "bench");
        try {
            return run.in(directory);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Attributes attributes(String id, String parent, int type) {
        return Attributes.builder().set("ri", id).set("pi", parent).set("rn", id).set("ty", type)
                .set("ct", "20260101T120000,000").set("lt", "20260101T120000,000").set("et", "20270101T120000,000")
                .set("st", 0).set("cs", 24).set("con", "{\"temperature\": 21.5555}").build();
    }

    private static double store(Path directory, int outstanding, double seconds) throws Exception {
        try (SqliteStore store = SqliteStores.open(directory, new StoreSettings(4096, 5000, 8 << 20, 2))) {
            Resource[] containers = new Resource[CONTAINERS];
            store.write(writer -> {
                writer.insert(new Resource(5, "m2m:cb", "cb", "", "cb", "", Long.MAX_VALUE, Attributes.empty()));
                for (int i = 0; i < CONTAINERS; i++) {
                    String id = writer.newId(3, "cb");
                    containers[i] = new Resource(3, "m2m:cnt", id, "cb", "c" + i, "C", Long.MAX_VALUE, attributes(id, "cb", 3));
                    writer.insert(containers[i]);
                    for (int k = 0; k < KEPT; k++) {
                        insert(writer, containers[i]);
                    }
                }
                return null;
            }).toCompletableFuture().get();
            Semaphore free = new Semaphore(outstanding);
            long started = System.nanoTime();
            long end = started + (long) (seconds * 1e9);
            long creates = 0;
            while (System.nanoTime() < end) {
                free.acquire();
                Resource container = containers[(int) (creates++ % CONTAINERS)];
                store.write(writer -> {
                    Resource now = writer.byId(container.id()).orElseThrow();
                    Resource created = insert(writer, now);
                    writer.delete(writer.oldestInstance(container.id()).orElseThrow());
                    writer.update(now.with(now.attributes().toBuilder().set("st", now.attributes().number("st").orElse(0L)
                            + 1).build()));
                    return created;
                }).whenComplete((created, failure) -> free.release());
            }
            free.acquire(outstanding);
            return creates / ((System.nanoTime() - started) / 1e9);
        }
    }

    private static Resource insert(ResourceWriter writer, Resource parent) {
        String id = writer.newId(4, parent.id());
        Resource instance = new Resource(4, "m2m:cin", id, parent.id(), id, "C", Long.MAX_VALUE, attributes(id, parent.id(), 4));
        writer.insert(instance);
        return instance;
    }

    private static double bare(Path directory, int outstanding, double seconds) throws Exception {
        byte[] document = new byte[150];
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + directory.resolve("bare.db"), new Properties());
                Statement statement = connection.createStatement()) {
            for (String pragma : new String[] {"journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000",
                "cache_size = -8192", "mmap_size = 0", "journal_size_limit = 16777216", "temp_store = MEMORY"}) {
                statement.execute("PRAGMA " + pragma);
            }
            for (String sql : io.lintel.store.jdbc.Schema.statements(
                    new io.lintel.store.jdbc.Schema.Words("INTEGER", "INTEGER", "TEXT", "BLOB", " WITHOUT ROWID"))) {
                statement.execute(sql);
            }
            PreparedStatement container = connection.prepareStatement("INSERT INTO res (n, pi, id, rn, ty, ni, "
                    + "doc) VALUES (?, 0, ?, ?, 3, 0, ?)");
            PreparedStatement insert = connection.prepareStatement("INSERT INTO inst (pi, seq, rn, ty, et, doc) VALUES (?, "
                    + "?, NULL, 4, NULL, ?)");
            PreparedStatement update = connection.prepareStatement("UPDATE res SET doc = ? WHERE n = ?");
            PreparedStatement delete = connection.prepareStatement("DELETE FROM inst WHERE pi = ? AND seq = ?");
            statement.execute("BEGIN IMMEDIATE");
            long seq = 0;
            for (int i = 1; i <= CONTAINERS; i++) {
                container.setInt(1, i);
                container.setString(2, "c" + i);
                container.setString(3, "c" + i);
                container.setBytes(4, document);
                container.executeUpdate();
            }
            for (int i = 0; i < KEPT * CONTAINERS; i++) {
                three(null, insert, null, document, i % CONTAINERS + 1, seq++);
            }
            statement.execute("COMMIT");
            long started = System.nanoTime();
            long end = started + (long) (seconds * 1e9);
            long creates = 0;
            while (System.nanoTime() < end) {
                statement.execute("BEGIN IMMEDIATE");
                for (int i = 0; i < outstanding; i++) {
                    three(update, insert, delete, document, seq % CONTAINERS + 1, seq++);
                }
                statement.execute("COMMIT");
                creates += outstanding;
            }
            return creates / ((System.nanoTime() - started) / 1e9);
        }
    }

    private static void three(PreparedStatement update, PreparedStatement insert, PreparedStatement delete, byte[] document,
            long pi,
            long seq) throws Exception {
        insert.setLong(1, pi);
        insert.setLong(2, seq);
        insert.setBytes(3, document);
        insert.executeUpdate();
        if (update != null) {
            update.setBytes(1, document);
            update.setLong(2, pi);
            update.executeUpdate();
            delete.setLong(1, pi);
            delete.setLong(2, seq - (long) KEPT * CONTAINERS);
            delete.executeUpdate();
        }
    }
}
