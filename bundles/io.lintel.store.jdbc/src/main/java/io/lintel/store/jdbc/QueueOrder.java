// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where messages stand in the queues of sessions. Message numbers grow, so nearly always a message stands at its
 * number times {@link #SPACING} and the place needs no index of its own. One that is queued after a higher number gets
 * the place behind that one; only such exceptions are remembered here, a few thousand also after they are done, so
 * that a list can be continued behind them. Changed by the writer, read by any thread.
 */
final class QueueOrder {
    static final long SPACING = 1024;
    private static final int REMEMBERED = 4096;

    private final Map<Entry, Long> waiting = new HashMap<>();
    private final Map<Entry, Long> done = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Entry, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** A message was queued; remembered if its place is not the one that follows from its number. */
    synchronized void queued(String clientId, long messageId, long place) {
        if (place != messageId * SPACING) {
            waiting.put(new Entry(clientId, messageId), place);
        }
    }

    synchronized void done(String clientId, long messageId) {
        if (!waiting.isEmpty()) {
            Entry entry = new Entry(clientId, messageId);
            Long place = waiting.remove(entry);
            if (place != null) {
                done.put(entry, place);
            }
        }
    }

    synchronized long of(String clientId, long messageId) {
        if (waiting.isEmpty() && done.isEmpty()) {
            return messageId * SPACING;
        }
        Entry entry = new Entry(clientId, messageId);
        Long place = waiting.get(entry);
        if (place == null) {
            place = done.get(entry);
        }
        return place == null ? messageId * SPACING : place;
    }

    synchronized void removed(String clientId) {
        waiting.keySet().removeIf(entry -> entry.clientId.equals(clientId));
        done.keySet().removeIf(entry -> entry.clientId.equals(clientId));
    }

    synchronized void clear() {
        waiting.clear();
    }

    private record Entry(String clientId, long messageId) {
    }
}
