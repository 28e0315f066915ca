// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.outbound.EventCategory;
import io.lintel.cse.internal.outbound.OutboundCommit;
import io.lintel.cse.internal.outbound.OutboundCounters;
import io.lintel.cse.internal.outbound.OutboundQueue;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.schedule.Schedules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Schedule;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifications that wait for others or for their time before they enter the queue of their target: batches, rates and
 * schedules (TS-0004 7.4.8.3), and what a group gathers from its members (7.4.14.3). They wait in the store's outbound queue
 * as well, in one of their own for each subscription or group and target, to which nothing is delivered; all times are found
 * again from what is there. They are put there by the task of the event, and leave by tasks that begin here, on the
 * executor, one at a time for each of these queues.
 */
final class HeldNotifications {
    private static final Logger LOG = LoggerFactory.getLogger(HeldNotifications.class);
    private static final int PAGE = 500;
    /** For a change that forgets nothing. */
    static final long NOTHING = Long.MIN_VALUE;
    /** In the place of the subscription that wants it: what a group has acknowledged goes out, whatever becomes of the group. */
    private static final String GATHERED = "";
    private static final String PREFIX = OutboundQueue.INTERNAL + "subscription) ";

    private final ResourceStore store;
    private final OutboundQueue queue;
    private final OutboundCommit commit;
    private final Executor executor;
    private final Notifications notifications;
    private final Schedules schedules;
    private final OutboundSettings settings;
    private final OutboundCounters counters;
    private final Clock clock;
    private final Map<Key, Waiting> waiting = new ConcurrentHashMap<>();

    /** One queue here, of a subscription, or of a group for whose members' subscriptions it gathers. */
    record Key(String subscription, String target) {
        String queue() {
            return PREFIX + subscription + " " + target;
        }

        static Optional<Key> of(String queue) {
            int space = queue.startsWith(PREFIX) ? queue.indexOf(' ', PREFIX.length()) : -1;
            return space < 0 ? Optional.empty()
                    : Optional.of(new Key(queue.substring(PREFIX.length(), space), queue.substring(space + 1)));
        }
    }

    /** What happens with one queue; its fields are guarded by itself. */
    private static final class Waiting {
        private boolean stepping;
        private boolean again;
        private long forget = NOTHING;
        private Optional<Instant> due = Optional.empty();
    }

    private record Wake(HeldNotifications held, Key key) implements Runnable {
        @Override
        public void run() {
            held.wake(key, NOTHING);
        }
    }

    private record WakeAll(HeldNotifications held, String subscription, long forget) implements Runnable {
        @Override
        public void run() {
            held.wakeAll(subscription, forget);
        }
    }

    HeldNotifications(ResourceStore store, OutboundQueue queue, OutboundCommit commit, Executor executor,
            Notifications notifications, Schedules schedules, OutboundSettings settings, OutboundCounters counters, Clock clock) {
        this.store = store;
        this.queue = queue;
        this.commit = commit;
        this.executor = executor;
        this.notifications = notifications;
        this.schedules = schedules;
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
    }

    /** Takes up what waits since the last run. */
    void start() {
        store.outboundTargets().forEach(target -> Key.of(target).ifPresent(key -> wake(key, NOTHING)));
    }

    /** Whether something waits from this subscription for this target, which a newer notification must not overtake. */
    boolean isWaiting(Key key) {
        return waiting.containsKey(key);
    }

    /** Puts a notification to a group into the queue of what goes to one target together, in the task under way. */
    void gather(ResourceWriter writer, Resource group, String target, RequestPrimitive notification, Instant now) {
        long until = now.plus(settings.notificationLife()).toEpochMilli();
        hold(writer, new Key(group.id(), target), GATHERED, notification, "", until, now);
    }

    /** Puts a notification into its queue here, in the task under way. */
    void hold(ResourceWriter writer, Key key, RequestPrimitive request, String latestKey, long expiration, Instant now) {
        hold(writer, key, key.subscription(), request, latestKey, expiration, now);
    }

