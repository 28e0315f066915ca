// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.outbound.OutboundQueue;
import io.lintel.cse.internal.outbound.OutboundRoute;
import io.lintel.cse.internal.outbound.OutboundRouter;
import io.lintel.cse.internal.outbound.OutboundSettings;
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
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions of a cross resource subscription (TS-0001 10.2.29.1, 10.2.29.4): one made at each resource in
 * {@code rrat}, and those in {@code srat}, which get it as another target. Here they are made by this CSE, if the originator
 * may retrieve the resource, or made the subscription; elsewhere in the originator's name. Any thread, holds none.
 */
final class CrossResourceMembers {
    private static final Logger LOG = LoggerFactory.getLogger(CrossResourceMembers.class);
    private static final String MEMBER = "m2m:sub";

    private final EntityIds ids;
    private final ResourceStore store;
    private final ResourceReferences references;
    private final OutboundRouter router;
    private final OutboundQueue queue;
    private final VerificationRequests.Sending sending;
    private final BiPredicate<RequestContext, Resource> mayRetrieve;
    private final OutboundSettings settings;
    private final Clock clock;

    CrossResourceMembers(NotificationSide.Ground ground, OutboundSettings settings, Clock clock) {
        this.ids = ground.ids();
        this.store = ground.store();
        this.references = new ResourceReferences(ids);
        this.router = ground.router();
        this.queue = ground.queue();
        this.sending = ground.sending();
        this.mayRetrieve = ground.mayRetrieve();
        this.settings = settings;
        this.clock = clock;
    }

    /** The members of {@code encs}: a list in {@code enc}, or a single one. */
    static List<Attributes> criteria(Attributes crossResource) {
        List<Attributes> plain = crossResource.objects("encs");
        return !plain.isEmpty() ? plain : crossResource.object("encs").map(set -> set.object("enc").map(List::of)
                .orElseGet(() -> set.objects("enc"))).orElse(List.of());
    }

    /** The name of the subscriptions that are made for it. */
    private static String name(Resource crossResource) {
        return "crs_" + crossResource.id();
    }

