// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.store.jdbc.Changes.Net;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the writer thread works on: the writing connection, the counters, the journal's state, and the cache, which it
 * tells what is committed. Knows how to get to a sound state after a failure: the transaction is rolled back,
 * statements are prepared anew on the same connection, counters are read again; a connection that is lost is replaced.
 */
final class Core {
    private static final Logger LOG = LoggerFactory.getLogger(Core.class);
    /** How long a commit whose end is unknown waits for the database to come back and tell. */
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long PAUSE_NANOS = 200_000_000L;
    private static final String MARK = "UPDATE meta SET v = ? WHERE k = 'batch'";
    private static final String READ_MARK = "SELECT v FROM meta WHERE k = 'batch'";

    private final Database database;
    private final ResourceCache cache;
    private final Readers readers;
    private final Numbers numbers = new Numbers("number");
    private final Numbers messageNumbers = new Numbers("message");
    private final StoredResponses responses;
    private final ChangeWriter changeWriter;
    private final Positions positions = new Positions();
    private final Journal journal = new Journal(numbers, messageNumbers);
    private final AtomicLong resources = new AtomicLong();
    private Sql sql;
    private long mark;
    private boolean counted;
    private String unopened = "";

    Core(Database database, ResourceCache cache, Readers readers, StoreSettings settings) {
        this.responses = new StoredResponses(database, settings);
        this.changeWriter = new ChangeWriter(numbers, responses);
        this.database = database;
        this.cache = cache;
        this.readers = readers;
    }

    Database database() {
        return database;
    }

    Journal journal() {
        return journal;
    }

    Positions positions() {
        return positions;
    }

    /** A number that was never used in this database; writer thread only. */
    long nextNumber() {
        return numbers.next();
    }

    long resources() {
        return resources.get();
    }

    /** Opens the connection and reads the state; the first time on the caller's thread, before the writer starts. */
    void open() throws SQLException {
        try {
            openOnce();
        } catch (SQLException e) {
            database.failed(e);
            if (!database.isSuspect()) {
                throw e;
            }
            openOnce();
        }
    }

    private void openOnce() throws SQLException {
        Sql opened = new Sql(database.openWriter(), database.batches());
        try {
            load(opened);
            if (!counted) {
                resources.set(ResourceQueries.count(opened));
                counted = true;
            }
        } catch (SQLException | RuntimeException e) {
            opened.close();
            throw e;
        }
        sql = opened;
    }

    private void load(Sql from) throws SQLException {
        numbers.load(from);
        messageNumbers.load(from);
        journal.load(from);
        mark = from.query(result -> result.next() ? result.getLong(1) : 0, READ_MARK);
    }

    /** Runs the tasks and commits them. If this throws, nothing of them was kept, and {@link #recover} must follow. */
    void run(List<Entry<?>> entries) throws SQLException {
        if (sql == null) {
            reopen();
        }
        if (sql == null) {
            throw new SQLException("the database cannot be opened: " + unopened);
        }
        Batch batch = new Batch(database, sql, changeWriter, List.of(numbers, messageNumbers), cache);
        for (Entry<?> entry : entries) {
            entry.run(batch, new WriterView(batch, numbers, positions));
        }
        if (batch.finish()) {
            commit();
        }
        publish(batch.accepted());
    }

    private void commit() throws SQLException {
        long ours = mark + 1;
        if (database.batches()) {
            sql.update(MARK, ours);
            sql.send();
        }
        try {
            database.commit(sql.connection());
        } catch (SQLException e) {
            if (!database.batches() || database.isUsable(sql.connection()) || !wasCommitted(ours, e)) {
                throw e;
            }
        }
        mark = ours;
        numbers.committed();
        messageNumbers.committed();
    }

    /** The connection was lost while the commit was under way: only the database can say how it ended. */
    private boolean wasCommitted(long ours, SQLException cause) throws SQLException {
        LOG.warn("the connection was lost during a commit; asking the database how it ended", cause);
        long until = System.nanoTime() + PATIENCE_NANOS;
        recover();
        while (sql == null && System.nanoTime() < until) {
            LockSupport.parkNanos(PAUSE_NANOS);
            reopen();
        }
        if (sql == null) {
            throw new SQLException("the connection was lost during a commit, and how it ended is not known: "
                    + cause.getMessage(), cause);
        }
        return mark == ours;
    }

