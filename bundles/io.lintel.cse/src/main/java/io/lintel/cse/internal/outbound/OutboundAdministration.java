// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.OutboundQueueAdministration;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@link OutboundQueueAdministration} promises, over the queue in motion and the store. Any thread. */
final class OutboundAdministration implements OutboundQueueAdministration {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundAdministration.class);
    private static final int PAGE = 500;
    private static final int MOST = 1000;

    private final OutboundQueue queue;
    private final ResourceStore store;

    OutboundAdministration(OutboundQueue queue, ResourceStore store) {
        this.queue = queue;
        this.store = store;
    }

    @Override
    public List<TargetView> targets() {
        Map<String, OutboundTotal> totals = new LinkedHashMap<>();
        store.outboundTotals().forEach(total -> totals.put(total.target(), total));
        store.outboundHeld().forEach(held -> totals.putIfAbsent(held, new OutboundTotal(held, 0, 0)));
        return totals.values().stream().map(this::view).sorted(java.util.Comparator.comparing(TargetView::target)).toList();
    }

    private TargetView view(OutboundTotal total) {
        long since = store.outbound(total.target(), 0, 1).stream().findFirst().map(OutboundItem::since).orElse(0L);
        if (total.target().startsWith(OutboundQueue.INTERNAL)) {
            return new TargetView(total.target(), total.items(), total.bytes(), since, State.SCHEDULED, 0, "");
        }
        Optional<OutboundRest.Activity> activity = queue.delivery(total.target()).map(OutboundDelivery::activity);
        State state = queue.isHeld(total.target()) ? State.HELD
                : activity.filter(OutboundRest.Activity::paused).isPresent() ? State.PAUSED : State.SENDING;
        return new TargetView(total.target(), total.items(), total.bytes(), since, state,
                state == State.PAUSED ? activity.map(OutboundRest.Activity::untilMillis).orElse(0L) : 0,
                activity.map(OutboundRest.Activity::trouble).orElse(""));
    }

    @Override
    public List<OutboundItem> items(String target, long afterSequence, int limit) {
        return store.outbound(target, afterSequence, Math.min(limit, MOST));
    }

    @Override
    public Optional<OutboundItem> item(long sequence) {
        return store.outboundItem(sequence);
    }

    @Override
    public CompletionStage<Boolean> delete(long sequence) {
        List<OutboundItem> doomed = store.outboundItem(sequence).filter(item -> queue.claims().doom(sequence)).stream().toList();
        return remove(doomed).thenApply(count -> {
            LOG.info("item {} of the outbound queue is deleted by the administrator: {}", sequence,
                    count == 0 ? "it is gone or under way" : "done");
            return count > 0;
        });
    }

    private CompletionStage<Integer> remove(List<OutboundItem> doomed) {
        return doomed.isEmpty() ? CompletableFuture.completedFuture(0) : queue.remove(doomed, item -> Optional.of(
                OutboundQueue.refusal(item, ResponseStatusCode.TARGET_NOT_REACHABLE,
                        "the administrator deleted the request before it could be sent")));
    }

    @Override
    public CompletionStage<Long> deleteAll(String target) {
        return deleteAfter(target, 0, 0).thenApply(count -> {
            LOG.info("{} items for {} are deleted by the administrator", count, target);
            return count;
        });
    }

    private CompletionStage<Long> deleteAfter(String target, long after, long before) {
        List<OutboundItem> page = store.outbound(target, after, PAGE);
        if (page.isEmpty()) {
            return CompletableFuture.completedFuture(before);
        }
        List<OutboundItem> doomed = new ArrayList<>(page);
        doomed.removeIf(item -> !queue.claims().doom(item.sequence()));
        return remove(doomed).thenCompose(count -> deleteAfter(target, page.get(page.size() - 1).sequence(), before + count));
    }

    @Override
    public boolean tryAgain(String target) {
        boolean there = queue.delivery(target).isPresent() && !queue.isHeld(target);
        LOG.info("{} is tried again by the administrator: {}", target, there ? "done" : "there is nothing to try");
        queue.tryAgain(target);
        return there;
    }

    @Override
    public CompletionStage<Boolean> hold(String target, boolean held) {
        return store.write(writer -> {
            writer.hold(target, held);
            return held;
        }).thenApply(done -> {
            LOG.info("{} is {} by the administrator", target, held ? "held back" : "released");
            queue.hold(target, held);
            return true;
        });
    }
}
