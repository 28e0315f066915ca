// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.Writes;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Everything about {@code <group>} put together: its rules, its fan-out point, and what comes to it for its members. */
public final class Groups {
    private final GroupRules rules;
    private final MemberValidation validation;
    private final GroupRequests requests;
    private final GroupNotifications notifications;
    private final FanOutPoint fanOutPoint;

    /**
     * What groups work with.
     *
     * @param internal serves a request of this CSE itself, to a resource here or elsewhere
     * @param onBehalf the same for a request of this CSE in the name of another's originator; never fails
     */
    public record Surroundings(TargetResolver resolver, AccessControl access, CseSettings settings, Writes writes,
            EventSink events, OutboundEnqueuing queue, Clock clock, Executor executor,
            Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> onBehalf) {
    }

    public Groups(ResourceStore store, Surroundings around) {
        EntityIds ids = new EntityIds(around.settings().identity());
        MemberTypes types = new MemberTypes(around.access(), around.onBehalf(), around.executor());
        this.validation = new MemberValidation(store, around.resolver(), ids, types, around.events(), around.internal(),
                around.clock());
        this.rules = new GroupRules(store, around.resolver(), around.access(), types, validation::add);
        validation.judgeBy(rules);
        this.requests = new GroupRequests(store, around.resolver(), around.clock());
        this.notifications = new GroupNotifications(store, around.resolver(), ids, around.settings(), around.queue(),
                around.events(), around.internal());
        this.fanOutPoint = new FanOutPoint(store, new FanOutPoint.Parts(around.resolver(), around.access(), around.settings(),
                around.writes(), around.events(), requests, notifications, around.onBehalf(), around.executor(),
                around.clock()));
    }

    public GroupRules rules() {
        return rules;
    }

    public FanOutPoint fanOutPoint() {
        return fanOutPoint;
    }

    public GroupRequests requests() {
        return requests;
    }

    public GroupNotifications notifications() {
        return notifications;
    }

    /** Takes up what was left undone by the last run. */
    public void load() {
        validation.load();
    }

    /** What has its time now; every second or so, on the executor. */
    public void tick() {
        fanOutPoint.tick();
        validation.tick();
    }
}
