// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.Door;
import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.StoreException;
import io.lintel.cse.api.store.WriteTask;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.StoredMessage;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Both store contracts over one database with one writer, so that one sync covers the resource tree, stored responses,
 * the outbound queue, requests in custody and the MQTT server's journal. The store bundles embed this class; their
 * components extend it.
 *
 * <p>Lists of children are in order of creation throughout: one counter numbers resources and instances alike, and a
 * page merges both by it. Reads come from the cache or from a reading connection, on the caller's thread.
 */
public abstract class JdbcStore implements ResourceStore, SessionStore, Door, AutoCloseable {
    private static final String PUT_ASIDE = "INSERT INTO damaged (n, at, what, content) VALUES (?, ?, ?, ?)";

    private final Database database;
    private final ResourceCache cache;
    private final Core core;
    private final Writer writer;
    private final Readers readers;
    private final SessionReader sessions;
    private final Damage damage;

    /**
     * Opens the database, which the store owns from then on, and starts the threads.
     *
     * @throws StoreException when the database cannot be used; the message says why
     */
    protected JdbcStore(Database database, StoreSettings settings) {
        this.database = database;
        this.cache = new ResourceCache(settings.cacheEntries(), settings.cacheBytes());
        this.readers = new Readers(database, settings.readers());
        this.core = new Core(database, cache, readers, settings);
        this.writer = new Writer(core, settings.queueCapacity());
        readers.writer(writer.thread());
        this.damage = new Damage(this::putAside);
        this.sessions = new SessionReader(readers, damage);
        try {
            core.open();
        } catch (SQLException e) {
            database.close();
            throw new StoreException("the store does not open: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
        writer.start();
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public boolean isOpen() {
        return writer.trouble().isEmpty();
    }

    @Override
    public String detail() {
        String where = database.describe() + (damage.count() == 0 ? ""
                : ", " + damage.count() + " damaged messages put aside in table damaged");
        return writer.trouble().map(why -> where + ": " + why).orElse(where);
    }

    private void putAside(Damage.Aside aside) {
        writer.offer((batch, view) -> {
            var statements = new ArrayList<>(core.journal().translate(batch.sql(), aside.changes()));
            statements.add(new Changes.Statement(PUT_ASIDE, core.nextNumber(), System.currentTimeMillis(), aside.what(),
                    aside.content()));
            batch.record(own -> own.journal.addAll(statements));
            return null;
        });
    }

    /** Writes and completes all that was taken, then ends. */
    @Override
    public void close() {
        writer.close();
        readers.close();
        core.close();
        database.close();
    }

    @Override
    public <T> CompletionStage<T> write(WriteTask<T> task) {
        return writer.offer((batch, view) -> task.run(view));
    }

    @Override
    public CompletionStage<Void> write(List<SessionChange> changes) {
        List<SessionChange> unit = List.copyOf(changes);
        try {
            Journal.check(unit);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new StoreException("a session change cannot be stored: " + e.getMessage(), e));
        }
        return writer.offer((batch, view) -> {
            var statements = core.journal().translate(batch.sql(), unit);
            batch.record(own -> own.journal.addAll(statements));
            return null;
        });
    }

    @Override
    public Optional<Resource> byId(String id) {
        return resource(row(id));
    }

    private Row row(String id) {
        Row cached = cache.get(id);
        if (cached != null) {
            return cached;
        }
        int stamp = cache.stamp(id);
        Row row = readers.ask(sql -> ResourceQueries.byId(sql, id));
        return fill(id, row, stamp);
    }

    private Row fill(Object key, Row row, int stamp) {
        if (row != null) {
            cache.fill(key, row, stamp);
        }
        return row;
    }

    /** 0 for no resource, null if there is none of this ID. */
    private Long numberOf(String id) {
        if (id.isEmpty()) {
            return 0L;
        }
        Row row = row(id);
        return row == null ? null : (Long) row.number();
    }

    private long after(String id) {
        Long number = numberOf(id);
        return number == null ? core.positions().of(id) : number;
    }

    @Override
    public Optional<Resource> child(String parentId, String name) {
        Long parent = numberOf(parentId);
        if (parent == null) {
            return Optional.empty();
        }
        Changes.ChildKey key = new Changes.ChildKey(parent, name);
        Row cached = cache.get(key);
        if (cached != null) {
            return resource(cached);
        }
        int stamp = cache.stamp(key);
        return resource(fill(key, readers.ask(sql -> ResourceQueries.child(sql, parent, name)), stamp));
    }

    @Override
    public List<Resource> children(String parentId, String afterId, int limit) {
        long after = after(afterId);
        Long parent = numberOf(parentId);
        return parent == null ? List.of()
                : readers.ask(sql -> WriterView.resources(ResourceQueries.children(sql, parent, after, limit)));
    }

    @Override
    public List<Resource> children(String parentId, int type, String afterId, int limit) {
        long after = after(afterId);
        Long parent = numberOf(parentId);
        return parent == null ? List.of()
                : readers.ask(sql -> WriterView.resources(ResourceQueries.children(sql, parent, type, after, limit)));
    }

    @Override
    public List<Resource> ofType(int type, String afterId, int limit) {
        long after = after(afterId);
        return readers.ask(sql -> WriterView.resources(ResourceQueries.ofType(sql, type, after, limit)));
    }

    @Override
    public Optional<Resource> instanceGeneratedAt(String parentId, long micros) {
        Long parent = numberOf(parentId);
        return parent == null ? Optional.empty()
                : resource(readers.ask(sql -> ResourceQueries.generatedAt(sql, parent, micros)));
    }

    @Override
    public Optional<Resource> newestInstance(String parentId) {
        Long parent = numberOf(parentId);
        if (parent == null) {
            return Optional.empty();
        }
        ResourceCache.Newest key = new ResourceCache.Newest(parent);
        Row cached = cache.get(key);
        if (cached != null) {
            return resource(cached);
        }
        int stamp = cache.stamp(key);
        List<Row> rows = readers.ask(sql -> ResourceQueries.newest(sql, parent, Long.MAX_VALUE, 1));
        return resource(fill(key, rows.isEmpty() ? null : rows.get(0), stamp));
    }

    @Override
    public Optional<Resource> oldestInstance(String parentId) {
        Long parent = numberOf(parentId);
        List<Row> rows = parent == null ? List.of() : readers.ask(sql -> ResourceQueries.oldest(sql, parent, 0, 1));
        return rows.isEmpty() ? Optional.empty() : resource(rows.get(0));
    }

    @Override
    public List<Resource> expired(long atMillis, int limit) {
        return readers.ask(sql -> WriterView.resources(ResourceQueries.expired(sql, atMillis, limit)));
    }

    @Override
    public List<OutboundItem> outbound(String target, long afterSequence, int limit) {
        return readers.ask(sql -> OutboundQueries.items(sql, target, afterSequence, limit));
    }

    @Override
    public Optional<OutboundItem> outboundItem(long sequence) {
        return readers.ask(sql -> OutboundQueries.item(sql, sequence)).stream().findFirst();
    }

    @Override
    public List<OutboundItem> outboundExpired(long atMillis, int limit) {
        return readers.ask(sql -> OutboundQueries.expired(sql, atMillis, limit));
    }

    @Override
    public List<OutboundTotal> outboundTotals() {
        return readers.ask(OutboundQueries::totals);
    }

    @Override
    public Set<String> outboundHeld() {
        return readers.ask(OutboundQueries::held);
    }

    @Override
    public List<String> outboundTargets() {
        return readers.ask(OutboundQueries::targets);
    }

    @Override
    public List<HeldRequest> held(String holder, long fromNumber, int limit) {
        return readers.ask(sql -> HeldQueries.requests(sql, holder, fromNumber, limit));
    }

    @Override
    public List<HeldRequest.Mark> heldMarks(String holder, long fromNumber, int limit) {
        return readers.ask(sql -> HeldQueries.marks(sql, holder, fromNumber, limit));
    }

    @Override
    public HeldRequest.Total heldTotal() {
        return readers.ask(HeldQueries::total);
    }

    @Override
    public long resourceCount() {
        return core.resources();
    }

    @Override
    public Snapshot load() {
        return sessions.load();
    }

    @Override
    public List<QueuedMessage> queue(String clientId, long afterMessageId, int limit) {
        return sessions.queue(clientId, afterMessageId, limit);
    }

    @Override
    public Optional<StoredMessage> message(long messageId) {
        return sessions.message(messageId);
    }

    private static Optional<Resource> resource(Row row) {
        return row == null ? Optional.empty() : Optional.of(row.resource());
    }
}
