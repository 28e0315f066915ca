// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.store.jdbc.Changes.ChildKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Consumer;

/**
 * The tasks that are committed together, and the one that runs now. Changes wait here as net effects; they become SQL
 * at the end, or before a read that only the database can answer. If the running task throws after its own changes
 * went to the database, the transaction is rolled back and those of the earlier tasks are written once more.
 * Writer thread only.
 */
final class Batch {
    private static final int FIRST_LOOK = 2;
    private static final int LONGEST_LOOK = 128;
    /** When so many resources are waiting, they are written in between, so that memory stays bounded. */
    private static final int FLUSH_AT = 2048;

    private final Database database;
    private final Sql sql;
    private final ChangeWriter changeWriter;
    private final List<Numbers> counters;
    private final ResourceCache cache;
    private final Changes accepted = new Changes();
    private final Changes unwritten = new Changes();
    private final Map<Long, Look> looks = new HashMap<>();
    private Changes task = new Changes();
    private Changes taskUnwritten = task;
    private boolean begun;
    private boolean taskWritten;

    Batch(Database database, Sql sql, ChangeWriter changeWriter, List<Numbers> counters, ResourceCache cache) {
        this.database = database;
        this.sql = sql;
        this.changeWriter = changeWriter;
        this.counters = counters;
        this.cache = cache;
    }

    Changes accepted() {
        return accepted;
    }

    /** The task returned: its changes are part of the batch. */
    void accept() throws SQLException {
        accepted.absorb(task);
        unwritten.absorb(taskUnwritten);
        nextTask();
        if (unwritten.resources.size() > FLUSH_AT) {
            write();
        }
    }

    /** The task threw: as if it had never run. */
    void refuse() throws SQLException {
        if (taskWritten) {
            database.rollback(sql.connection());
            begun = false;
            counters.forEach(Numbers::rolledBack);
            looks.clear();
            unwritten.clear();
            unwritten.absorb(accepted);
        }
        nextTask();
    }

    private void nextTask() {
        task = new Changes();
        taskUnwritten = task;
        taskWritten = false;
    }

    /** Writes what is left; returns whether there is anything to commit. */
    boolean finish() throws SQLException {
        write();
        sql.send();
        return begun;
    }

    /** All changes so far are in the database, uncommitted, so that any query sees them. */
    void write() throws SQLException {
        write(unwritten);
        if (!taskUnwritten.isEmpty()) {
            write(taskUnwritten);
            if (taskUnwritten == task) {
                taskUnwritten = new Changes();
            }
            taskWritten = true;
        }
        for (Numbers numbers : counters) {
            if (numbers.needsReserve()) {
                begin();
                numbers.reserve(sql);
            }
        }
    }

    private void write(Changes changes) throws SQLException {
        if (!changes.isEmpty()) {
            begin();
            changeWriter.write(sql, changes);
            if (changes != task) {
                changes.clear();
            }
        }
    }

    /** Starts the transaction, if it has not started. */
    Sql begin() throws SQLException {
        if (!begun) {
            database.begin(sql.connection());
            begun = true;
        }
        return sql;
    }

    Sql sql() {
        return sql;
    }

    /** Records a change of the running task; either row may be null. */
    void put(String id, Row before, Row now) {
        task.put(id, before, now);
        if (taskUnwritten != task) {
            taskUnwritten.put(id, before, now);
        }
    }

    /** For changes other than of resources: the change is made wherever it has to be remembered. */
    void record(Consumer<Changes> change) {
        change.accept(task);
        if (taskUnwritten != task) {
            change.accept(taskUnwritten);
        }
    }

    /** A response stored in this batch, or null. */
    Changes.StoredResponse response(String deliveryKey) {
        Changes.StoredResponse own = task.responses.get(deliveryKey);
        return own != null ? own : accepted.responses.get(deliveryKey);
    }

    /** The item of a key of which only the newest matters, as the running task sees it; or null. */
    OutboundItem latestOutbound(String key) throws SQLException {
        Changes.Queued own = task.latest.getOrDefault(key, accepted.latest.get(key));
        if (own != null && !task.dequeued.contains(own.item().sequence())) {
            return own.item();
        }
        return OutboundQueries.latest(sql, key).stream().filter(item -> !task.dequeued.contains(item.sequence())
                && !accepted.dequeued.contains(item.sequence())).findFirst().orElse(null);
    }

    /** As the running task sees it; or null. */
    Row byId(String id) throws SQLException {
        Changes.Net net = net(id);
        if (net != null) {
            return net.now();
        }
        Row cached = cache.get(id);
        return cached != null ? cached : ResourceQueries.byId(sql, id);
    }

