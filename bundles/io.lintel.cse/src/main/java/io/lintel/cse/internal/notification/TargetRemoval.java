// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.operation.VirtualResource;
import io.lintel.cse.internal.outbound.OutboundRoute;
import io.lintel.cse.internal.outbound.OutboundRouter;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A target that wants to be notified no more (TS-0001 10.2.11): it deletes {@code ntsr}, the virtual child of the
 * subscription, or says so in its answer to a notification. {@link TargetPolicies} decide; what they ask of the subscription's
 * creator is asked now. Any thread, holds none.
 */
final class TargetRemoval implements VirtualResource {
    private static final Logger LOG = LoggerFactory.getLogger(TargetRemoval.class);

    private final EntityIds ids;
    private final ResourceStore store;
    private final ResourceReferences references;
    private final OutboundRouter router;
    private final VerificationRequests.Sending sending;
    private final Notifications notifications;
    private final TargetPolicies policies;
    private final Duration timeout;
    private final Clock clock;

    TargetRemoval(NotificationSide.Ground ground, Notifications notifications, TargetPolicies policies, Duration timeout,
            Clock clock) {
        this.ids = ground.ids();
        this.store = ground.store();
        this.references = new ResourceReferences(ids);
        this.router = ground.router();
        this.sending = ground.sending();
        this.notifications = notifications;
        this.policies = policies;
        this.timeout = timeout;
        this.clock = clock;
    }

    @Override
    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Place place) {
        if (context.request().operation() != Operation.DELETE) {
            throw new PrimitiveException(ResponseStatusCode.OPERATION_NOT_ALLOWED, "ntsr can be deleted only");
        }
        Resource subscription = place.resource();
        String target = subscription.attributes().texts("nu").stream().filter(name -> isOriginator(context, name)).findFirst()
                .orElseThrow(() -> noPrivilege(context.originator() + " is no notification target of " + subscription.name()));
        if (policies.decide(store, subscription, target, context.now()) == TargetPolicies.Action.REJECT) {
            throw noPrivilege("the policy for notification targets of " + subscription.name() + " lets " + target + " not go");
        }
        return asked(subscription, target).thenApply(done -> ResponsePrimitive.builder(ResponseStatusCode.DELETED,
                context.request().requestIdentifier()).build());
    }

    private static PrimitiveException noPrivilege(String text) {
        return new PrimitiveException(ResponseStatusCode.ORIGINATOR_HAS_NO_PRIVILEGE, text);
    }

    private boolean isOriginator(RequestContext context, String target) {
        NotificationTarget parsed = NotificationTarget.parse(target);
        return parsed.uri().isEmpty() && policies.isSame(store, parsed.name(), context.originator());
    }

    /** The answer to a notification, which may ask for the removal of its target. */
    void answered(String subscriptionId, String target, ResponsePrimitive response) {
        boolean asks = response.content().filter(content -> content.name().equals(Notifications.NOTIFICATION))
                .map(Content::attributes).flatMap(answer -> answer.flag("trr")).orElse(false);
        if (asks) {
            store.byId(subscriptionId).ifPresent(subscription -> asked(subscription, target).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn("the wish of {} to leave {} came to nothing: {}", target, subscription.name(), failure.toString());
                }
            }));
        }
    }

    /** Completes when an accepted removal is done; what the creator is asked goes on by itself. */
    private CompletionStage<Void> asked(Resource subscription, String target) {
        switch (policies.decide(store, subscription, target, clock.instant())) {
            case ACCEPT -> {
                return remove(subscription.id(), target);
            }
            case SEEK -> ask(subscription, target, true).thenCompose(allowed -> allowed ? remove(subscription.id(), target)
                    : CompletableFuture.completedFuture(null)).exceptionally(failure -> {
                        LOG.warn("{} stays a target of {}: {}", target, subscription.name(), failure.toString());
                        return null;
                    });
            case INFORM -> ask(subscription, target, false).exceptionally(failure -> {
                LOG.warn("{} is not told that {} wants to leave: {}", subscription.creator(), target, failure.toString());
                return null;
            });
            case REJECT -> LOG.debug("{} stays a target of {} by its policy", target, subscription.name());
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Tells the creator, who may allow the removal if that is asked for. */
    private CompletionStage<Boolean> ask(Resource subscription, String target, boolean authorisation) {
        try {
            String creator = ids.spRelative(subscription.creator());
            Attributes.Builder asked = Attributes.builder().set("sur", references.reference(store, subscription))
                    .set("ntt", target);
            if (authorisation) {
                asked.set("trr", true);
            }
            RequestPrimitive request = notifications.request(creator, new Content(Notifications.NOTIFICATION, asked.build()),
                    Optional.empty(), clock.instant());
            return sending.send(request, router.toTarget(creator), clock.instant().plus(timeout)).thenApply(answer ->
                    answer.isSuccess() && answer.content().map(Content::attributes).flatMap(said -> said.flag("tra"))
                            .orElse(true));
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** With its last target a subscription ends. */
    private CompletionStage<Void> remove(String subscriptionId, String target) {
        Optional<Resource> subscription = store.byId(subscriptionId);
        if (subscription.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<String> left = new ArrayList<>(subscription.get().attributes().texts("nu"));
        left.remove(target);
        String own = ids.identity().cseId();
        String to = own + "/" + subscriptionId;
        RequestPrimitive.Builder request = RequestPrimitive.builder(left.isEmpty() ? Operation.DELETE : Operation.UPDATE, to)
                .from(own).requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
        if (!left.isEmpty()) {
            request.content(new Content(subscription.get().memberName(), Attributes.of("nu", left)));
        }
        return sending.send(request.build(), OutboundRoute.here(to), clock.instant().plus(timeout)).thenAccept(answer -> {
            if (!answer.isSuccess()) {
                throw new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR, target + " could not be removed: "
                        + answer.statusCode());
            }
        });
    }
}