    /** Completes when all have agreed, or fails with 5221 after what was done is undone. */
    CompletionStage<Void> establish(RequestContext context, Resource crossResource) {
        String own = references.reference(store, crossResource);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        List<String> resources = crossResource.attributes().texts("rrat");
        List<Attributes> criteria = criteria(crossResource.attributes());
        for (int i = 0; i < resources.size(); i++) {
            Attributes subscription = Attributes.builder().set("rn", name(crossResource)).set("nu", List.of(own))
                    .set("acrs", List.of(own)).set("enc", criteria.get(criteria.size() == 1 ? 0 : i)).build();
            all.add(guarded(resources.get(i), to -> make(context, to, subscription)));
        }
        for (String subscription : crossResource.attributes().texts("srat")) {
            all.add(guarded(subscription, to -> join(context, to, own)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).handle((done, failure) -> {
            if (failure == null) {
                return CompletableFuture.<Void>completedFuture(null);
            }
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return end(crossResource).<Void>thenCompose(gone -> CompletableFuture.failedFuture(new PrimitiveException(
                    ResponseStatusCode.CROSS_RESOURCE_OPERATION_FAILURE, cause.getMessage())));
        }).thenCompose(stage -> stage);
    }

    private interface Step {
        CompletionStage<ResponsePrimitive> at(String target);
    }

    private static CompletableFuture<Void> guarded(String target, Step step) {
        try {
            return step.at(target).thenAccept(response -> {
                if (!response.isSuccess()) {
                    throw refused(target + " answered " + response.statusCode() + response.content().map(content -> ": "
                            + content.value()).orElse(""));
                }
            }).toCompletableFuture();
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static PrimitiveException refused(String why) {
        return new PrimitiveException(ResponseStatusCode.CROSS_RESOURCE_OPERATION_FAILURE, why);
    }

    private Optional<Resource> here(String target) {
        Address address = Address.parse(target);
        if (!ids.isHere(address)) {
            return Optional.empty();
        }
        return Optional.of(references.resolve(store, address).orElseThrow(() -> refused("there is no " + target + " here")));
    }

    private CompletionStage<ResponsePrimitive> make(RequestContext context, String to, Attributes subscription) {
        here(to).filter(resource -> !mayRetrieve.test(context, resource)).ifPresent(resource -> {
            throw refused(context.originator() + " may not RETRIEVE " + to);
        });
        return send(request(Operation.CREATE, to, context.originator()).resourceType(ResourceTypes.SUBSCRIPTION)
                .content(new Content(MEMBER, subscription)).build());
    }

    private CompletionStage<ResponsePrimitive> join(RequestContext context, String to, String own) {
        here(to).filter(resource -> resource.type() != ResourceTypes.SUBSCRIPTION || !mayRetrieve.test(context, resource)
                || !ids.spRelative(resource.creator()).equals(ids.spRelative(context.originator()))
                && !context.originator().equals(ids.identity().administrator())).ifPresent(resource -> {
                    throw refused(to + " is no subscription of " + context.originator());
                });
        return changed(to, context.originator(), own, true);
    }

    /** Adds the cross resource subscription to the targets of a subscription, or takes it away. */
    private CompletionStage<ResponsePrimitive> changed(String to, String originator, String own, boolean added) {
        return send(request(Operation.RETRIEVE, to, originator).build()).thenCompose(found -> {
            Attributes before = found.content().map(Content::attributes).orElse(Attributes.empty());
            if (!found.isSuccess() || before.texts("nu").isEmpty()) {
                return CompletableFuture.completedFuture(found);
            }
            List<String> associated = changed(before.texts("acrs"), own, added);
            return send(request(Operation.UPDATE, to, originator).content(new Content(MEMBER, Attributes.builder()
                    .set("nu", changed(before.texts("nu"), own, added))
                    .set("acrs", associated.isEmpty() ? Attributes.NULL : associated).build())).build());
        });
    }

    private static List<String> changed(List<String> names, String own, boolean added) {
        List<String> changed = new ArrayList<>(names);
        changed.remove(own);
        if (added) {
            changed.add(own);
        }
        return changed;
    }

    /** Ends it like any other resource. */
    CompletionStage<Void> end(Resource crossResource) {
        return send(request(Operation.DELETE, ids.identity().cseId() + "/" + crossResource.id(), ids.identity().cseId()).build())
                .handle((response, failure) -> {
                    if (failure != null) {
                        LOG.warn("{} could not be deleted: {}", crossResource.id(), failure.toString());
                    }
                    return null;
                });
    }

    /** It is deleted by the task under way: its subscriptions are deleted, or left by it. What is to be sent waits on disk. */
    void release(ResourceWriter writer, Resource crossResource, Instant now) {
        String originator = crossResource.creator();
        for (String resource : crossResource.attributes().texts("rrat")) {
            String to = resource + "/" + name(crossResource);
            queue.enqueue(writer, new OutboundItem(0, to, request(Operation.DELETE, to, originator).build(), "",
                    now.plus(settings.notificationLife()).toEpochMilli()));
        }
        String own = references.reference(writer, crossResource);
        for (String subscription : crossResource.attributes().texts("srat")) {
            try {
                changed(subscription, originator, own, false).exceptionally(failure -> {
                    LOG.debug("{} keeps a target that is gone: {}", subscription, failure.toString());
                    return null;
                });
            } catch (PrimitiveException e) {
                LOG.debug("{} keeps a target that is gone: {}", subscription, e.getMessage());
            }
        }
    }

    private RequestPrimitive.Builder request(Operation operation, String to, String originator) {
        return RequestPrimitive.builder(operation, to).from(ids.spRelative(originator))
                .requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, settings.releaseVersion());
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive request) {
        boolean here = ids.isHere(Address.parse(request.to()));
        OutboundRoute route = here ? OutboundRoute.here(request.to()) : router.toTarget(request.to());
        return sending.send(request, route, clock.instant().plus(settings.requestTimeout()));
    }
}