    private void hold(ResourceWriter writer, Key key, String reason, RequestPrimitive request, String latestKey, long expiration,
            Instant now) {
        waiting.computeIfAbsent(key, k -> new Waiting());
        queue.enqueue(writer, new OutboundItem(0, key.queue(), request, reason, expiration,
                OutboundItem.Kind.NOTIFICATION, OutboundItem.USUAL_RANK, latestKey, now.toEpochMilli(), 0));
        commit.after(new Wake(this, key));
    }

    /**
     * After the task under way: the subscription is another, or gone.
     *
     * @param forget what has waited since then or longer, in milliseconds since 1970, is not wanted any more; or {@link #NOTHING}
     */
    void changed(String subscription, long forget) {
        commit.after(new WakeAll(this, subscription, forget));
    }

    private void wakeAll(String subscription, long forget) {
        waiting.keySet().stream().filter(key -> key.subscription().equals(subscription)).forEach(key -> wake(key, forget));
    }

    /** A schedule is another. */
    void lookAgain() {
        waiting.keySet().forEach(key -> wake(key, NOTHING));
    }

    /** Goes on with what has its time now. Called several times a second. */
    void tick() {
        Instant now = clock.instant();
        waiting.forEach((key, state) -> {
            boolean isDue;
            synchronized (state) {
                isDue = state.due.filter(due -> !due.isAfter(now)).isPresent();
            }
            if (isDue) {
                wake(key, NOTHING);
            }
        });
    }

    private void wake(Key key, long forget) {
        Waiting state = waiting.computeIfAbsent(key, k -> new Waiting());
        synchronized (state) {
            state.forget = Math.max(state.forget, forget);
            state.again = true;
            if (state.stepping) {
                return;
            }
            state.stepping = true;
        }
        go(key, state);
    }

    private void go(Key key, Waiting state) {
        try {
            executor.execute(() -> step(key, state));
        } catch (RejectedExecutionException e) {
            LOG.debug("closing: {} is left to the next start", key);
        }
    }

    private void step(Key key, Waiting state) {
        long forget;
        synchronized (state) {
            state.again = false;
            forget = state.forget;
            state.forget = NOTHING;
        }
        try {
            // the time of the look, so that nothing that came since is passed over by what is due then
            Instant now = clock.instant();
            List<OutboundItem> items = store.outbound(key.queue(), 0, PAGE);
            if (items.isEmpty()) {
                ended(key, state, Optional.empty(), true);
                return;
            }
            List<OutboundItem> mine = items.stream().filter(item -> queue.claim(item)).toList();
            store.write(writer -> release(writer, key, mine, forget, now)).whenComplete((done, failure) -> {
                queue.disclaim(mine, failure != null);
                if (failure != null) {
                    forget(state, forget);
                    LOG.debug("what waits in {} is looked at later: {}", key, failure.toString());
                    ended(key, state, Optional.of(clock.instant().plusSeconds(1)), false);
                } else if (done.moved() > 0) {
                    go(key, state);
                } else {
                    ended(key, state, done.next(), false);
                }
            });
        } catch (RuntimeException e) {
            forget(state, forget);
            LOG.error("what waits in {} could not be looked at; it is tried again", key, e);
            ended(key, state, Optional.of(clock.instant().plusSeconds(1)), false);
        }
    }

    private static void forget(Waiting state, long upTo) {
        synchronized (state) {
            state.forget = Math.max(state.forget, upTo);
        }
    }

    private void ended(Key key, Waiting state, Optional<Instant> due, boolean empty) {
        waiting.compute(key, (k, known) -> {
            synchronized (state) {
                state.due = due;
                state.stepping = state.again;
                return state.again || !empty ? state : null;
            }
        });
        if (state.stepping) {
            go(key, state);
        }
    }

    private record Done(int moved, Optional<Instant> next) {
    }

