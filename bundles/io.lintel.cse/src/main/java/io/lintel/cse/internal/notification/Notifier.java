// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.Interest;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.operation.VirtualResource;
import io.lintel.cse.internal.outbound.EventCategory;
import io.lintel.cse.internal.outbound.OutboundCounters;
import io.lintel.cse.internal.outbound.OutboundQueue;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.schedule.Reachability;
import io.lintel.cse.internal.schedule.Schedules;
import io.lintel.cse.internal.timeseries.MissingDataReports;
import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns events into queued notifications (TS-0004 7.4.8), or into held ones ({@link HeldNotifications}). Runs on the writer
 * thread inside the task of the request that caused the event, so that the change and its notifications are on disk together
 * or not at all.
 */
public final class Notifier implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    private final EntityIds ids;
    private final SubscriptionIndex index;
    private final Notifications notifications;
    private final OutboundQueue queue;
    private final HeldNotifications held;
    private final Schedules schedules;
    private final Function<String, Optional<Instant>> asleep;
    private final OutboundCounters counters;
    private final OutboundSettings settings;
    private volatile Interest interest = Interest.NONE;
    private volatile TargetRemoval removals;

    /** @param asleep when a target can be reached again, if its schedule says that it can't now */
    Notifier(EntityIds ids, SubscriptionIndex index, Notifications notifications, OutboundQueue queue, HeldNotifications held,
            Schedules schedules, Function<String, Optional<Instant>> asleep, OutboundCounters counters,
            OutboundSettings settings) {
        this.ids = ids;
        this.index = index;
        this.notifications = notifications;
        this.queue = queue;
        this.held = held;
        this.schedules = schedules;
        this.asleep = asleep;
        this.counters = counters;
        this.settings = settings;
    }

    void interest(Interest asked, TargetRemoval removal) {
        interest = asked;
        removals = removal;
    }

    @Override
    public Map<Place.Virtual, VirtualResource> virtualResources() {
        return Map.of(Place.Virtual.NOTIFICATION_TARGET_SELF_REFERENCE, removals);
    }

    @Override
    public void gather(ResourceWriter writer, Resource group, String target, RequestPrimitive notification, Instant now) {
        held.gather(writer, group, target, notification, now);
    }

    @Override
    public Interest interest() {
        return interest;
    }

    @Override
    public void on(ResourceWriter writer, ResourceEvent event) {
        int type = event.affected().type();
        if ((type == ResourceTypes.AE || type == ResourceTypes.REMOTE_CSE) && (event.kind() == ResourceEvent.Kind.CHILD_CREATED
                || event.kind() == ResourceEvent.Kind.UPDATED)) {
            queue.tryAgainAfterCommit();
        }
        for (SubscriptionIndex.Entry entry : List.copyOf(index.under(writer, event.subject().id()))) {
            if (!entry.id().equals(event.affected().id())) {
                writer.byId(entry.id()).ifPresent(subscription -> notify(writer, subscription, entry.reference(), event));
            }
        }
    }

    /** Notifies a subscription of an event, if it is one that it asks for. */
    void notify(ResourceWriter writer, Resource subscription, String reference, ResourceEvent event) {
        Instant now = event.context().now();
        boolean endsWithIt = event.kind() == ResourceEvent.Kind.DELETED
                && subscription.expiration() >= event.subject().expiration();
        if (!endsWithIt && subscription.expiration() <= now.toEpochMilli() || !SubscriptionCriteria.of(subscription.attributes())
                .matches(event, ids::absolute)) {
            return;
        }
        if (event.kind() == ResourceEvent.Kind.NO_INSTANCE || event.kind() == ResourceEvent.Kind.UPDATE_ASKED) {
            return;   // not sent from here: somebody waits for the answer
        }
        if (event.kind() == ResourceEvent.Kind.MISSING_DATA) {
            MissingDataReports.reports(writer, subscription, event).forEach(report -> queue(writer, subscription, reference,
                    new ResourceEvent(event.kind(), event.subject(), event.affected(), report, event.context())));
        } else {
            queue(writer, subscription, reference, event);
        }
    }

    private void queue(ResourceWriter writer, Resource subscription, String reference, ResourceEvent event) {
        Instant now = event.context().now();
        Content content = notifications.event(writer, subscription, reference, event);
        boolean last = event.kind() == ResourceEvent.Kind.DELETED;
        SubscriptionPolicy policy = SubscriptionPolicy.of(subscription.attributes(), settings.bounds().batchDuration());
        for (String target : subscription.attributes().texts("nu")) {
            notify(writer, subscription, policy, target, content, last, now);
        }
        if (NotificationStatistics.isOn(subscription.attributes()) && !last) {
            writer.update(subscription.with(NotificationStatistics.event(subscription.attributes())));
        }
    }

    /** @param last whether the resource is deleted: its subscriptions go with it; what they have to say goes out nevertheless */
    private void notify(ResourceWriter writer, Resource subscription, SubscriptionPolicy policy, String target, Content content,
            boolean last, Instant now) {
        boolean closed = !policy.isImmediate() && !schedules.below(subscription.id()).isOpen(now);
        if (closed && policy.pending() == SubscriptionPolicy.Pending.DISCARD && !policy.collects()) {
            counters.add(OutboundCounters.NOTIFICATIONS_DISCARDED);
            return;
        }
        HeldNotifications.Key key = new HeldNotifications.Key(subscription.id(), target);
        boolean hold = !last && (policy.collects() || closed || held.isWaiting(key));
        try {
            RequestPrimitive request = notifications.request(target, content, policy.category(), now);
            if (hold) {
                boolean newestOnly = closed && policy.pending() == SubscriptionPolicy.Pending.LATEST && !policy.collects();
                long until = policy.maxAge().map(age -> now.plus(age).toEpochMilli()).filter(end -> end < subscription
                        .expiration()).orElse(subscription.expiration());
                held.hold(writer, key, newestOnly ? latest(request) : request, newestOnly ? key.queue() : "", until, now);
            } else {
                enqueue(writer, target, request, policy, last ? "" : subscription.id(), now);
            }
        } catch (PrimitiveException e) {
            // Checked when the subscription was made; only an older store may hold such a target.
            LOG.warn("notification target {} of {} is left out: {}", target, subscription.id(), e.getMessage());
        }
    }

    private static RequestPrimitive latest(RequestPrimitive request) {
        return request.toBuilder().set(RequestParameter.EVENT_CATEGORY, EventCategory.LATEST).build();
    }

    private void enqueue(ResourceWriter writer, String target, RequestPrimitive notification, SubscriptionPolicy policy,
            String reason, Instant now) {
        Optional<Instant> opens = policy.isImmediate() ? Optional.empty() : asleep.apply(target);
        boolean newestOnly = opens.isPresent() && policy.pending() == SubscriptionPolicy.Pending.LATEST;
        RequestPrimitive request = newestOnly ? latest(notification) : notification;
        // an immediate one is worth as much time as one attempt takes
        Instant until = policy.isImmediate() ? now.plus(settings.requestTimeout())
                : opens.filter(at -> !at.equals(Reachability.NEVER)).orElse(now).plus(settings.notificationLife());
        until = policy.maxAge().map(now::plus).filter(until::isAfter).orElse(until);
        put(writer, target, request, reason, until, now);
    }

    /**
     * Puts a NOTIFY of this CSE into the queue of its target.
     *
     * @param reason the subscription that wants it; empty if it is to go out whatever becomes of that
     */
    void put(ResourceWriter writer, String target, RequestPrimitive request, String reason, Instant until, Instant now) {
        String latest = EventCategory.isLatest(request) && !reason.isEmpty() ? reason + " " + target : "";
        queue.enqueue(writer, new OutboundItem(0, target, request, reason, until.toEpochMilli(), OutboundItem.Kind.NOTIFICATION,
                EventCategory.rank(request), latest, now.toEpochMilli(), 0));
        counters.add(OutboundCounters.NOTIFICATIONS_QUEUED);
    }

    /**
     * Queues the notice that a subscription is gone, if it named somebody to be told.
     *
     * @param byRequest whether the subscription itself was the target, so that nobody waits for what it has still to say
     */
    void subscriptionDeleted(ResourceWriter writer, Resource subscription, Instant now, boolean byRequest) {
        if (byRequest) {
            queue.subscriptionDeleted(subscription.id());
        }
        MissingDataReports.forget(writer, subscription);
        String reference = index.reference(writer, subscription);
        List<String> told = new ArrayList<>(subscription.attributes().texts("acrs"));
        subscription.text("su").ifPresent(told::add);
        told.stream().distinct().forEach(target -> tell(writer, target, notifications.deletion(reference), now));
        held.changed(subscription.id(), HeldNotifications.NOTHING);
        index.deleted(writer, subscription, now.toEpochMilli());
    }

    /** Queues a notice that is not about an event. */
    void tell(ResourceWriter writer, String target, Content content, Instant now) {
        try {
            put(writer, target, notifications.request(target, content, Optional.empty(), now), "",
                    now.plus(settings.notificationLife()), now);
        } catch (PrimitiveException e) {
            LOG.warn("{} is not told: {}", target, e.getMessage());
        }
    }
}
