// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.outbound.EventCategory;
import io.lintel.cse.internal.outbound.OutboundCounters;
import io.lintel.cse.internal.outbound.OutboundQueue;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.timeseries.MissingDataReports;
import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns events into queued notifications (TS-0004 7.4.8). Runs on the writer thread inside the task of the request that
 * caused the event, so that the change and its notifications are on disk together or not at all.
 */
public final class Notifier implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    private final SubscriptionIndex index;
    private final Notifications notifications;
    private final OutboundQueue queue;
    private final OutboundCounters counters;
    private final OutboundSettings settings;

    public Notifier(SubscriptionIndex index, Notifications notifications, OutboundQueue queue, OutboundCounters counters,
            OutboundSettings settings) {
        this.index = index;
        this.notifications = notifications;
        this.queue = queue;
        this.counters = counters;
        this.settings = settings;
    }

    @Override
    public void on(ResourceWriter writer, ResourceEvent event) {
        int type = event.affected().type();
        if ((type == ResourceTypes.AE || type == ResourceTypes.REMOTE_CSE) && event.kind() != ResourceEvent.Kind.DELETED
                && event.kind() != ResourceEvent.Kind.CHILD_DELETED) {
            queue.tryAgainAfterCommit();
        }
        for (SubscriptionIndex.Entry entry : List.copyOf(index.under(writer, event.subject().id()))) {
            if (!entry.id().equals(event.affected().id())) {
                writer.byId(entry.id()).ifPresent(subscription -> notify(writer, subscription, entry.reference(), event));
            }
        }
    }

    private void notify(ResourceWriter writer, Resource subscription, String reference, ResourceEvent event) {
        Instant now = event.context().now();
        if (subscription.expiration() <= now.toEpochMilli() || !SubscriptionCriteria.of(subscription.attributes())
                .matches(event)) {
            return;
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
        Optional<Long> category = subscription.attributes().flag("ln").orElse(false) ? Optional.of((long) EventCategory.LATEST)
                : subscription.attributes().number("nec");
        // With the resource its subscriptions go; what they have to say of it goes out nevertheless.
        String reason = event.kind() == ResourceEvent.Kind.DELETED ? "" : subscription.id();
        for (String target : subscription.attributes().texts("nu")) {
            enqueue(writer, target, content, category, reason, now);
        }
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
        subscription.text("su").ifPresent(target ->
                enqueue(writer, target, notifications.deletion(reference), Optional.empty(), "", now));
        index.deleted(writer, subscription, now.toEpochMilli());
    }

    private void enqueue(ResourceWriter writer, String target, Content content, Optional<Long> category, String reason,
            Instant now) {
        try {
            RequestPrimitive request = notifications.request(target, content, category, now);
            // an immediate one is worth as much time as one attempt takes
            Instant until = now.plus(EventCategory.isImmediate(request) ? settings.requestTimeout()
                    : settings.notificationLife());
            String latest = EventCategory.isLatest(request) && !reason.isEmpty() ? reason + " " + target : "";
            queue.enqueue(writer, new OutboundItem(0, target, request, reason, until.toEpochMilli(),
                    OutboundItem.Kind.NOTIFICATION, EventCategory.rank(request), latest, now.toEpochMilli(), 0));
            counters.add(OutboundCounters.NOTIFICATIONS_QUEUED);
        } catch (PrimitiveException e) {
            // Checked when the subscription was made; only an older store may hold such a target.
            LOG.warn("notification target {} of {} is left out: {}", target, reason, e.getMessage());
        }
    }
}
