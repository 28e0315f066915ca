// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;

/**
 * One connection with its prepared statements. For one thread at a time. Results never leave {@link #query}: they are
 * read and closed there, so that no snapshot of the database stays open.
 */
final class Sql implements AutoCloseable {
    private static final int BATCH_LIMIT = 512;

    private final Connection connection;
    private final boolean batches;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private PreparedStatement open;
    private int waiting;

    Sql(Connection connection, boolean batches) {
        this.connection = connection;
        this.batches = batches;
    }

    Connection connection() {
        return connection;
    }

    /** Changes rows, now or, where statements are sent in batches, at the latest before the next query or commit. */
    void update(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = prepare(sql);
        if (!batches) {
            bind(statement, parameters);
            statement.executeUpdate();
            return;
        }
        if (open != statement || waiting >= BATCH_LIMIT) {
            send();
        }
        bind(statement, parameters);
        statement.addBatch();
        open = statement;
        waiting++;
    }

    /** Sends what waits. */
    void send() throws SQLException {
        if (open != null) {
            PreparedStatement statement = open;
            open = null;
            waiting = 0;
            statement.executeBatch();
        }
    }

    <T> T query(Reading<T> reading, String sql, Object... parameters) throws SQLException {
        send();
        PreparedStatement statement = prepare(sql);
        bind(statement, parameters);
        try (ResultSet result = statement.executeQuery()) {
            return reading.read(result);
        }
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    private static void bind(PreparedStatement statement, Object[] parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            Object parameter = parameters[i];
            if (parameter instanceof Long n) {
                statement.setLong(i + 1, n);
            } else if (parameter instanceof String s) {
                statement.setString(i + 1, s);
            } else if (parameter instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else if (parameter instanceof Integer n) {
                statement.setInt(i + 1, n);
            } else if (parameter instanceof Missing missing) {
                statement.setNull(i + 1, missing.type);
            } else {
                throw new IllegalArgumentException("no parameter of a statement: " + parameter);
            }
        }
    }

    /** Forgets all prepared statements and what waited, after an error or before the end. */
    void reset() {
        open = null;
        waiting = 0;
        statements.values().forEach(statement -> {
            try {
                statement.close();
            } catch (SQLException e) {
                // its connection is in trouble already; the statement is not used again
                org.slf4j.LoggerFactory.getLogger(Sql.class).debug("a statement did not close", e);
            }
        });
        statements.clear();
    }

    @Override
    public void close() throws SQLException {
        reset();
        connection.close();
    }

    /** Reads a result to its end. */
    @FunctionalInterface
    interface Reading<T> {
        T read(ResultSet result) throws SQLException;
    }

    /** NULL, with the type that some drivers want to know. */
    enum Missing {
        NUMBER(Types.BIGINT), TEXT(Types.VARCHAR), BYTES(Types.BINARY);

        private final int type;

        Missing(int type) {
            this.type = type;
        }
    }
}
