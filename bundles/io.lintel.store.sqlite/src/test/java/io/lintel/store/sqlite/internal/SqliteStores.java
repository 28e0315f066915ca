// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.sqlite.internal.SqliteSettings.SyncLevel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.JDBC;

/** Stores for tests. */
final class SqliteStores {
    private SqliteStores() {
    }

    static SqliteSettings in(Path directory) {
        return new SqliteSettings(directory, SyncLevel.FULL, 4000, 1 << 20, 64 << 20);
    }

    static SqliteStore open(Path directory, StoreSettings settings) {
        return new SqliteStore(in(directory), settings);
    }

    /** A number that the database answers with, on a connection of its own. */
    static long number(Path directory, String sql) {
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + directory.resolve("lintel.db"), new Properties());
                Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Changes the database behind the store's back. */
    static void execute(Path directory, String... statements) {
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + directory.resolve("lintel.db"), new Properties());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
