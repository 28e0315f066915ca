// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.primitive.ResourceTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Which resources have subscriptions that are about reads, or that block ({@link SubscriptionCriteria#isAsked}), for questions
 * on a door's thread. An entry is a hint: the subscription itself is read. Read from the store when first asked; bounded by
 * the number of such subscriptions. Any thread.
 */
final class SubscriptionHints {
    private static final int PAGE = 200;

    private final ResourceStore store;
    private final Map<String, Set<String>> byParent = new ConcurrentHashMap<>();
    private volatile boolean loaded;

    SubscriptionHints(ResourceStore store) {
        this.store = store;
    }

    /** The subscriptions of a resource that satisfy a condition on their criteria. */
    List<Resource> find(String parentId, Predicate<SubscriptionCriteria> condition) {
        load();
        Set<String> ids = byParent.isEmpty() ? null : byParent.get(parentId);
        return ids == null ? List.of() : ids.stream().map(store::byId).flatMap(Optional::stream)
                .filter(found -> condition.test(SubscriptionCriteria.of(found.attributes()))).toList();
    }

    /** A subscription is made or changed by the task under way. */
    void hint(Resource subscription) {
        if (SubscriptionCriteria.of(subscription.attributes()).isAsked()) {
            byParent.computeIfAbsent(subscription.parentId(), key -> ConcurrentHashMap.newKeySet()).add(subscription.id());
        }
    }

    /** A subscription was deleted, if the commit succeeded; called after it. */
    void forget(String parentId, String id) {
        if (store.byId(id).isEmpty()) {
            byParent.computeIfPresent(parentId, (key, ids) -> {
                ids.remove(id);
                return ids.isEmpty() ? null : ids;
            });
        }
    }

    private void load() {
        if (loaded) {
            return;
        }
        synchronized (this) {
            List<Resource> page = loaded ? List.of() : store.ofType(ResourceTypes.SUBSCRIPTION, "", PAGE);
            while (!page.isEmpty()) {
                page.forEach(this::hint);
                page = page.size() < PAGE ? List.of()
                        : store.ofType(ResourceTypes.SUBSCRIPTION, page.get(page.size() - 1).id(), PAGE);
            }
            loaded = true;
        }
    }
}
