// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.record;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * When each resource is to be looked at next: one entry a resource, whatever happens to it, and one periodic step that
 * asks for all, so no thread or timer of its own. For all threads. An entry is a hint; who follows it looks at the store.
 */
public final class DueTimes {
    private final Map<String, Due> byId = new HashMap<>();
    private final TreeSet<Due> inOrder = new TreeSet<>(Comparator.comparingLong(Due::millis).thenComparing(Due::id));

    private record Due(long millis, String id) {
    }

    public synchronized void set(String id, long millis) {
        remove(id);
        Due due = new Due(millis, id);
        byId.put(id, due);
        inOrder.add(due);
    }

    private void remove(String id) {
        Due before = byId.remove(id);
        if (before != null) {
            inOrder.remove(before);
        }
    }

    /** Takes out those whose time has come, the earliest first. */
    public synchronized List<String> take(long nowMillis, int most) {
        List<String> due = new ArrayList<>();
        while (due.size() < most && !inOrder.isEmpty() && inOrder.first().millis() <= nowMillis) {
            Due first = inOrder.pollFirst();
            byId.remove(first.id());
            due.add(first.id());
        }
        return due;
    }

    public synchronized int size() {
        return byId.size();
    }
}
