// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

import io.lintel.store.jdbc.Database;
import io.lintel.store.jdbc.Schema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * A schema of a PostgreSQL database. The writer holds an advisory lock, so that a second node on the same schema does
 * not start, and a replaced connection knows that nothing of the lost one is still going on. Texts are compared byte by
 * byte; a commit waits for the server's log on disk.
 */
final class PostgresqlDatabase implements Database {
    private static final Schema.Words WORDS = new Schema.Words("BIGINT", "BIGINT", "TEXT COLLATE \"C\"", "BYTEA", "");
    private static final int LOCK = 0x4c6e746c;
    private static final String PATIENCE = "10s";

    private final PostgresqlSettings settings;

    PostgresqlDatabase(PostgresqlSettings settings) {
        this.settings = settings;
    }

    private Connection connect(String options) throws SQLException {
        Properties properties = new Properties();
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
        }
        if (!settings.password().isEmpty()) {
            properties.setProperty("password", settings.password());
        }
        properties.setProperty("currentSchema", settings.schema());
        properties.setProperty("ApplicationName", "lintel");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("options", options);
        Connection connection = new Driver().connect(settings.url(), properties);
        if (connection == null) {
            throw new SQLException("'" + settings.url() + "' is no URL of the form jdbc:postgresql://HOST:PORT/DATABASE");
        }
        return connection;
    }

    @Override
    public Connection openWriter() throws SQLException {
        Connection connection = connect("-c synchronous_commit=on");
        try (Statement statement = connection.createStatement()) {
            lock(statement);
            prepareSchema(connection, statement);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void lock(Statement statement) throws SQLException {
        try {
            statement.execute("SET lock_timeout = '" + PATIENCE + "'");
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ", hashtext('" + settings.schema() + "'))");
            statement.execute("SET lock_timeout = 0");
        } catch (SQLException e) {
            throw new SQLException("schema " + settings.schema() + " of " + settings.url() + " is in use by another node: "
                    + e.getMessage(), e);
        }
    }

    private void prepareSchema(Connection connection, Statement statement) throws SQLException {
        if (!exists(statement)) {
            connection.setAutoCommit(false);
            statement.execute("CREATE SCHEMA IF NOT EXISTS \"" + settings.schema() + '"');
            for (String sql : Schema.statements(WORDS)) {
                statement.execute(sql);
            }
            statement.execute("INSERT INTO meta (k, v) VALUES ('version', " + Schema.VERSION + ")");
            connection.commit();
            connection.setAutoCommit(true);
            return;
        }
        long version = version(statement);
        if (version < 1 || version > Schema.VERSION) {
            throw new SQLException("schema " + settings.schema() + " holds tables of version " + version
                    + ", this edition knows 1 to " + Schema.VERSION);
        }
        if (version < Schema.VERSION) {
            connection.setAutoCommit(false);
            for (String sql : Schema.upgrade(version, WORDS)) {
                statement.execute(sql);
            }
            statement.execute("UPDATE meta SET v = " + Schema.VERSION + " WHERE k = 'version'");
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private static long version(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT v FROM meta WHERE k = 'version'")) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    private boolean exists(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = '"
                + settings.schema() + "' AND tablename = 'meta'")) {
            return result.next() && result.getLong(1) > 0;
        }
    }

    @Override
    public Connection openReader() throws SQLException {
        return connect("-c default_transaction_read_only=on");
    }

    @Override
    public void begin(Connection writer) throws SQLException {
        writer.setAutoCommit(false);
    }

    @Override
    public void commit(Connection writer) throws SQLException {
        writer.commit();
        writer.setAutoCommit(true);
    }

    @Override
    public void rollback(Connection writer) throws SQLException {
        writer.rollback();
        writer.setAutoCommit(true);
    }

    @Override
    public boolean isUsable(Connection writer) {
        try {
            return writer.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public boolean batches() {
        return true;
    }

    /** The server's disk is the server's business; what it refuses fails the batch. */
    @Override
    public Optional<String> refusal() {
        return Optional.empty();
    }

    @Override
    public String describe() {
        return settings.url() + ", schema " + settings.schema();
    }

    @Override
    public void close() {
        // the connections were all there is
    }
}