    private Changes.Net net(String id) {
        Changes.Net net = task.resources.get(id);
        return net != null ? net : accepted.resources.get(id);
    }

    Row child(long parent, String name) throws SQLException {
        ChildKey key = new ChildKey(parent, name);
        String id = task.names.get(key);
        if (id == null) {
            id = accepted.names.get(key);
        }
        if (id != null) {
            return id.isEmpty() ? null : byId(id);
        }
        Row cached = cache.get(key);
        Row row = cached != null ? cached : ResourceQueries.child(sql, parent, name);
        // what this batch changed about it is newer than the database
        Changes.Net net = row == null ? null : net(row.resource().id());
        return net == null ? row : net.now();
    }

    /** Or null. */
    Row generatedAt(long parent, long micros) throws SQLException {
        Changes.GeneratedKey key = new Changes.GeneratedKey(parent, micros);
        String id = task.generated.get(key);
        if (id == null) {
            id = accepted.generated.get(key);
        }
        if (id != null) {
            return id.isEmpty() ? null : byId(id);
        }
        Row row = ResourceQueries.generatedAt(sql, parent, micros);
        Changes.Net net = row == null ? null : net(row.resource().id());
        return net == null ? row : net.now();
    }

    /** The newest instance: the last one inserted in this batch, else the last in the database that is still there. */
    Row newest(long parent) throws SQLException {
        Row own = last(task.inserted.get(parent));
        Row earlier = own != null ? own : last(accepted.inserted.get(parent));
        if (earlier != null) {
            return earlier;
        }
        Row cached = cache.get(new ResourceCache.Newest(parent));
        if (cached != null && net(cached.resource().id()) == null) {
            return cached;
        }
        long before = Long.MAX_VALUE;
        for (int size = FIRST_LOOK; ; size = Math.min(2 * size, LONGEST_LOOK)) {
            List<Row> rows = ResourceQueries.newest(sql, parent, before, size);
            for (Row row : rows) {
                Changes.Net net = net(row.resource().id());
                if (net == null || net.now() != null) {
                    return net == null ? row : net.now();
                }
                before = row.number();
            }
            if (rows.size() < size) {
                return null;
            }
        }
    }

    private Row last(NavigableMap<Long, String> inserted) {
        if (inserted == null) {
            return null;
        }
        for (String id : inserted.descendingMap().values()) {
            Row now = net(id).now();
            if (now != null) {
                return now;
            }
        }
        return null;
    }

    /** The oldest instance: the first in the database that is still there, else the first inserted in this batch. */
    Row oldest(long parent) throws SQLException {
        Look look = looks.computeIfAbsent(parent, p -> new Look());
        if (look.owner != task) {
            look.owner = task;
            while (look.next < look.rows.size() && isGone(look.rows.get(look.next))) {
                look.next++;
            }
            look.taskNext = look.next;
        }
        do {
            for (; look.taskNext < look.rows.size(); look.taskNext++) {
                Row row = look.rows.get(look.taskNext);
                if (!isGone(row)) {
                    Changes.Net net = net(row.resource().id());
                    return net == null ? row : net.now();
                }
            }
        } while (look.more(sql, parent));
        Row inBatch = first(accepted.inserted.get(parent));
        return inBatch != null ? inBatch : first(task.inserted.get(parent));
    }

    private boolean isGone(Row row) {
        Changes.Net net = net(row.resource().id());
        return net != null && net.now() == null;
    }

    private Row first(NavigableMap<Long, String> inserted) {
        if (inserted == null) {
            return null;
        }
        for (String id : inserted.values()) {
            Row now = net(id).now();
            if (now != null) {
                return now;
            }
        }
        return null;
    }

    /**
     * The oldest instances of one parent as the database has them, fetched ahead, because each task of a batch may ask.
     * All before {@code next} are gone for good; those before {@code taskNext} as the running task sees it.
     */
    private static final class Look {
        private final List<Row> rows = new ArrayList<>();
        private Changes owner;
        private int next;
        private int taskNext;
        private int size = 1;
        private boolean complete;

        boolean more(Sql sql, long parent) throws SQLException {
            if (complete) {
                return false;
            }
            long after = rows.isEmpty() ? 0 : rows.get(rows.size() - 1).number();
            if (next == rows.size()) {
                rows.clear();
                next = 0;
                taskNext = 0;
            }
            List<Row> page = ResourceQueries.oldest(sql, parent, after, size);
            rows.addAll(page);
            complete = page.size() < size;
            size = Math.min(2 * size, LONGEST_LOOK);
            return !page.isEmpty();
        }
    }
}
