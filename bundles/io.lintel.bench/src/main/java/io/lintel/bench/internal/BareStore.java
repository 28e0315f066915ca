// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * The limit of a synced create, a process of its own: one thread, one connection, no queue, no checks; per create one
 * row inserted, the container's row updated and the oldest row deleted, and one synced commit for as many creates as
 * would be outstanding. Tables and pragmas are those that were found best for it. Argument: a directory. Reads lines
 * {@code OUTSTANDING SECONDS} and answers {@code done CREATES SECONDS}.
 */
public final class BareStore implements AutoCloseable {
    private static final String[] PRAGMAS = {"journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000",
        "cache_size = -8192", "mmap_size = 0", "journal_size_limit = 16777216", "busy_timeout = 5000", "temp_store = MEMORY"};
    private static final String[] TABLES = {
        "CREATE TABLE res (n INTEGER PRIMARY KEY, pi INTEGER NOT NULL, rn TEXT NOT NULL, ty INTEGER NOT NULL, doc BLOB NOT NULL)",
        "CREATE TABLE inst (pi INTEGER NOT NULL, seq INTEGER NOT NULL, rn TEXT, ct INTEGER NOT NULL, et INTEGER, "
                + "cs INTEGER NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (pi, seq)) WITHOUT ROWID",
        "CREATE UNIQUE INDEX inst_name ON inst (pi, rn) WHERE rn IS NOT NULL"};
    private static final int DOCUMENT_BYTES = 150;

    private final Connection connection;
    private final Statement statement;
    private final PreparedStatement insert;
    private final PreparedStatement update;
    private final PreparedStatement delete;
    private final int kept;
    private final byte[] document = new byte[DOCUMENT_BYTES];
    private long sequence;

    BareStore(Path directory, int kept) throws SQLException {
        this.kept = kept;
        connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("bare.db"));
        statement = connection.createStatement();
        for (String pragma : PRAGMAS) {
            statement.execute("PRAGMA " + pragma);
        }
        for (String table : TABLES) {
            statement.execute(table);
        }
        insert = connection.prepareStatement("INSERT INTO inst (pi, seq, ct, cs, doc) VALUES (1, ?, ?, 24, ?)");
        update = connection.prepareStatement("UPDATE res SET doc = ? WHERE n = 1");
        delete = connection.prepareStatement("DELETE FROM inst WHERE pi = 1 AND seq = ?");
        statement.execute("INSERT INTO res (n, pi, rn, ty, doc) VALUES (1, 0, 'data', 3, x'00')");
        statement.execute("BEGIN IMMEDIATE");
        for (int i = 0; i < kept; i++) {
            insert();
        }
        statement.execute("COMMIT");
    }

    private void insert() throws SQLException {
        insert.setLong(1, sequence++);
        insert.setLong(2, System.currentTimeMillis());
        insert.setBytes(3, document);
        insert.executeUpdate();
    }

    /** One synced commit of so many creates. */
    void create(int creates) throws SQLException {
        statement.execute("BEGIN IMMEDIATE");
        for (int i = 0; i < creates; i++) {
            insert();
            update.setBytes(1, document);
            update.executeUpdate();
            delete.setLong(1, sequence - 1 - kept);
            delete.executeUpdate();
        }
        statement.execute("COMMIT");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        try (BareStore store = new BareStore(directory, 1000);
                BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready");
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                int outstanding = Integer.parseInt(command.substring(0, command.indexOf(' ')));
                long started = System.nanoTime();
                long end = started + (long) (Double.parseDouble(command.substring(command.indexOf(' ') + 1)) * 1e9);
                long creates = 0;
                while (System.nanoTime() < end) {
                    store.create(outstanding);
                    creates += outstanding;
                }
                System.out.printf(Locale.ROOT, "done %d %.6f%n", creates, (System.nanoTime() - started) / 1e9);
            }
        }
    }
}
