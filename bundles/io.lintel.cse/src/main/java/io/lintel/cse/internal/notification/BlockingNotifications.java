// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.UnreachableException;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.Interest;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.outbound.OutboundQueue;
import io.lintel.cse.internal.outbound.OutboundRouter;
import io.lintel.cse.internal.request.RequestChecks;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The notifications that a request waits for: of a retrieval that finds no instance (net 5, TS-0004 7.5.1.2), and of an update
 * before it is done (net 7, TS-0001 10.2.10.8); and those of reads, which no task of the writer reports by itself. They are
 * sent at once and not kept. Any thread, holds none.
 */
final class BlockingNotifications implements Interest {
    private static final Logger LOG = LoggerFactory.getLogger(BlockingNotifications.class);

    private final ResourceStore store;
    private final ResourceReferences references;
    private final SubscriptionHints hints;
    private final Notifications notifications;
    private final EventSink events;
    private final OutboundRouter router;
    private final VerificationRequests.Sending sending;
    private final OutboundQueue counter;
    private final Duration timeout;
    private final Clock clock;
    private final UpdateLocks locks = new UpdateLocks();

    BlockingNotifications(EntityIds ids, ResourceStore store, SubscriptionHints hints, Notifications notifications,
            EventSink events, OutboundRouter router, VerificationRequests.Sending sending, OutboundQueue counter,
            Duration timeout, Clock clock) {
        this.store = store;
        this.references = new ResourceReferences(ids);
        this.hints = hints;
        this.notifications = notifications;
        this.events = events;
        this.router = router;
        this.sending = sending;
        this.counter = counter;
        this.timeout = timeout;
        this.clock = clock;
    }

    @Override
    public void accessed(ResourceEvent.Kind kind, Resource resource, RequestContext context) {
        if (hints.find(resource.id(), SubscriptionCriteria::watchesOperations).isEmpty()) {
            return;
        }
        store.write(writer -> {
            writer.byId(resource.id()).ifPresent(current -> events.on(writer, new ResourceEvent(kind, current, current,
                    Attributes.empty(), context)));
            return null;
        }).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("a {} of {} could not be notified: {}", kind, resource.id(), failure.toString());
            }
        });
    }

    private boolean isAlive(Resource subscription, RequestContext context) {
        return subscription.expiration() > context.now().toEpochMilli();
    }

    @Override
    public Optional<CompletionStage<Void>> noInstance(RequestContext context, Resource container) {
        ResourceEvent event = new ResourceEvent(ResourceEvent.Kind.NO_INSTANCE, container, container, Attributes.empty(),
                context);
        List<Resource> subscriptions = hints.find(container.id(), criteria -> criteria.matches(event)).stream()
                .filter(subscription -> isAlive(subscription, context)).toList();
        if (subscriptions.isEmpty()) {
            return Optional.empty();
        }
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (Resource subscription : subscriptions) {
            for (String target : subscription.attributes().texts("nu")) {
                answers.add(ask(subscription, target, event).exceptionally(failure -> null).toCompletableFuture());
            }
        }
        return Optional.of(CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)));
    }

    @Override
    public boolean guards(String resourceId) {
        return !hints.find(resourceId, SubscriptionCriteria::blocksUpdates).isEmpty();
    }

    @Override
    public <T> CompletionStage<T> alone(String resourceId, Supplier<CompletionStage<T>> change) {
        return locks.alone(resourceId, change);
    }

    @Override
    public CompletionStage<Void> beforeUpdate(RequestContext context, Resource target, Attributes changes) {
        ResourceEvent event = new ResourceEvent(ResourceEvent.Kind.UPDATE_ASKED, target, target, changes, context);
        Optional<Resource> subscription = hints.find(target.id(), criteria -> criteria.blocksUpdates()
                && criteria.matches(event)).stream().filter(found -> isAlive(found, context)).findFirst();
        if (subscription.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        String asked = subscription.get().attributes().texts("nu").get(0);
        return ask(subscription.get(), asked, event).handle((response, failure) -> {
            if (failure != null) {
                throw unreached(target, failure);
            }
            if (!response.isSuccess()) {
                throw refused(target, response);
            }
            return null;
        });
    }

    private static PrimitiveException unreached(Resource target, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof UnreachableException) && !(cause instanceof PrimitiveException)) {
            LOG.error("the target of the blocking update of {} could not be asked", target.id(), cause);
        }
        return new PrimitiveException(ResponseStatusCode.REMOTE_ENTITY_NOT_REACHABLE,
                "who has a say in updates of " + target.name() + " can't be reached: " + cause.getMessage());
    }

    private static PrimitiveException refused(Resource target, ResponsePrimitive response) {
        boolean unreached = response.statusCode() == ResponseStatusCode.TARGET_NOT_REACHABLE.code()
                || response.statusCode() == ResponseStatusCode.REQUEST_TIMEOUT.code();
        return new PrimitiveException(unreached ? ResponseStatusCode.REMOTE_ENTITY_NOT_REACHABLE
                : ResponseStatusCode.OPERATION_DENIED_BY_REMOTE_ENTITY, "who has a say in updates of " + target.name()
                + " answered " + response.statusCode());
    }

    /** One notification, sent now; success counts as any other does. */
    private CompletionStage<ResponsePrimitive> ask(Resource subscription, String target, ResourceEvent event) {
        Instant now = clock.instant();
        try {
            Content content = notifications.event(store, subscription, references.reference(store, subscription), event);
            SubscriptionPolicy policy = SubscriptionPolicy.of(subscription.attributes(), timeout);
            RequestPrimitive request = notifications.request(target, content, policy.category(), now);
            return sending.send(request, router.toTarget(target), deadline(event.context(), now)).thenCompose(response ->
                    response.isSuccess() ? counter.delivered(subscription.id(), target).thenApply(done -> response)
                            : CompletableFuture.completedFuture(response));
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Instant deadline(RequestContext context, Instant now) {
        Instant most = now.plus(timeout);
        return RequestChecks.deadline(context.request(), context.now()).filter(most::isAfter).orElse(most);
    }
}
