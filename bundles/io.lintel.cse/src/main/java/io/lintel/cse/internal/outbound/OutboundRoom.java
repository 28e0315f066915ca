// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import io.lintel.cse.api.store.ResourceWriter;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much waits for each target and in all, held against the limits. Counted by the store once, then kept up here; a
 * commit that fails makes the numbers drift, so they are not believed without counting again when they say "full", though
 * not at each item. Writer thread only, but for {@link #isKnownFull}.
 */
final class OutboundRoom {
    private static final String ALL = "";
    private static final int MAX_COUNTERS = 10_000;
    private static final long RECOUNT_MILLIS = 10_000;

    private final OutboundSettings settings;
    private final Clock clock;
    private final Map<String, Count> counts = new HashMap<>();
    private final Set<String> full = ConcurrentHashMap.newKeySet();
    private volatile boolean doubted;

    private static final class Count {
        private long items;
        private long bytes;
        private long countedAtMillis;
    }

    OutboundRoom(OutboundSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether one more item for the target would be too much. */
    boolean isFull(ResourceWriter writer, String target) {
        if (doubted) {
            doubted = false;
            counts.clear();
        }
        return isFull(writer, target, settings.queueLimit(), settings.bounds().targetBytes())
                | isFull(writer, ALL, settings.bounds().totalItems(), settings.bounds().totalBytes());
    }

    private boolean isFull(ResourceWriter writer, String target, long mostItems, long mostBytes) {
        Count count = count(writer, target);
        boolean tooMuch = count.items >= mostItems || count.bytes >= mostBytes;
        if (tooMuch && clock.millis() - count.countedAtMillis >= RECOUNT_MILLIS) {
            recount(writer, target, count);
            tooMuch = count.items >= mostItems || count.bytes >= mostBytes;
        }
        if (tooMuch) {
            full.add(target);
        } else {
            full.remove(target);
        }
        return tooMuch;
    }

    /** Whether the target, or the queue as a whole, was full when last looked at. Any thread. */
    boolean isKnownFull(String target) {
        return full.contains(target) || full.contains(ALL);
    }

    private Count count(ResourceWriter writer, String target) {
        if (counts.size() > MAX_COUNTERS) {
            counts.entrySet().removeIf(entry -> !entry.getKey().equals(ALL) && entry.getValue().items <= 0);
        }
        return counts.computeIfAbsent(target, key -> recount(writer, key, new Count()));
    }

    private Count recount(ResourceWriter writer, String target, Count into) {
        OutboundTotal total = writer.outboundTotal(target);
        into.items = total.items();
        into.bytes = total.bytes();
        into.countedAtMillis = clock.millis();
        return into;
    }

    /** To be called with every item that is put in. */
    void added(OutboundItem item) {
        change(item, 1);
    }

    /** To be called with every item that is taken out. */
    void removed(OutboundItem item) {
        change(item, -1);
    }

    private void change(OutboundItem item, int sign) {
        for (String target : new String[] {item.target(), ALL}) {
            Count count = counts.get(target);
            if (count != null) {
                count.items += sign;
                count.bytes += (long) sign * item.bytes();
            }
            if (sign < 0) {
                full.remove(target);
            }
        }
    }

    /** A commit failed: what was counted with it is not so. Any thread. */
    void doubt() {
        doubted = true;
    }
}
