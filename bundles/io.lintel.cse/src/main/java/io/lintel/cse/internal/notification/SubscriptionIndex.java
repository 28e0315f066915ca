// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which subscriptions a resource has, so that an event on one without any costs a look into a map. Bounded by the
 * number of subscriptions; read from the store by the first event. Used on the store's writer thread alone.
 *
 * <p>An entry is a hint: whoever uses it reads the subscription itself. A deletion is undone when its commit fails, so
 * the entry of a deleted subscription goes only some time later, when the store still does not have it.
 */
public final class SubscriptionIndex {
    private static final int PAGE = 200;
    /** Longer than any commit takes. */
    private static final long PATIENCE_MILLIS = 60_000;

    private final ResourceReferences references;
    private final Map<String, List<Entry>> byParent = new HashMap<>();
    private final Deque<Gone> gone = new ArrayDeque<>();
    private boolean loaded;

    public SubscriptionIndex(EntityIds ids) {
        this.references = new ResourceReferences(ids);
    }

    /** @param reference the subscription's SP-relative address, which outlives the parents it is made of */
    record Entry(String id, String reference) {
    }

    private record Gone(String parentId, String id, long sinceMillis) {
    }

    /** The subscriptions of a resource, in order of creation. */
    List<Entry> under(ResourceReader writer, String parentId) {
        load(writer);
        return byParent.getOrDefault(parentId, List.of());
    }

    void add(ResourceReader writer, Resource subscription) {
        load(writer);
        List<Entry> entries = byParent.computeIfAbsent(subscription.parentId(), key -> new ArrayList<>(1));
        if (entries.stream().noneMatch(entry -> entry.id().equals(subscription.id()))) {
            entries.add(new Entry(subscription.id(), references.reference(writer, subscription)));
        }
    }

    /** The address that a subscription had while its parents were there. */
    String reference(ResourceReader writer, Resource subscription) {
        return under(writer, subscription.parentId()).stream().filter(entry -> entry.id().equals(subscription.id())).findFirst()
                .map(Entry::reference).orElseGet(() -> references.reference(writer, subscription));
    }

    /** The subscription is deleted by the task under way. */
    void deleted(ResourceReader writer, Resource subscription, long nowMillis) {
        sweep(writer, nowMillis);
        gone.add(new Gone(subscription.parentId(), subscription.id(), nowMillis));
    }

    private void sweep(ResourceReader writer, long nowMillis) {
        for (Gone first = gone.peekFirst(); first != null && first.sinceMillis() + PATIENCE_MILLIS < nowMillis; first = gone
                .peekFirst()) {
            gone.removeFirst();
            if (writer.byId(first.id()).isEmpty()) {
                String id = first.id();
                byParent.computeIfPresent(first.parentId(), (key, entries) -> {
                    entries.removeIf(entry -> entry.id().equals(id));
                    return entries.isEmpty() ? null : entries;
                });
            }
        }
    }

    private void load(ResourceReader writer) {
        if (loaded) {
            return;
        }
        loaded = true;
        List<Resource> page = writer.ofType(ResourceTypes.SUBSCRIPTION, "", PAGE);
        while (!page.isEmpty()) {
            page.forEach(subscription -> add(writer, subscription));
            page = page.size() < PAGE ? List.of() : writer.ofType(ResourceTypes.SUBSCRIPTION, page.get(page.size() - 1).id(),
                    PAGE);
        }
    }
}
