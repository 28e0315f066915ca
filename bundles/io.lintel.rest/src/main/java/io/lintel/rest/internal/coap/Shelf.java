// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What is kept between the messages of block-wise transfers, for peers that may never come back for it: bounded in number, in
 * bytes and in time. The least recently used goes first. Of one peer there is a quarter at most, so that one with many
 * transfers leaves room for the others. Any thread.
 *
 * @param <T> what is kept
 */
final class Shelf<T> {
    private static final int SHARE_OF_A_PEER = 4;

    private final Map<TransferKey, Entry<T>> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final int maxEntries;
    private final long maxBytes;
    private final long idleNanos;
    private final LongSupplier nanoClock;
    private long bytes;

    private static final class Entry<T> {
        private final T value;
        private int bytes;
        private long used;

        Entry(T value) {
            this.value = value;
        }
    }

    /** @param idle after how long without use an entry is gone */
    Shelf(int maxEntries, long maxBytes, Duration idle, LongSupplier nanoClock) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
        this.idleNanos = idle.toNanos();
        this.nanoClock = nanoClock;
    }

    /** What is there; counts as a use of it. */
    synchronized Optional<T> get(TransferKey key) {
        long now = nanoClock.getAsLong();
        discard(now, idleNanos);
        Entry<T> entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        entry.used = now;
        return Optional.of(entry.value);
    }

    /**
     * Keeps something in place of what was there under this key.
     *
     * @param spareNanos what has been used within this time is not given up for it
     * @return whether there was room
     */
    synchronized boolean put(TransferKey key, T value, int size, long spareNanos) {
        remove(key);
        if (size > maxBytes / SHARE_OF_A_PEER || !makeRoom(key.peer(), 1, size, spareNanos)) {
            return false;
        }
        Entry<T> entry = new Entry<>(value);
        entry.bytes = size;
        entry.used = nanoClock.getAsLong();
        entries.put(key, entry);
        bytes += size;
        return true;
    }

    /** Counts more bytes for what is there; without room for them it is dropped. */
    synchronized boolean grow(TransferKey key, int more, long spareNanos) {
        Entry<T> entry = entries.get(key);
        if (entry == null) {
            return false;
        }
        entry.used = nanoClock.getAsLong();
        if (!makeRoom(key.peer(), 0, more, spareNanos) || !entries.containsKey(key)) {
            remove(key);
            return false;
        }
        entry.bytes += more;
        bytes += more;
        return true;
    }

    private boolean makeRoom(String peer, int number, long size, long spareNanos) {
        long now = nanoClock.getAsLong();
        discard(now, idleNanos);
        int ofPeer = number;
        long bytesOfPeer = size;
        for (Map.Entry<TransferKey, Entry<T>> entry : entries.entrySet()) {
            if (entry.getKey().peer().equals(peer)) {
                ofPeer++;
                bytesOfPeer += entry.getValue().bytes;
            }
        }
        if (ofPeer > Math.max(1, maxEntries / SHARE_OF_A_PEER) || bytesOfPeer > maxBytes / SHARE_OF_A_PEER) {
            return makeRoomOf(peer, spareNanos) && makeRoom(peer, number, size, spareNanos);
        }
        Iterator<Entry<T>> oldest = entries.values().iterator();
        while ((entries.size() + number > maxEntries || bytes + size > maxBytes) && oldest.hasNext()) {
            Entry<T> entry = oldest.next();
            if (now - entry.used < spareNanos) {
                return false;
            }
            bytes -= entry.bytes;
            oldest.remove();
        }
        return entries.size() + number <= maxEntries && bytes + size <= maxBytes;
    }

    /** Drops the peer's own least recently used entry. */
    private boolean makeRoomOf(String peer, long spareNanos) {
        long now = nanoClock.getAsLong();
        Iterator<Map.Entry<TransferKey, Entry<T>>> oldest = entries.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<TransferKey, Entry<T>> entry = oldest.next();
            if (entry.getKey().peer().equals(peer)) {
                if (now - entry.getValue().used < spareNanos) {
                    return false;
                }
                bytes -= entry.getValue().bytes;
                oldest.remove();
                return true;
            }
        }
        return false;
    }

    private void discard(long now, long idle) {
        Iterator<Entry<T>> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            Entry<T> entry = oldest.next();
            if (now - entry.used < idle) {
                return;
            }
            bytes -= entry.bytes;
            oldest.remove();
        }
    }

    synchronized void remove(TransferKey key) {
        Entry<T> entry = entries.remove(key);
        if (entry != null) {
            bytes -= entry.bytes;
        }
    }

    /** Gives up what nobody has used for too long. */
    synchronized void sweep() {
        discard(nanoClock.getAsLong(), idleNanos);
    }

    synchronized int size() {
        return entries.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}
