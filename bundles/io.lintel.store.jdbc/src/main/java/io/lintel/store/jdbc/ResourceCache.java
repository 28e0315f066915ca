// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Committed rows in memory, bounded by number and by bytes, least recently used out first. For all threads.
 *
 * <p>Three kinds of keys: a resource ID, a {@link Changes.ChildKey}, a {@link Newest}. Only the writer changes what is
 * committed, and tells so with {@link #committed}. A reader that fetched a row while that happened must not put the
 * older one back: it takes a {@link #stamp} before it reads, and its {@link #fill} counts only if the stamp still holds.
 */
final class ResourceCache {
    private static final int STAMPS = 1024;
    /** What a row weighs besides its document, in bytes; a document's objects take about four times its length. */
    private static final int OVERHEAD = 400;

    private final int maximumEntries;
    private final long maximumBytes;
    private final AtomicIntegerArray stamps = new AtomicIntegerArray(STAMPS);
    private final LinkedHashMap<Object, Entry> entries = new LinkedHashMap<>(256, 0.75f, true);
    private long bytes;

    ResourceCache(int maximumEntries, long maximumBytes) {
        this.maximumEntries = maximumEntries;
        this.maximumBytes = maximumBytes;
    }

    /** Or null when it is not known here. */
    Row get(Object key) {
        synchronized (entries) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.row;
        }
    }

    int stamp(Object key) {
        return stamps.get(slot(key));
    }

    /** Keeps what a reader found, unless a commit may have changed it since the stamp was taken. */
    void fill(Object key, Row row, int stamp) {
        synchronized (entries) {
            if (stamps.get(slot(key)) == stamp) {
                put(key, row);
            }
        }
    }

    /** What is committed now; null for "gone" or "ask the database". */
    void committed(Object key, Row row) {
        synchronized (entries) {
            stamps.incrementAndGet(slot(key));
            if (row == null) {
                remove(key);
            } else {
                put(key, row);
            }
        }
    }

    void clear() {
        synchronized (entries) {
            for (int i = 0; i < STAMPS; i++) {
                stamps.incrementAndGet(i);
            }
            entries.clear();
            bytes = 0;
        }
    }

    int size() {
        synchronized (entries) {
            return entries.size();
        }
    }

    private static int slot(Object key) {
        int hash = key.hashCode();
        return Math.floorMod(hash ^ hash >>> 16, STAMPS);
    }

    private void put(Object key, Row row) {
        remove(key);
        Entry entry = new Entry(row, OVERHEAD + weight(row));
        if (entry.weight > maximumBytes) {
            return;
        }
        entries.put(key, entry);
        bytes += entry.weight;
        while (entries.size() > maximumEntries || bytes > maximumBytes) {
            Map.Entry<Object, Entry> eldest = entries.entrySet().iterator().next();
            remove(eldest.getKey());
        }
    }

    private void remove(Object key) {
        Entry removed = entries.remove(key);
        if (removed != null) {
            bytes -= removed.weight;
        }
    }

    private static int weight(Row row) {
        return Weights.of(row.resource().attributes());
    }

    private record Entry(Row row, int weight) {
    }

    /** The newest instance of a parent. */
    record Newest(long parent) {
    }
}
