// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.outbound.OutboundCommit;
import io.lintel.cse.internal.outbound.OutboundRouter;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.outbound.OutboundSettings.Verification;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;

/** What is special about {@code <subscription>} (TS-0004 7.4.8.2). */
public final class SubscriptionRules implements TypeRules {
    private final EntityIds ids;
    private final ResourceReferences references;
    private final ResourceStore store;
    private final OutboundRouter router;
    private final SubscriptionIndex index;
    private final Notifier notifier;
    private final PastEvents past;
    private final SubscriptionHints hints;
    private final HeldNotifications held;
    private final OutboundCommit commit;
    private final VerificationRequests verification;
    private final OutboundSettings settings;
    private final BiPredicate<RequestContext, Resource> mayRetrieve;

    private record Forget(SubscriptionHints hints, String parentId, String id) implements Runnable {
        @Override
        public void run() {
            hints.forget(parentId, id);
        }
    }

    /**
     * What watches over the subscriptions there are.
     *
     * @param commit runs what has to wait for a commit
     */
    record Watching(SubscriptionIndex index, SubscriptionHints hints, Notifier notifier, HeldNotifications held,
            OutboundCommit commit) {
    }

    /** @param mayRetrieve whether the request's originator may RETRIEVE a resource here; asked on any thread */
    SubscriptionRules(EntityIds ids, ResourceStore store, OutboundRouter router, Watching watching,
            VerificationRequests verification, OutboundSettings settings, BiPredicate<RequestContext, Resource> mayRetrieve) {
        this.ids = ids;
        this.references = new ResourceReferences(ids);
        this.store = store;
        this.router = router;
        this.index = watching.index();
        this.notifier = watching.notifier();
        this.past = new PastEvents(notifier, references);
        this.hints = watching.hints();
        this.held = watching.held();
        this.commit = watching.commit();
        this.verification = verification;
        this.settings = settings;
        this.mayRetrieve = mayRetrieve;
    }

    @Override
    public boolean prepares() {
        return true;
    }

