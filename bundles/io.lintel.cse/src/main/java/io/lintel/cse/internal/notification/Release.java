// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is to happen now to the held notifications of one subscription for one target, in the order of TS-0004 7.4.8.3:
 * batches, then the schedule, then the rate. Pure.
 *
 * @param sent    what leaves: each list is one notification
 * @param dropped what is not sent at all
 * @param next    when something is due by itself among what goes on waiting
 */
record Release(List<List<OutboundItem>> sent, List<OutboundItem> dropped, Optional<Instant> next) {

    /** How many notifications were sent in the window that began then. */
    record Window(Instant start, long sent) {
    }

    /**
     * @param items    what waits, oldest first
     * @param schedule of the subscription
     * @param origin   when the windows of the rate began to follow each other
     * @param window   the last one in which something was sent, if that is known
     */
    static Release of(SubscriptionPolicy policy, List<OutboundItem> items, Schedule schedule, Instant origin,
            Optional<Window> window, Instant now) {
        List<List<OutboundItem>> ready = new ArrayList<>();
        List<OutboundItem> dropped = new ArrayList<>();
        Optional<Instant> next = collect(policy, items, now, ready);
        if (policy.latest()) {
            onlyNewest(ready, dropped);
        }
        if (ready.isEmpty()) {
            return new Release(List.of(), dropped, next);
        }
        if (!policy.isImmediate() && !schedule.isOpen(now)) {
            return closed(policy, ready, dropped, earlier(next, schedule.opens(now)));
        }
        if (policy.rate().isPresent()) {
            SubscriptionPolicy.Rate rate = policy.rate().get();
            Instant start = start(rate.window(), origin, now);
            long used = window.filter(last -> last.start().equals(start)).map(Window::sent).orElse(0L);
            int allowed = (int) Math.max(0, Math.min(ready.size(), rate.most() - used));
            if (allowed < ready.size()) {
                next = earlier(next, Optional.of(start.plus(rate.window())));
            }
            return new Release(List.copyOf(ready.subList(0, allowed)), dropped, next);
        }
        return new Release(ready, dropped, next);
    }

    /** The notifications that are complete; the result says when the next will be. */
    private static Optional<Instant> collect(SubscriptionPolicy policy, List<OutboundItem> items, Instant now,
            List<List<OutboundItem>> ready) {
        if (policy.batch().isEmpty()) {
            items.forEach(item -> ready.add(List.of(item)));
            return Optional.empty();
        }
        long number = policy.batch().get().number();
        int from = 0;
        while (from < items.size()) {
            Instant due = Instant.ofEpochMilli(items.get(from).since()).plus(policy.batch().get().duration());
            int left = items.size() - from;
            int count = number > 0 && left >= number ? (int) number : due.isAfter(now) ? 0 : left;
            if (count == 0) {
                return Optional.of(due);
            }
            ready.add(List.copyOf(items.subList(from, from + count)));
            from += count;
        }
        return Optional.empty();
    }

    private static void onlyNewest(List<List<OutboundItem>> ready, List<OutboundItem> dropped) {
        List<List<OutboundItem>> all = List.copyOf(ready);
        ready.clear();
        for (List<OutboundItem> unit : all) {
            dropped.addAll(unit.subList(0, unit.size() - 1));
            ready.add(List.of(unit.get(unit.size() - 1)));
        }
        keepLast(ready, dropped);
    }

    private static void keepLast(List<List<OutboundItem>> ready, List<OutboundItem> dropped) {
        while (ready.size() > 1) {
            dropped.addAll(ready.remove(0));
        }
    }

    private static Release closed(SubscriptionPolicy policy, List<List<OutboundItem>> ready, List<OutboundItem> dropped,
            Optional<Instant> next) {
        switch (policy.pending()) {
            case ALL -> {
                // they wait as they are
            }
            case LATEST -> keepLast(ready, dropped);
            case DISCARD -> ready.forEach(dropped::addAll);
        }
        return new Release(List.of(), dropped, next);
    }

    /** When the window began that the moment lies in. */
    static Instant start(Duration window, Instant origin, Instant now) {
        long millis = Math.max(1, window.toMillis());
        return origin.plusMillis(Math.floorDiv(Duration.between(origin, now).toMillis(), millis) * millis);
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        return one.isEmpty() || other.isPresent() && other.get().isBefore(one.get()) ? other : one;
    }
}
