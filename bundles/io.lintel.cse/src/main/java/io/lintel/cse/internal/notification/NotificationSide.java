// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.outbound.OutboundCommit;
import io.lintel.cse.internal.outbound.OutboundCounters;
import io.lintel.cse.internal.outbound.OutboundQueue;
import io.lintel.cse.internal.outbound.OutboundRouter;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.schedule.Schedules;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** Puts together what makes notifications of events, as a part of the outbound side, which owns what is given to it. */
public final class NotificationSide {
    private final Notifier notifier;
    private final HeldNotifications held;
    private final TargetRemoval removal;
    private final Map<Integer, TypeRules> rules;

    /**
     * What it stands upon.
     *
     * @param executor    runs short steps that may read from the store
     * @param asleep      when a target can be reached again, if its schedule says that it can't now
     * @param sending     sends a request of this CSE along a route
     * @param asking      the same for a verification
     * @param mayRetrieve whether the originator of a request may RETRIEVE a resource; any thread
     */
    public record Ground(EntityIds ids, ResourceStore store, OutboundRouter router, OutboundQueue queue, OutboundCommit commit,
            Executor executor, Schedules schedules, Function<String, Optional<Instant>> asleep,
            VerificationRequests.Sending sending, VerificationRequests.Sending asking,
            BiPredicate<RequestContext, Resource> mayRetrieve) {
    }

    public NotificationSide(Ground ground, OutboundSettings settings, OutboundCounters counters, Clock clock) {
        Notifications notifications = new Notifications(ground.ids(), settings.releaseVersion());
        SubscriptionIndex index = new SubscriptionIndex(ground.ids());
        SubscriptionHints hints = new SubscriptionHints(ground.store());
        this.held = new HeldNotifications(ground.store(), ground.queue(), ground.commit(), ground.executor(), notifications,
                ground.schedules(), settings, counters, clock);
        this.notifier = new Notifier(ground.ids(), index, notifications, ground.queue(), held, ground.schedules(),
                ground.asleep(), counters, settings);
        TargetPolicies policies = new TargetPolicies(ground.ids());
        this.removal = new TargetRemoval(ground, notifications, policies, settings.requestTimeout(), clock);
        notifier.interest(new BlockingNotifications(ground.ids(), ground.store(), hints, notifications, notifier,
                ground.router(), ground.sending(), ground.queue(), settings.requestTimeout(), clock), removal);
        VerificationRequests verification = new VerificationRequests(notifications, ground.router(), ground.asking(), counters,
                clock);
        SubscriptionRules subscriptions = new SubscriptionRules(ground.ids(), ground.store(), ground.router(),
                new SubscriptionRules.Watching(index, hints, notifier, held, ground.commit()), verification, settings,
                ground.mayRetrieve());
        ResourceReferences references = new ResourceReferences(ground.ids());
        this.rules = new HashMap<>(Map.of(ResourceTypes.SUBSCRIPTION, subscriptions));
        rules.put(ResourceTypes.CROSS_RESOURCE_SUBSCRIPTION, new CrossResourceRules(subscriptions,
                new CrossResourceMembers(ground, settings, clock), new CrossResourceWindows(ground.store(), notifications,
                        notifier, ground.schedules(), references, settings), notifier, notifications, references));
        for (int type : List.of(ResourceTypes.NOTIFICATION_TARGET_MGMT_POLICY_REF, ResourceTypes.NOTIFICATION_TARGET_POLICY,
                ResourceTypes.POLICY_DELETION_RULES)) {
            rules.put(type, new TargetPolicyRules(type, policies));
        }
    }

    /** A notification was answered. */
    public void answered(OutboundItem item, ResponsePrimitive response) {
        if (item.kind() == OutboundItem.Kind.NOTIFICATION && !item.reason().isEmpty()) {
            removal.answered(item.reason(), item.target(), response);
        }
    }

    public EventSink events() {
        return notifier;
    }

    public Map<Integer, TypeRules> rules() {
        return Map.copyOf(rules);
    }

    /** Takes up what waits since the last run. */
    public void start() {
        held.start();
    }

    /** Goes on with what has its time now. Several times a second. */
    public void tick() {
        held.tick();
    }

    /** A schedule is another. */
    public void scheduleChanged() {
        held.lookAgain();
    }
}
