// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.StoreException;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few connections that can only read, lent for one question at a time to the thread that asks. Opened when first
 * needed; one that failed is replaced.
 */
final class Readers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final long PATIENCE_SECONDS = 10;

    private final Database database;
    private final int maximum;
    private final BlockingQueue<Sql> idle;
    private final AtomicInteger opened = new AtomicInteger();
    private volatile boolean closed;

    Readers(Database database, int maximum) {
        this.database = database;
        this.maximum = maximum;
        this.idle = new ArrayBlockingQueue<>(maximum);
    }

    /** Asks once more, on a new connection, if the first one turns out to be lost. */
    <T> T ask(Question<T> question) {
        try {
            Sql sql = take();
            boolean sound = false;
            try {
                T answer = question.ask(sql);
                sound = true;
                return answer;
            } catch (SQLException e) {
                if (database.isUsable(sql.connection())) {
                    throw e;
                }
                LOG.debug("a connection for reading was lost", e);
            } finally {
                giveBack(sql, sound);
            }
            discardIdle();
            return askAgain(question);
        } catch (SQLException e) {
            throw new StoreException("the database could not be read: " + e.getMessage(), e);
        }
    }

    private <T> T askAgain(Question<T> question) throws SQLException {
        Sql sql = take();
        boolean sound = false;
        try {
            T answer = question.ask(sql);
            sound = true;
            return answer;
        } finally {
            giveBack(sql, sound);
        }
    }

    private Sql take() throws SQLException {
        Sql sql = idle.poll();
        if (sql != null) {
            return sql;
        }
        if (closed) {
            throw new SQLException("the store is closed");
        }
        if (opened.incrementAndGet() <= maximum) {
            try {
                return new Sql(database.openReader(), false);
            } catch (SQLException | RuntimeException e) {
                opened.decrementAndGet();
                throw e;
            }
        }
        opened.decrementAndGet();
        try {
            sql = idle.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for a connection", e);
        }
        if (sql == null) {
            throw new SQLException("no connection for reading became free in " + PATIENCE_SECONDS + " s");
        }
        return sql;
    }

    private void giveBack(Sql sql, boolean sound) {
        if (sound && !closed && idle.offer(sql)) {
            if (closed) {
                close();
            }
            return;
        }
        discard(sql);
    }

    private void discard(Sql sql) {
        opened.decrementAndGet();
        try {
            sql.close();
        } catch (SQLException e) {
            LOG.debug("a connection for reading did not close", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        discardIdle();
    }

    private void discardIdle() {
        for (Sql sql = idle.poll(); sql != null; sql = idle.poll()) {
            discard(sql);
        }
    }

    /** What is asked while the connection is lent. */
    interface Question<T> {
        T ask(Sql sql) throws SQLException;
    }
}
