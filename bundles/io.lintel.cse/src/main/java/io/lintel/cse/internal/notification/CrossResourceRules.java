// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Durations;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What is special about {@code <crossResourceSubscription>} (TS-0001 9.6.58, 10.2.29): it has subscriptions made at the
 * resources it is about, and is told of itself when all have spoken within a window.
 */
final class CrossResourceRules implements TypeRules {
    private final SubscriptionRules subscriptions;
    private final CrossResourceMembers members;
    private final CrossResourceWindows windows;
    private final Notifier notifier;
    private final Notifications notifications;
    private final ResourceReferences references;
    /** Made by a request whose members are not asked yet. */
    private final Map<RequestPrimitive, Resource> made = Collections.synchronizedMap(new IdentityHashMap<>());

    CrossResourceRules(SubscriptionRules subscriptions, CrossResourceMembers members, CrossResourceWindows windows,
            Notifier notifier, Notifications notifications, ResourceReferences references) {
        this.subscriptions = subscriptions;
        this.members = members;
        this.windows = windows;
        this.notifier = notifier;
        this.notifications = notifications;
        this.references = references;
    }

    @Override
    public boolean prepares() {
        return true;
    }

    @Override
    public CompletionStage<Void> prepareCreate(RequestContext context, Resource parent, Attributes requested) {
        try {
            check(requested);
            return subscriptions.verify(context, requested.texts("nu"), List.of(), Optional.empty());
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<Void> prepareUpdate(RequestContext context, Resource target, Attributes changes) {
        try {
            return subscriptions.verify(context, changes.texts("nu"), target.attributes().texts("nu"), Optional.empty());
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void check(Attributes requested) {
        if (requested.texts("nu").isEmpty()) {
            throw bad("nu must name at least one notification target");
        }
        requested.texts("nu").forEach(NotificationTarget::parse);
        requested.text("su").ifPresent(NotificationTarget::parse);
        List<String> resources = requested.texts("rrat");
        if (resources.isEmpty() && requested.texts("srat").isEmpty()) {
            throw bad("rrat or srat must name what it is about");
        }
        int criteria = CrossResourceMembers.criteria(requested).size();
        if (!resources.isEmpty() && criteria != 1 && criteria != resources.size()) {
            throw bad("encs must hold one enc for all resources in rrat, or one for each: " + criteria + " for "
                    + resources.size());
        }
        if (requested.text("tws").flatMap(Durations::parse).filter(window -> !window.isZero()).isEmpty()) {
            throw bad("tws must be a duration longer than nothing");
        }
    }

    private static PrimitiveException bad(String text) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, text);
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        check(attributes.build());
        attributes.set("cr", context.originator());
        begin(attributes, false);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        check(after.build());
        begin(after, NotificationStatistics.isOn(before.attributes()));
    }

    private static void begin(Attributes.Builder attributes, boolean already) {
        Attributes now = attributes.build();
        if (NotificationStatistics.isOn(now) && !already) {
            attributes.setAll(NotificationStatistics.begun(now));
        }
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        made.put(context.request(), created);
    }

    @Override
    public CompletionStage<ResponsePrimitive> conclude(RequestContext context, CompletionStage<ResponsePrimitive> creation) {
        return creation.handle((response, failure) -> {
            Resource created = made.remove(context.request());
            if (failure != null) {
                return CompletableFuture.<ResponsePrimitive>failedFuture(failure);
            }
            return created == null ? CompletableFuture.completedFuture(response)
                    : members.establish(context, created).thenApply(done -> response);
        }).thenCompose(stage -> stage);
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        members.release(writer, deleted, context.now());
        windows.forget(writer, deleted);
        deleted.text("su").ifPresent(target -> notifier.tell(writer, target,
                notifications.deletion(references.reference(writer, deleted)), context.now()));
    }

    @Override
    public boolean takesNotifications() {
        return true;
    }

    /** Answered at once (TS-0001 10.2.29.5); what follows from it is on disk with the answer. */
    @Override
    public CompletionStage<ResponsePrimitive> notified(RequestContext context, Resource target) {
        Content content = context.request().content().orElse(new Content(Notifications.NOTIFICATION, Attributes.empty()));
        List<Attributes> all = content.name().equals(Notifications.AGGREGATED)
                ? content.attributes().objects(Notifications.NOTIFICATION) : List.of(content.attributes());
        ResponsePrimitive ok = ResponsePrimitive.builder(ResponseStatusCode.OK, context.request().requestIdentifier()).build();
        if (all.stream().anyMatch(notification -> notification.flag("vrq").orElse(false))) {
            return CompletableFuture.completedFuture(ok);
        }
        if (all.stream().anyMatch(notification -> notification.flag("sud").orElse(false))) {
            return members.end(target).thenApply(done -> ok);
        }
        return windows.spoken(target, all.stream().flatMap(notification -> notification.text("sur").stream()).toList(),
                context.now()).thenApply(done -> ok);
    }
}
