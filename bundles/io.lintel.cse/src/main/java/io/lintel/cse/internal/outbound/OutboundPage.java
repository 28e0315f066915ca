// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What waits for one target, read in its order, a few items at a time. Used by the steps of one delivery, which exclude each
 * other; only {@link #put} and {@link #takenOut} come from elsewhere.
 */
final class OutboundPage {
    private static final int SIZE = 32;

    private final ResourceStore store;
    private final String target;
    private final Deque<OutboundItem> items = new ArrayDeque<>();
    /** Items that this delivery has done with and that a read may still have found; steps only. */
    private final Set<Long> given = new HashSet<>();
    /** Those of them that are off the disk. */
    private final Queue<Long> gone = new ConcurrentLinkedQueue<>();
    private long last;
    /** What was read is not all that is there now: an item was put before, or taken out. */
    private volatile boolean stale;
    /** The last item that was read. */
    private volatile long readUpTo;

    OutboundPage(ResourceStore store, String target) {
        this.store = store;
        this.target = target;
    }

    /** There is something new at this place. Any thread. */
    void put(long place) {
        if (place <= readUpTo) {
            stale = true;
        }
    }

    /** Somebody took an item out. Any thread. */
    void takenOut() {
        stale = true;
    }

    /** An item that was given is off the disk: a read that begins from now on does not find it. Any thread. */
    void offDisk(long sequence) {
        gone.add(sequence);
    }

    boolean isStale() {
        return stale;
    }

    /** The first item that was neither passed nor given yet; null if nothing follows. */
    OutboundItem peek() {
        if (stale) {
            stale = false;
            restart();
        }
        while (items.isEmpty()) {
            List<OutboundItem> read = read();
            if (read.isEmpty()) {
                return null;
            }
            read.stream().filter(item -> !given.contains(item.sequence())).forEach(items::add);
            if (items.isEmpty()) {
                last = read.get(read.size() - 1).sequence();
            }
        }
        return items.peek();
    }

    private List<OutboundItem> read() {
        List<Long> before = new ArrayList<>();
        for (Long sequence = gone.poll(); sequence != null; sequence = gone.poll()) {
            before.add(sequence);
        }
        List<OutboundItem> read = store.outbound(target, last, SIZE);
        before.forEach(given::remove);
        readUpTo = read.isEmpty() ? last : read.get(read.size() - 1).sequence();
        return read;
    }

    /** The first item is done with: it is not met again, though it may stay on disk for a moment and the reading begin anew. */
    void give() {
        given.add(items.peek().sequence());
        pass();
    }

    /** The first item is somebody else's. */
    void pass() {
        last = items.remove().sequence();
    }

    /** Gives the memory back; what was read is read again. */
    void clear() {
        items.clear();
    }

    /** From the beginning. */
    void restart() {
        items.clear();
        last = 0;
    }

    boolean isAtBeginning() {
        return last == 0;
    }
}