    @Override
    public CompletionStage<Void> prepareCreate(RequestContext context, Resource parent, Attributes requested) {
        try {
            if (!mayRetrieve.test(context, parent)) {
                throw new PrimitiveException(ResponseStatusCode.ORIGINATOR_HAS_NO_PRIVILEGE, context.originator()
                        + " may not RETRIEVE " + parent.name() + ", so it may not subscribe to it");
            }
            SubscriptionChecks.check(requested, parent);
            Optional<String> reference = requested.text("rn").map(name -> references.reference(store, parent) + "/" + name);
            return verify(context, requested.texts("nu"), List.of(), reference);
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<Void> prepareUpdate(RequestContext context, Resource target, Attributes changes) {
        try {
            Resource parent = store.byId(target.parentId()).orElseThrow(
                    () -> new PrimitiveException(ResponseStatusCode.NOT_FOUND, "the subscribed-to resource is gone"));
            SubscriptionChecks.checkUpdate(target.attributes(), merged(target.attributes(), changes), parent);
            return verify(context, changes.texts("nu"), target.attributes().texts("nu"), Optional.of(references.reference(store,
                    target)));
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Attributes merged(Attributes before, Attributes changes) {
        Attributes.Builder builder = before.toBuilder();
        changes.forEach((name, value) -> {
            if (value == Attributes.NULL) {
                builder.remove(name);
            } else {
                builder.set(name, value);
            }
        });
        return builder.build();
    }

    /** Targets agreed before and the originator itself are not asked, and protocol URIs only if that is wanted. */
    CompletionStage<Void> verify(RequestContext context, List<String> targets, List<String> before,
            Optional<String> reference) {
        if (settings.verification() == Verification.NONE) {
            return CompletableFuture.completedFuture(null);
        }
        Set<String> asked = new LinkedHashSet<>();
        for (String target : targets) {
            NotificationTarget parsed = NotificationTarget.parse(target);
            boolean meant = parsed.uri().isPresent() ? settings.verification() == Verification.ALL
                    : !isOriginator(context, parsed.name());
            if (meant && !before.contains(target)) {
                asked.add(target);
            }
        }
        return asked.isEmpty() ? CompletableFuture.completedFuture(null)
                : verification.verify(asked, reference, context.originator(), timeout(context));
    }

    private Duration timeout(RequestContext context) {
        Duration most = settings.requestTimeout();
        return context.request().requestExpirationTimestamp().flatMap(text -> Timestamps.parseAbsoluteOrRelative(text,
                context.now()))
                .map(deadline -> Duration.between(context.now(), deadline)).filter(left -> left.compareTo(most) < 0).orElse(most);
    }

    /** Whether the target is the originator: as the AE's ID in any form, the address of its resource, or a CSE-ID. */
    private boolean isOriginator(RequestContext context, String target) {
        String originator = ids.spRelative(context.originator());
        if (ids.spRelative(target).equals(originator)) {
            return true;
        }
        return router.localAe(Address.parse(target)).map(ae -> ids.spRelative(ae.id())).filter(originator::equals).isPresent();
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        SubscriptionChecks.check(requested, parent);
        refuseSecondBlocking(writer, parent, requested);
        if (!requested.has("nct")) {
            attributes.set("nct", SubscriptionChecks.defaultContentType(requested));
        }
        if (NotificationStatistics.isOn(requested)) {
            attributes.setAll(NotificationStatistics.begun(requested));
        }
        boolean forOthers = requested.texts("nu").stream().map(NotificationTarget::parse)
                .anyMatch(target -> target.uri().isPresent() || !isOriginator(context, target.name()));
        if (forOthers) {
            attributes.set("cr", context.originator());
        }
    }

    /** Two that both have a say in an update could contradict each other (TS-0001 10.2.10.8). */
    private void refuseSecondBlocking(ResourceWriter writer, Resource parent, Attributes requested) {
        if (SubscriptionCriteria.of(requested).blocksUpdates() && index.under(writer, parent.id()).stream()
                .map(entry -> writer.byId(entry.id())).flatMap(Optional::stream)
                .anyMatch(other -> SubscriptionCriteria.of(other.attributes()).blocksUpdates())) {
            throw new PrimitiveException(ResponseStatusCode.BLOCKING_SUBSCRIPTION_ALREADY_EXISTS,
                    "there is already a subscription to " + parent.name() + " that blocks updates (net 7)");
        }
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        index.add(writer, created);
        hints.hint(created);
        past.tell(writer, context, parent, created);
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        hints.hint(after);
        boolean purge = !before.attributes().number("pn").equals(after.attributes().number("pn"))
                && !after.attributes().has("bn") && !after.attributes().has("rl");
        held.changed(after.id(), purge ? context.now().toEpochMilli() : HeldNotifications.NOTHING);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        Attributes updated = after.build();
        parent(writer, before).ifPresent(parent -> SubscriptionChecks.checkUpdate(before.attributes(), updated, parent));
        if (!updated.has("nct")) {
            after.set("nct", SubscriptionChecks.defaultContentType(updated));
        }
        if (NotificationStatistics.isOn(updated) && !NotificationStatistics.isOn(before.attributes())) {
            after.setAll(NotificationStatistics.begun(updated));
        }
    }

    private static Optional<Resource> parent(ResourceReader reader, Resource subscription) {
        return reader.byId(subscription.parentId());
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        notifier.subscriptionDeleted(writer, deleted, context.now(), isTarget(context, deleted));
        commit.after(new Forget(hints, deleted.parentId(), deleted.id()));
    }

    /** Whether the request was for the subscription, and not for something above it. */
    private static boolean isTarget(RequestContext context, Resource subscription) {
        if (context.request().operation() != Operation.DELETE) {
            return false;
        }
        List<String> segments = Address.parse(context.request().to()).segments();
        String last = segments.isEmpty() ? "" : segments.get(segments.size() - 1);
        return last.equals(subscription.name()) || last.equals(subscription.id());
    }
}
