// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.notification.NotificationTarget;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResultContents;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Subscriptions that were made through a group with {@code nfu} (TS-0001 10.2.7.12, TS-0004 7.4.14.3): at the members they
 * name the group as their target; what comes here is gathered on disk by the group's {@code nar}, and goes to {@code nfu} as
 * one aggregated notification. Each is acknowledged when it is on disk and not when the target has answered: a CSE that sends
 * one notification at a time would never have more than one to be gathered. Any thread; holds none.
 */
public final class GroupNotifications {
    private static final String NOTIFICATION = "m2m:sgn";

    private final ResourceStore store;
    private final TargetResolver resolver;
    private final EntityIds ids;
    private final ResourceReferences references;
    private final CseSettings settings;
    private final OutboundEnqueuing queue;
    private final Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal;
    private final EventSink events;

    GroupNotifications(ResourceStore store, TargetResolver resolver, EntityIds ids, CseSettings settings,
            OutboundEnqueuing queue, EventSink events, Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal) {
        this.store = store;
        this.resolver = resolver;
        this.ids = ids;
        this.references = new ResourceReferences(ids);
        this.settings = settings;
        this.queue = queue;
        this.internal = internal;
        this.events = events;
    }

    /**
     * The request as the members get it: a subscription with {@code nfu} names the group instead of its target. Fails with
     * 5204 if the target in {@code nfu} does not want the notifications.
     */
    CompletionStage<RequestPrimitive> throughGroup(RequestContext context, Resource group) {
        RequestPrimitive request = context.request();
        Optional<Content> subscription = request.content().filter(content -> content.name().equals("m2m:sub")
                && (request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE));
        Optional<String> target = subscription.flatMap(content -> content.attributes().text("nfu"));
        if (target.isEmpty()) {
            return CompletableFuture.completedFuture(request);
        }
        Content redirected = new Content("m2m:sub", subscription.get().attributes().toBuilder()
                .set("nu", List.of(references.reference(store, group))).set("nfu", spRelative(target.get())).build());
        return verify(context, group, target.get()).thenApply(agreed -> request.toBuilder().content(redirected).build());
    }

    /** Targets named by their short IDs are those of this CSE, also elsewhere. */
    private String spRelative(String target) {
        boolean uri = NotificationTarget.parse(target).uri().isPresent();
        return uri ? target : ids.spRelative(target);
    }

    private CompletionStage<Void> verify(RequestContext context, Resource group, String target) {
        NotificationTarget named = NotificationTarget.parse(target);
        boolean itself = ids.shorten(named.name()).filter(context.originator()::equals).isPresent();
        if (named.uri().isPresent() || itself || !queue.verifiesTargets()) {
            return CompletableFuture.completedFuture(null);
        }
        Attributes question = Attributes.builder().set("vrq", true).set("sur", references.reference(store, group))
                .set("cr", ids.spRelative(context.originator())).build();
        return internal.apply(notify(named.name(), new Content(NOTIFICATION, question))).thenAccept(response -> {
            if (!response.isSuccess()) {
                throw new PrimitiveException(ResponseStatusCode.SUBSCRIPTION_VERIFICATION_INITIATION_FAILED,
                        "notification forwarding target " + target + " could not be verified: it answered "
                                + response.statusCode());
            }
        });
    }

    private RequestPrimitive notify(String to, Content content) {
        return RequestPrimitive.builder(Operation.NOTIFY, to).from(ids.identity().cseId())
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .content(content).build();
    }

    /** A notification to the group itself: from the host of a member, about a subscription that was made through the group. */
    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Resource group) {
        Content content = context.request().content().orElseThrow();
        if (!content.name().equals(NOTIFICATION)) {
            throw Refusals.badRequest("a group takes notifications of its members' subscriptions, m2m:sgn, not "
                    + content.name());
        }
        requireMember(context, group);
        Attributes notification = content.attributes();
        if (!notification.has("nev")) {
            return CompletableFuture.completedFuture(ResultContents.response(context.request(), ResponseStatusCode.OK).build());
        }
        String target = notification.text("nfu").or(() -> ofSubscription(notification)).orElseThrow(() ->
                Refusals.badRequest("nfu, where the group is to forward the notification, is missing"));
        return gather(context, group, target, notification);
    }

    /** The notification has to come from a CSE that hosts a member. */
    private void requireMember(RequestContext context, Resource group) {
        String sender = EntityIds.isCseForm(context.originator()) ? context.originator() : "";
        boolean member = group.attributes().texts("mid").stream().map(id -> Member.of(store, resolver, id).host(ids))
                .anyMatch(sender::equals);
        if (!member) {
            throw Refusals.noPrivilege(context.originator() + " hosts no member of group " + group.id());
        }
    }

    /** Where a subscription of this CSE wants to be forwarded to, if its notification does not say it. */
    private Optional<String> ofSubscription(Attributes notification) {
        return notification.text("sur").map(Address::parse).filter(address -> !resolver.isTransit(address))
                .flatMap(address -> resolver.find(store, address)).map(Place::resource)
                .filter(found -> found.type() == ResourceTypes.SUBSCRIPTION).flatMap(found -> found.text("nfu"));
    }

    /** What is on disk is acknowledged: it goes on with what follows, whenever its target takes it. */
    private CompletionStage<ResponsePrimitive> gather(RequestContext context, Resource group, String target,
            Attributes notification) {
        RequestPrimitive request = context.request();
        RequestPrimitive kept = notify(NotificationTarget.parse(target).name(), new Content(NOTIFICATION,
                notification.toBuilder().remove("nfu").build()));
        ResponsePrimitive answer = ResultContents.response(request, ResponseStatusCode.OK).build();
        Optional<String> once = context.hop().deliveryKey().map(delivery -> delivery + " gathered");
        return store.write(writer -> {
            if (once.flatMap(writer::storedResponse).isEmpty()) {
                events.gather(writer, group, target, kept, context.now());
                once.ifPresent(key -> writer.storeResponse(key, answer,
                        context.now().plus(settings.storedResponse()).toEpochMilli()));
            }
            return answer;
        });
    }
}
