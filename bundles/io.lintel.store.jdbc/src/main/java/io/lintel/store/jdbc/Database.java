// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What differs between database systems. The engine opens one writer connection and a few for reading through it and
 * speaks SQL that all of them understand. Used by the writer thread, except {@link #openReader}.
 */
public interface Database extends AutoCloseable {

    /**
     * Opens the one connection that writes, with the schema in place. Called again after {@link #isUsable} said no.
     *
     * @throws SQLException with a message for a person when the database cannot be used: damaged, foreign, in use
     */
    Connection openWriter() throws SQLException;

    /** Opens a connection that can only read; in autocommit mode. Called from any thread. */
    Connection openReader() throws SQLException;

    void begin(Connection writer) throws SQLException;

    /** Returns when the transaction is durable, at the configured level. */
    void commit(Connection writer) throws SQLException;

    /** Ends a transaction that may or may not be open. */
    void rollback(Connection writer) throws SQLException;

    /** Whether the writer connection still serves after an error. */
    boolean isUsable(Connection writer);

    /** Told of every error, by any thread, to see whether it says that the database itself is damaged. */
    default void failed(SQLException error) {
    }

    /**
     * Whether an error said that the database is damaged. Then the writer closes all connections and calls
     * {@link #openWriter}, which saves what can be read.
     */
    default boolean isSuspect() {
        return false;
    }

    /** Whether statements are worth sending in batches: there is a network round trip to save. */
    boolean batches();

    /** Why no more should be written now, such as a disk nearly full; asked about every second and before a batch. */
    Optional<String> refusal();

    /** Now and then after a commit, for upkeep that the writer has to do. */
    default void upkeep(Connection writer) throws SQLException {
    }

    /** One line for a person: where the data is. */
    String describe();

    /** After all connections were closed. */
    @Override
    void close();
}