    private void publish(Changes changes) {
        Set<Long> touched = new HashSet<>();
        long difference = 0;
        for (Map.Entry<String, Net> entry : changes.resources.entrySet()) {
            Net net = entry.getValue();
            difference += (net.now() == null ? 0 : 1) - (net.old() == null ? 0 : 1);
            Row row = net.now() == null ? net.old() : net.now();
            if (row == null) {
                continue;
            }
            boolean instance = row.isInstance();
            if (!instance || net.old() != null) {
                cache.committed(entry.getKey(), instance ? null : net.now());
            }
            if (instance && net.old() != null) {
                touched.add(row.parent());
            }
        }
        changes.names.forEach((key, id) -> {
            Net net = id.isEmpty() ? null : changes.resources.get(id);
            Row row = net == null ? null : net.now();
            if (row == null || !row.isInstance()) {
                cache.committed(key, row);
            }
        });
        updateNames(changes);
        for (Map.Entry<Long, TreeMap<Long, String>> entry : changes.inserted.entrySet()) {
            if (!entry.getValue().isEmpty()) {
                Row newest = changes.resources.get(entry.getValue().lastEntry().getValue()).now();
                cache.committed(new ResourceCache.Newest(entry.getKey()), newest);
                touched.remove(entry.getKey());
            }
        }
        touched.forEach(parent -> forgetNewest(parent, changes));
        resources.addAndGet(difference);
    }

    /** An updated resource is also in the cache under its name. */
    private void updateNames(Changes changes) {
        for (Net net : changes.resources.values()) {
            if (net.updates()) {
                Row row = net.now();
                cache.committed(new Changes.ChildKey(row.parent(), row.resource().name()), row.isInstance() ? null : row);
            }
        }
    }

    private void forgetNewest(long parent, Changes changes) {
        ResourceCache.Newest key = new ResourceCache.Newest(parent);
        Row known = cache.get(key);
        if (known == null || changes.resources.containsKey(known.resource().id())) {
            cache.committed(key, null);
        }
    }

    /** After a failure: back to what the database holds. */
    void recover() {
        if (sql == null) {
            return;
        }
        try {
            sql.reset();
            try {
                database.rollback(sql.connection());
            } catch (SQLException e) {
                LOG.debug("nothing was left to roll back", e);
            }
            if (!database.isSuspect() && database.isUsable(sql.connection())) {
                load(sql);
                return;
            }
        } catch (SQLException e) {
            database.failed(e);
            LOG.warn("the store's connection did not recover: {}", e.getMessage());
        }
        reopen();
    }

    /** Of a damaged database no one may have a connection: another file takes its name. */
    private void reopen() {
        if (!database.isSuspect()) {
            reopenNow();
            return;
        }
        readers.pause();
        try {
            cache.clear();
            counted = false;
            reopenNow();
        } finally {
            readers.resume();
        }
    }

    private void reopenNow() {
        if (sql != null) {
            Sql lost = sql;
            sql = null;
            try {
                lost.close();
            } catch (SQLException e) {
                LOG.debug("the lost connection did not close", e);
            }
        }
        try {
            open();
        } catch (SQLException e) {
            unopened = e.getMessage();
            LOG.warn("the store's database cannot be reached: {}", unopened);
        }
    }

    /** Now and then, between batches: drops stored responses that need not be kept. */
    void upkeep(long now) {
        if (sql == null) {
            return;
        }
        if (database.isSuspect()) {
            recover();
            return;
        }
        try {
            responses.upkeep(sql, now);
            database.upkeep(sql.connection());
        } catch (SQLException e) {
            database.failed(e);
            LOG.error("the upkeep of the store failed", e);
            recover();
        }
    }

    void close() {
        if (sql != null && database.refusal().isPresent()) {
            LOG.warn("the database is left open, because closing it would write: {}", database.refusal().get());
        } else if (sql != null) {
            try {
                sql.close();
            } catch (SQLException e) {
                LOG.warn("the store's writing connection did not close", e);
            }
        }
    }
}
