// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.schedule;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@code <schedule>} resources (TS-0001 9.6.9) by the resource they are below, so that a look at one costs no look into
 * the store. Read from the store when first asked; changed by {@link ScheduleRules} in the task that changes a schedule, and
 * read again after its commit, which may have failed. Bounded by the number of schedules. Any thread.
 */
public final class Schedules {
    private static final int PAGE = 200;

    private final ResourceStore store;
    private final Map<String, Schedule> byParent = new ConcurrentHashMap<>();
    private volatile boolean loaded;

    public Schedules(ResourceStore store) {
        this.store = store;
    }

    /** The schedules below a resource together; {@link Schedule#ALWAYS} if there is none. */
    public Schedule below(String parentId) {
        load();
        return byParent.isEmpty() ? Schedule.ALWAYS : byParent.getOrDefault(parentId, Schedule.ALWAYS);
    }

    /** Whether there is none at all. */
    public boolean isEmpty() {
        load();
        return byParent.isEmpty();
    }

    /** What the reader sees below a resource counts from now on. */
    void refresh(ResourceReader reader, String parentId) {
        List<String> entries = new ArrayList<>();
        reader.children(parentId, ResourceTypes.SCHEDULE, "", PAGE).forEach(schedule -> entries.addAll(entries(schedule)));
        if (entries.isEmpty()) {
            byParent.remove(parentId);
        } else {
            byParent.put(parentId, new Schedule(entries));
        }
    }

    /** The same after a commit. */
    void refresh(String parentId) {
        refresh(store, parentId);
    }

    private static List<String> entries(Resource schedule) {
        return schedule.attributes().object("se").map(se -> se.texts("sce")).orElse(List.of());
    }

    private void load() {
        if (loaded) {
            return;
        }
        synchronized (this) {
            if (loaded) {
                return;
            }
            List<Resource> page = store.ofType(ResourceTypes.SCHEDULE, "", PAGE);
            while (!page.isEmpty()) {
                page.forEach(schedule -> refresh(store, schedule.parentId()));
                page = page.size() < PAGE ? List.of()
                        : store.ofType(ResourceTypes.SCHEDULE, page.get(page.size() - 1).id(), PAGE);
            }
            loaded = true;
        }
    }
}
