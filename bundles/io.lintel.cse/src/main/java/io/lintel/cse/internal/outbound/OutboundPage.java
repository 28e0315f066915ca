// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceStore;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What waits for one target, read in its order, a few items at a time. Used by the steps of one delivery, which exclude each
 * other; only {@link #put} and {@link #takenOut} come from elsewhere.
 */
final class OutboundPage {
    private static final int SIZE = 32;

    private final ResourceStore store;
    private final String target;
    private final Deque<OutboundItem> items = new ArrayDeque<>();
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

    boolean isStale() {
        return stale;
    }

    /** The first item that was not passed yet; null if nothing follows. */
    OutboundItem peek() {
        if (stale) {
            stale = false;
            restart();
        }
        if (items.isEmpty()) {
            items.addAll(store.outbound(target, last, SIZE));
            readUpTo = items.isEmpty() ? last : items.peekLast().sequence();
        }
        return items.peek();
    }

    /** That item is done with, or somebody else's. */
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
