// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.StoreException;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few connections that can only read, lent for one question at a time to the thread that asks. Opened when first
 * needed; one that failed is replaced.
 */
final class Readers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final long PATIENCE_SECONDS = 10;
    /** How long a question waits while what can be read of a damaged database is saved. */
    private static final long HEALING_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Database database;
    private final int maximum;
    private final BlockingQueue<Sql> idle;
    private final AtomicInteger opened = new AtomicInteger();
    private final ReentrantReadWriteLock pause = new ReentrantReadWriteLock();
    private volatile int attempts;
    private volatile Thread writer;
    private volatile boolean closed;

    Readers(Database database, int maximum) {
        this.database = database;
        this.maximum = maximum;
        this.idle = new ArrayBlockingQueue<>(maximum);
    }

    /** Who opens a damaged database anew: a question that meets damage waits for that thread, unless it asks itself. */
    void writer(Thread thread) {
        writer = thread;
    }

    /** Returns when no connection is open any more; until {@link #resume} whoever asks waits. */
    void pause() {
        pause.writeLock().lock();
        discardIdle();
    }

    void resume() {
        attempts++;
        pause.writeLock().unlock();
    }

    /** Asks once more if the database turns out to be damaged and is opened anew, without what is lost. */
    <T> T ask(Question<T> question) {
        int before = attempts;
        try {
            return askOf(question);
        } catch (StoreException e) {
            if (!database.isSuspect() || Thread.currentThread() == writer || pause.getReadHoldCount() > 0) {
                throw e;
            }
            long until = System.nanoTime() + HEALING_NANOS;
            while (attempts == before && database.isSuspect() && !closed && System.nanoTime() < until) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return askOf(question);
        }
    }

    /** Asks once more, on a new connection, if the first one turns out to be lost. */
    private <T> T askOf(Question<T> question) {
        pause.readLock().lock();
        try {
            Sql sql = take();
            boolean sound = false;
            try {
                T answer = question.ask(sql);
                sound = true;
                return answer;
            } catch (SQLException e) {
                database.failed(e);
                if (database.isSuspect() || database.isUsable(sql.connection())) {
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
        } finally {
            pause.readLock().unlock();
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
