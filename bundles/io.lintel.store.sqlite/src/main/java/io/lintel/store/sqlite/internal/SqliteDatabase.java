// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.store.jdbc.Database;
import io.lintel.store.jdbc.Schema;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One SQLite file with a write-ahead log. A database is made under another name and renamed when it is complete, so
 * the file that has the name is either sound or damaged, never half made. Of a damaged one all that can be read is carried
 * over to a new one ({@link Salvage}) and the damaged file is kept; one whose header is damaged is refused.
 * A lock file keeps a second node out. Settings are those that held when measured; synchronous is set per connection.
 */
final class SqliteDatabase implements Database {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);
    private static final Schema.Words WORDS = new Schema.Words("INTEGER", "INTEGER", "TEXT", "BLOB", " WITHOUT ROWID");
    private static final int APPLICATION_ID = 0x4c6e746c;
    private static final long WAL_LIMIT = 16L << 20;
    private static final long WAL_ALARM = 4 * WAL_LIMIT;
    /** A database that is damaged again so soon would fill the disk with its copies. */
    private static final long SALVAGE_NANOS = 60_000_000_000L;
    private static final DateTimeFormatter KEPT_NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final SqliteSettings settings;
    private final Path file;
    private final Path wal;
    private final FreeSpace freeSpace;
    private final FileChannel lock;
    private boolean checked;
    private boolean logDamaged;
    /** What says that the database is damaged; empty when nothing does. */
    private volatile String suspicion = "";
    private volatile String damagedFile = "";
    private boolean salvaged;
    private long salvagedAt;

    /** @throws IOException with a message for a person, when the directory cannot be used */
    SqliteDatabase(SqliteSettings settings) throws IOException {
        this.settings = settings;
        Files.createDirectories(settings.directory());
        file = settings.directory().resolve("lintel.db");
        wal = settings.directory().resolve("lintel.db-wal");
        freeSpace = new FreeSpace(settings.directory(), settings.minimumFreeBytes());
        lock = lock(settings.directory().resolve("lintel.lock"));
        try {
            NativeLibrary.keepIn(settings.directory().resolve("native"));
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("the lock is held in this process", e);
        }
        channel.close();
        throw new IOException("the data directory " + path.getParent() + " is in use by another node");
    }

    @Override
    public Connection openWriter() throws SQLException {
        try {
            if (Files.notExists(file)) {
                create();
            }
        } catch (IOException e) {
            throw new SQLException("the database " + file + " could not be made: " + e.getMessage(), e);
        }
        try {
            return openSound();
        } catch (SQLException e) {
            throw new SQLException("the database " + file + " cannot be used and is left as it is: " + e.getMessage()
                    + ". Restore a copy, or move the files lintel.db* away to begin with an empty one", e);
        }
    }

    private Connection openSound() throws SQLException {
        checkLog();
        Connection connection = connect(file);
        try {
            version(connection);
            check(connection);
            if (suspicion.isEmpty()) {
                configure(connection);
                return connection;
            }
            pragma(connection, "wal_checkpoint(TRUNCATE)");
            connection.close();
            salvage();
            connection = connect(file);
            configure(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static long version(Connection connection) throws SQLException {
        if (number(connection, "PRAGMA application_id") != APPLICATION_ID) {
            throw new SQLException("it is not a store of Lintel");
        }
        long version = number(connection, "PRAGMA user_version");
        if (version < 1 || version > Schema.VERSION) {
            throw new SQLException("its tables are of version " + version + ", this edition knows 1 to " + Schema.VERSION);
        }
        return version;
    }

    private void configure(Connection connection) throws SQLException {
        long version = version(connection);
        pragma(connection, "journal_mode = WAL");
        pragma(connection, "synchronous = " + settings.syncLevel());
        pragma(connection, "wal_autocheckpoint = " + settings.walAutocheckpoint());
        pragma(connection, "journal_size_limit = " + WAL_LIMIT);
        pragma(connection, "cache_size = -8192");
        pragma(connection, "temp_store = MEMORY");
        if (version < Schema.VERSION) {
            upgrade(connection, version);
        }
    }

    /** All of it or nothing, however it ends. */
    private void upgrade(Connection connection, long from) throws SQLException {
        begin(connection);
        for (String sql : Schema.upgrade(from, WORDS)) {
            execute(connection, sql);
        }
        pragma(connection, "user_version = " + Schema.VERSION);
        commit(connection);
        LOG.info("the tables of {} are of version {} now; they were of version {}", file, Schema.VERSION, from);
    }

    /** Once, before anyone reads it. Only with full syncs is it known that what follows a bad frame was acknowledged. */
    private void checkLog() throws SQLException {
        if (checked || settings.syncLevel() != SqliteSettings.SyncLevel.FULL) {
            return;
        }
        try {
            WalCheck.repair(wal).ifPresent(what -> {
                logDamaged = true;
                LOG.error("The write-ahead log {} is damaged: {}", wal, what);
            });
        } catch (IOException e) {
            throw new SQLException("its write-ahead log could not be read: " + e.getMessage(), e);
        }
    }

    /** The whole database up to a size; a large one would delay the start, and shows damage when the damage is read. */
    private void check(Connection connection) throws SQLException {
        if (!checked && (logDamaged || file.toFile().length() <= settings.checkBytes())) {
            try {
                String verdict = verdict(connection);
                suspicion = "ok".equals(verdict) ? "" : verdict;
            } catch (SQLException e) {
                failed(e);
                if (suspicion.isEmpty()) {
                    throw e;
                }
            }
        }
        checked = true;
    }

    private static String verdict(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
            return result.next() ? result.getString(1).replace('\n', ' ') : "nothing";
        }
    }

    @Override
    public void failed(SQLException error) {
        int code = error.getErrorCode() & 0xff;
        boolean damage = code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
        if (error instanceof SQLiteException && damage && suspicion.isEmpty()) {
            suspicion = error.getMessage();
        }
    }

    @Override
    public boolean isSuspect() {
        return !suspicion.isEmpty();
    }

    /** The damaged file keeps its name until the new one is complete, and gets another one then. Nobody has it open. */
    private void salvage() throws SQLException {
        long now = System.nanoTime();
        if (salvaged && now - salvagedAt < SALVAGE_NANOS) {
            throw new SQLException("it is damaged (" + suspicion
                    + ") again a moment after it was repaired; the disk may be failing");
        }
        Path unfinished = settings.directory().resolve("lintel.db.salvaged");
        Path kept = settings.directory().resolve("lintel.db.damaged-" + KEPT_NAME.format(Instant.now()));
        List<String> report;
        try {
            if (wal.toFile().length() > 0) {
                throw new IOException("its write-ahead log could not be copied into it");
            }
            Files.deleteIfExists(wal);
            try (Connection fresh = make(unfinished)) {
                pragma(fresh, "temp_store = MEMORY");
                report = Salvage.carryOver(file, fresh);
                String verdict = verdict(fresh);
                if (!"ok".equals(verdict)) {
                    throw new IOException("what was read from it makes no sound database: " + verdict);
                }
            }
            Files.createLink(kept, file);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectory();
        } catch (IOException | SQLException e) {
            throw new SQLException("it is damaged (" + suspicion + ") and what is left could not be saved: " + e.getMessage(), e);
        }
        LOG.error("The database {} is damaged ({}). What can be read is in a new one of the same name, and the node goes on; "
                + "the damaged one is {}. Lost: {}", file, suspicion, kept,
                report.isEmpty() ? "nothing" : String.join("; ", report));
        damagedFile = kept.toString();
        salvaged = true;
        salvagedAt = now;
        suspicion = "";
    }

    private void create() throws SQLException, IOException {
        if (Files.exists(wal)) {
            throw new IOException(wal + " is there without its database; restore the database or move the log away");
        }
        Path unfinished = settings.directory().resolve("lintel.db.new");
        make(unfinished).close();
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory();
    }

    /** A database with empty tables. */
    private static Connection make(Path path) throws SQLException, IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(path.resolveSibling(path.getFileName() + "-journal"));
        Connection connection = connect(path);
        try (Statement statement = connection.createStatement()) {
            pragma(connection, "synchronous = FULL");
            statement.execute("BEGIN IMMEDIATE");
            for (String sql : Schema.statements(WORDS)) {
                statement.execute(sql);
            }
            statement.execute("PRAGMA application_id = " + APPLICATION_ID);
            statement.execute("PRAGMA user_version = " + Schema.VERSION);
            statement.execute("COMMIT");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void syncDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(settings.directory(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public Connection openReader() throws SQLException {
        Connection connection = connect(file);
        try {
            pragma(connection, "cache_size = -2048");
            pragma(connection, "temp_store = MEMORY");
            pragma(connection, "query_only = ON");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static Connection connect(Path path) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("busy_timeout", "5000");
        // else the driver looks at each statement's text and asks for the last row's number after each INSERT
        properties.setProperty("jdbc.get_generated_keys", "false");
        Connection connection = JDBC.createConnection("jdbc:sqlite:" + path.toAbsolutePath(), properties);
        pragma(connection, "mmap_size = 0");
        return connection;
    }

    private static void pragma(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA " + setting);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    @Override
    public void begin(Connection writer) throws SQLException {
        execute(writer, "BEGIN IMMEDIATE");
    }

    @Override
    public void commit(Connection writer) throws SQLException {
        execute(writer, "COMMIT");
    }

    @Override
    public void rollback(Connection writer) throws SQLException {
        execute(writer, "ROLLBACK");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Always the same connection: closing the last one writes, which a full disk does not allow. */
    @Override
    public boolean isUsable(Connection writer) {
        return true;
    }

    @Override
    public boolean batches() {
        return false;
    }

    @Override
    public Optional<String> refusal() {
        return freeSpace.refusal();
    }

    /** A log that readers kept from being reused is copied and cut, as soon as they let it. */
    @Override
    public void upkeep(Connection writer) throws SQLException {
        if (wal.toFile().length() > WAL_ALARM) {
            LOG.warn("the write-ahead log {} has grown to {} MB; copying it into the database", wal, wal.toFile().length() >> 20);
            pragma(writer, "wal_checkpoint(TRUNCATE)");
        }
    }

    @Override
    public String describe() {
        return damagedFile.isEmpty() ? file.toString() : file + ", saved from the damaged " + damagedFile;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("the lock of {} was not given back", settings.directory(), e);
        }
    }
}
