// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundItem.Kind;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which notification goes when a queue is full: that of the lowest notificationStoragePriority (TS-0001 9.6.8, {@code nsp};
 * none is the lowest), and among equal ones by the setting. What is promised never goes. Writer thread only.
 */
final class OutboundOverflow {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundOverflow.class);
    private static final int PAGE = 32;
    /** How many of the oldest are compared by their priority. */
    private static final int COMPARED = 256;

    private final ResourceStore store;
    private final OutboundSettings settings;
    private final OutboundCounters counters;
    private final BiPredicate<ResourceWriter, OutboundItem> drop;
    /** Targets whose full queue was reported. */
    private final Set<String> reported = new HashSet<>();
    /** Up to where a target's queue holds nothing that may be dropped. */
    private final Map<String, Long> nothingUpTo = new HashMap<>();
    private boolean prioritised;

    /** @param drop takes a waiting item out, unless somebody is at it */
    OutboundOverflow(ResourceStore store, OutboundSettings settings, OutboundCounters counters,
            BiPredicate<ResourceWriter, OutboundItem> drop) {
        this.store = store;
        this.settings = settings;
        this.counters = counters;
        this.drop = drop;
    }

    /** There is room. */
    void over(String target) {
        if (reported.remove(target)) {
            LOG.info("there is room again for what waits for {}", target);
        }
    }

    /** Whether a notification gets in although the queue is full: another one makes room. */
    boolean makeRoom(ResourceWriter writer, OutboundItem item) {
        if (!item.latestKey().isEmpty() && writer.outboundLatest(item.latestKey()).isPresent()) {
            return true;
        }
        counters.add(OutboundCounters.NOTIFICATIONS_DROPPED);
        boolean newest = settings.whenFull() == OutboundSettings.WhenFull.DROP_NEWEST;
        if (reported.add(item.target())) {
            LOG.warn("as much waits for {} as is allowed: {} from now on, until there is room", item.target(),
                    newest ? "new notifications are dropped" : "the oldest notifications are dropped");
        }
        long priority = priority(writer, item);
        if (!prioritised && newest) {
            return false;
        }
        return prioritised ? dropLowest(writer, item.target(), priority, newest) : dropOldest(writer, item.target());
    }

    private long priority(ResourceWriter writer, OutboundItem item) {
        long priority = item.reason().isEmpty() ? 0
                : writer.byId(item.reason()).flatMap(subscription -> subscription.attributes().number("nsp")).orElse(0L);
        prioritised |= priority != 0;
        return priority;
    }

    private boolean dropLowest(ResourceWriter writer, String target, long mine, boolean newest) {
        List<OutboundItem> candidates = new ArrayList<>(store.outbound(target, nothingUpTo.getOrDefault(target, 0L), COMPARED));
        candidates.removeIf(item -> item.kind() != Kind.NOTIFICATION);
        Map<String, Long> priorities = new HashMap<>();
        candidates.forEach(item -> priorities.computeIfAbsent(item.reason(), reason -> priority(writer, item)));
        candidates.sort((a, b) -> Long.compare(priorities.get(a.reason()), priorities.get(b.reason())));
        for (OutboundItem candidate : candidates) {
            long priority = priorities.get(candidate.reason());
            if (priority > mine || priority == mine && newest) {
                return false;
            }
            if (drop.test(writer, candidate)) {
                return true;
            }
        }
        return !newest && candidates.isEmpty() && dropOldest(writer, target);
    }

    private boolean dropOldest(ResourceWriter writer, String target) {
        long after = nothingUpTo.getOrDefault(target, 0L);
        List<OutboundItem> page = store.outbound(target, after, PAGE);
        while (!page.isEmpty()) {
            for (OutboundItem item : page) {
                if (item.kind() == Kind.NOTIFICATION && priority(writer, item) != 0) {
                    return dropLowest(writer, target, 0, false);
                }
                after = item.sequence();
                nothingUpTo.put(target, after);
                if (item.kind() == Kind.NOTIFICATION && drop.test(writer, item)) {
                    return true;
                }
            }
            page = store.outbound(target, after, PAGE);
        }
        nothingUpTo.remove(target);
        return false;
    }
}