    private Done release(ResourceWriter writer, Key key, List<OutboundItem> items, long forget, Instant now) {
        boolean gathered = !items.isEmpty() && items.get(0).reason().equals(GATHERED);
        Optional<Resource> subscription = writer.byId(key.subscription()).filter(found -> gathered
                || found.type() == ResourceTypes.SUBSCRIPTION && found.attributes().texts("nu").contains(key.target()));
        boolean over = !gathered && (subscription.isEmpty() || subscription.get().expiration() <= now.toEpochMilli());
        List<OutboundItem> unwanted = over ? items : items.stream().filter(item -> item.since() <= forget).toList();
        if (over || !unwanted.isEmpty()) {
            drop(writer, unwanted);
            return new Done(unwanted.size(), Optional.empty());
        }
        Attributes attributes = subscription.map(Resource::attributes).orElse(Attributes.empty());
        SubscriptionPolicy policy = gathered
                ? SubscriptionPolicy.ofGroup(attributes, settings.requestTimeout().dividedBy(2))
                : SubscriptionPolicy.of(attributes, settings.bounds().batchDuration());
        Instant origin = attributes.text("ct").flatMap(Timestamps::parse).orElse(Instant.EPOCH);
        Schedule schedule = schedules.below(key.subscription());
        Release release = Release.of(policy, items, schedule, origin, policy.rate().flatMap(rate -> window(writer, key)), now);
        drop(writer, release.dropped());
        for (List<OutboundItem> unit : release.sent()) {
            unit.forEach(item -> queue.takeOut(writer, item, Optional.empty()));
            queue.enqueue(writer, item(key, unit, policy, gathered ? GATHERED : key.subscription(), now));
            counters.add(OutboundCounters.NOTIFICATIONS_QUEUED);
        }
        policy.rate().filter(rate -> !release.sent().isEmpty()).ifPresent(rate -> count(writer, key, rate, origin, now,
                release.sent().size()));
        return new Done(release.dropped().size() + release.sent().size(), release.next());
    }

    private void drop(ResourceWriter writer, List<OutboundItem> items) {
        items.forEach(item -> {
            queue.takeOut(writer, item, Optional.empty());
            counters.add(OutboundCounters.NOTIFICATIONS_SUPERSEDED);
        });
    }

    private OutboundItem item(Key key, List<OutboundItem> unit, SubscriptionPolicy policy, String reason, Instant now) {
        RequestPrimitive request = unit.get(0).request();
        if (policy.batch().isPresent() && !policy.latest()) {
            List<Content> contents = new ArrayList<>();
            unit.forEach(item -> item.request().content().ifPresent(contents::add));
            request = notifications.request(key.target(), Notifications.aggregated(contents), policy.category(), now);
        }
        String latest = EventCategory.isLatest(request) ? key.subscription() + " " + key.target() : "";
        long until = policy.maxAge().map(age -> Instant.ofEpochMilli(unit.get(0).since()).plus(age))
                .filter(now.plus(settings.notificationLife())::isAfter).orElse(now.plus(settings.notificationLife()))
                .toEpochMilli();
        return new OutboundItem(0, key.target(), request, reason, until, OutboundItem.Kind.NOTIFICATION,
                EventCategory.rank(request), latest, now.toEpochMilli(), 0);
    }

    // How many were sent in a window of rl is kept where responses are, for that long, so that it is known after a restart.

    private static String rateKey(Key key) {
        return "rate of " + key.queue();
    }

    private static Optional<Release.Window> window(ResourceWriter writer, Key key) {
        return writer.storedResponse(rateKey(key)).flatMap(kept -> kept.parameters().text("ot").flatMap(Timestamps::parse)
                .map(start -> new Release.Window(start, Long.parseLong(kept.requestIdentifier()))));
    }

    private static void count(ResourceWriter writer, Key key, SubscriptionPolicy.Rate rate, Instant origin, Instant now,
            int more) {
        Instant start = Release.start(rate.window(), origin, now);
        long before = window(writer, key).filter(last -> last.start().equals(start)).map(Release.Window::sent).orElse(0L);
        writer.storeResponse(rateKey(key), ResponsePrimitive.builder(ResponseStatusCode.OK, String.valueOf(before + more))
                .set(ResponseParameter.ORIGINATING_TIMESTAMP, Timestamps.formatFine(start)).build(),
                start.plus(rate.window()).toEpochMilli());
    }
}
