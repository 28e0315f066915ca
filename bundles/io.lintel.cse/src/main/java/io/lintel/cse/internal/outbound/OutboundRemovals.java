// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.notification.NotificationStatistics;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes items off the disk that deliveries are done with, many in one task, and with each what has to be on disk with
 * it: the subscription's counter, or the result of a promised request. A removal that fails is made again until it
 * succeeds. Any thread; the changes themselves are the writer's.
 */
final class OutboundRemovals {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundRemovals.class);
    private static final long RETRY_MILLIS = 1000;

    private final OutboundQueue queue;
    private final ResourceStore store;
    private final Consumer<Resource> exhausted;
    /** Subscriptions whose {@code exc} has run out, until they are deleted. */
    private final Set<String> finished = ConcurrentHashMap.newKeySet();
    private final List<Done> done = new ArrayList<>();
    private boolean flushing;

    /** @param end the counter of how it ended */
    private record Done(OutboundDelivery delivery, OutboundItem item, String end, Optional<ResponsePrimitive> result) {
        boolean delivered() {
            return end.equals(OutboundCounters.NOTIFICATIONS_SENT);
        }

        boolean answered() {
            return delivered() || end.equals(OutboundCounters.NOTIFICATIONS_REFUSED);
        }

        boolean tried() {
            return !end.equals(OutboundCounters.NOTIFICATIONS_SUPERSEDED);
        }
    }

    /** @param exhausted told, on the executor, of a subscription whose {@code exc} has run out */
    OutboundRemovals(OutboundQueue queue, ResourceStore store, Consumer<Resource> exhausted) {
        this.queue = queue;
        this.store = store;
        this.exhausted = exhausted;
    }

    /**
     * Removes an item with the next removal task; the delivery is told when that is on disk.
     *
     * @param end    the counter of how it ended
     * @param result what a promised request came to, if there is anything to tell
     */
    void remove(OutboundDelivery delivery, OutboundItem item, String end, Optional<ResponsePrimitive> result) {
        synchronized (done) {
            done.add(new Done(delivery, item, end, result));
            if (flushing) {
                return;
            }
            flushing = true;
        }
        flush();
    }

    private void flush() {
        List<Done> batch;
        synchronized (done) {
            if (done.isEmpty()) {
                flushing = false;
                return;
            }
            batch = List.copyOf(done);
            done.clear();
        }
        store.write(writer -> removeAll(writer, batch)).whenComplete((ended, failure) -> {
            if (failure != null) {
                LOG.debug("{} sent items could not be removed yet: {}", batch.size(), failure.toString());
                queue.doubtCounts();
                synchronized (done) {
                    done.addAll(0, batch);
                }
                queue.scheduleUnlessClosed(this::flush, RETRY_MILLIS);
                return;
            }
            ended.forEach(subscription -> queue.execute(() -> exhausted.accept(subscription)));
            Map<OutboundDelivery, Integer> removed = new LinkedHashMap<>();
            batch.forEach(entry -> {
                entry.delivery().offDisk(entry.item().sequence());
                queue.claims().release(entry.item().sequence());
                removed.merge(entry.delivery(), 1, Integer::sum);
            });
            removed.forEach(OutboundDelivery::removed);
            flush();
        });
    }

    private List<Resource> removeAll(ResourceWriter writer, List<Done> batch) {
        List<Resource> ended = new ArrayList<>();
        for (Done entry : batch) {
            queue.takeOut(writer, entry.item(), entry.result());
            if (entry.item().kind() == OutboundItem.Kind.NOTIFICATION && entry.tried() && !entry.item().reason().isEmpty()) {
                count(writer, entry.item().reason(), entry.item().target(), entry.delivered(), entry.answered(), ended);
            }
        }
        return ended;
    }

    /** A notification that went another way than through the queue was delivered. */
    CompletionStage<Void> delivered(String subscription, String target) {
        return store.write(writer -> {
            List<Resource> ended = new ArrayList<>();
            count(writer, subscription, target, true, true, ended);
            return ended;
        }).thenAccept(ended -> ended.forEach(last -> queue.execute(() -> exhausted.accept(last))));
    }

    /** {@code exc} counts successful notifications down; with the last one the subscription ends (TS-0004 7.4.8.2). */
    private void count(ResourceWriter writer, String id, String target, boolean delivered, boolean answered,
            List<Resource> ended) {
        Optional<Resource> found = writer.byId(id).filter(resource -> resource.type() == ResourceTypes.SUBSCRIPTION
                || resource.type() == ResourceTypes.CROSS_RESOURCE_SUBSCRIPTION);
        if (found.isEmpty()) {
            return;
        }
        Resource subscription = found.get();
        Attributes counted = NotificationStatistics.isOn(subscription.attributes())
                ? NotificationStatistics.sent(subscription.attributes(), target, answered) : subscription.attributes();
        Optional<Long> left = delivered ? counted.number("exc") : Optional.empty();
        if (left.filter(count -> count > 1).isPresent()) {
            counted = counted.toBuilder().set("exc", left.get() - 1).build();
        } else if (left.isPresent() && finished.add(id)) {
            ended.add(subscription);
        }
        if (counted != subscription.attributes()) {
            writer.update(subscription.with(counted));
        }
    }

    /** Whether the subscription has said as much as it was to say. */
    boolean isFinished(String subscription) {
        return finished.contains(subscription);
    }

    /** The subscription whose counter ran out is deleted, or was not there any more. */
    void ended(Resource subscription) {
        finished.remove(subscription.id());
    }
}
