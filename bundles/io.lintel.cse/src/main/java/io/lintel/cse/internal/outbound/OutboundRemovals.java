// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private record Done(OutboundDelivery delivery, OutboundItem item, boolean delivered, Optional<ResponsePrimitive> result) {
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
     * @param result what a promised request came to, if there is anything to tell
     */
    void remove(OutboundDelivery delivery, OutboundItem item, boolean delivered, Optional<ResponsePrimitive> result) {
        synchronized (done) {
            done.add(new Done(delivery, item, delivered, result));
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
            if (entry.delivered() && !entry.item().reason().isEmpty()) {
                writer.byId(entry.item().reason()).filter(resource -> resource.type() == ResourceTypes.SUBSCRIPTION)
                        .ifPresent(subscription -> countDown(writer, subscription, ended));
            }
        }
        return ended;
    }

    /** {@code exc} counts successful notifications down; with the last one the subscription ends (TS-0004 7.4.8.2). */
    private void countDown(ResourceWriter writer, Resource subscription, List<Resource> ended) {
        subscription.attributes().number("exc").ifPresent(left -> {
            if (left > 1) {
                Attributes counted = subscription.attributes().toBuilder().set("exc", left - 1).build();
                writer.update(subscription.with(counted));
            } else if (finished.add(subscription.id())) {
                ended.add(subscription);
            }
        });
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
