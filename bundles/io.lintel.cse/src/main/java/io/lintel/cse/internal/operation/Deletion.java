// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.ContainerRules;
import io.lintel.cse.internal.type.Instances;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * DELETE at the hosting CSE (TS-0004 7.2.2.4), and deletion at expiration, which is the same without an originator.
 * The resource and its parent report the event; what goes with it does so silently.
 *
 * <p>A tree of up to {@link #STEP} resources is removed in the request's own task, all or nothing. A larger one gets an
 * expiration in the past by that task, so that it is found no more, and is then removed from its leaves in further
 * tasks; the response waits for the last of them, and after a crash the sweep of expired resources goes on with it.
 */
public final class Deletion {
    static final int STEP = 500;
    private static final int PAGE = 100;

    private final ResourceStore store;
    private final Writes writes;
    private final TargetResolver resolver;
    private final AccessControl access;
    private final TypeCatalog catalog;
    private final EventSink events;
    private final ResultContents results;
    private final Clock clock;

    public Deletion(ResourceStore store, Writes writes, TargetResolver resolver, AccessControl access, TypeCatalog catalog,
            EventSink events, ResultContents results, Clock clock) {
        this.store = store;
        this.writes = writes;
        this.resolver = resolver;
        this.access = access;
        this.catalog = catalog;
        this.events = events;
        this.results = results;
        this.clock = clock;
    }

    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Address address) {
        Optional<Place> virtual = resolver.find(store, address).filter(Place::isVirtual);
        if (virtual.isPresent()) {
            return purge(virtual.get()).thenCompose(done -> delete(context, address));
        }
        Optional<String> guarded = resolver.find(store, address).map(place -> place.resource().id())
                .filter(events.interest()::guards);
        return guarded.isEmpty() ? delete(context, address)
                : events.interest().alone(guarded.get(), () -> delete(context, address));
    }

    private CompletionStage<ResponsePrimitive> delete(RequestContext context, Address address) {
        String[] unfinished = new String[1];
        return writes.run(context, (writer, effects) -> {
            Resource target = target(writer, effects, context, address);
            ResponsePrimitive response = results.deleted(writer, context, target);
            if (!deleteNow(writer, effects, context, target)) {
                unfinished[0] = target.id();
            }
            return response;
        }).thenCompose(response -> unfinished[0] == null ? CompletableFuture.completedFuture(response)
                : finish(unfinished[0], context).thenApply(done -> response));
    }

    private Resource target(ResourceWriter writer, Effects effects, RequestContext context, Address address) {
        RequestPrimitive request = context.request();
        Place place = resolver.locate(writer, address, request.to());
        Resource target = place.isVirtual() ? Instances.current(writer, place)
                .orElseThrow(() -> Refusals.notFound("there is no instance below " + place.resource().id())) : place.resource();
        if (target.type() == ResourceTypes.CSE_BASE) {
            throw Refusals.notAllowed("the CSEBase can't be deleted");
        }
        boolean administration = context.originator().equals(access.identity().administrator());
        if (target.type() == ResourceTypes.REMOTE_CSE && !context.originator().startsWith("/") && !administration) {
            throw Refusals.notAllowed("an AE may not delete a remoteCSE");
        }
        access.require(writer, context, target, Operation.DELETE);
        if (ResourceTypes.isInstance(target.type())
                && writer.byId(target.parentId()).filter(ContainerRules::disabled).isPresent()) {
            throw Refusals.notAllowed("retrieval and deletion of instances are disabled (disr of the container)");
        }
        Conditions.require(request, Candidate.of(writer, context, target, resolver, access));
        catalog.rules(target.type()).delete(writer, context, target);
        return target;
    }

    /**
     * Deletes a resource and all below it, or, if there is too much of it for one task, takes it out of sight.
     * The result says whether nothing is left to be done by {@link #finish}.
     */
    boolean deleteNow(ResourceWriter writer, Effects effects, RequestContext context, Resource target) {
        Optional<Resource> parent = writer.byId(target.parentId());
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.DELETED, target, target, Attributes.empty(), context));
        boolean gone = removeBelow(writer, effects, context, target, STEP);
        if (gone) {
            remove(writer, effects, context, target, true);
        } else {
            String past = Timestamps.format(Instant.EPOCH);
            writer.update(target.with(target.attributes().toBuilder().set("et", past).build(), 0));
        }
        parent.flatMap(before -> writer.byId(before.id())).ifPresent(after -> events.on(writer,
                new ResourceEvent(ResourceEvent.Kind.CHILD_DELETED, after, target, Attributes.empty(), context)));
        return gone;
    }

    /** Removes a tree that is out of sight already, in as many tasks as it takes; its events have been reported. */
    CompletionStage<Void> finish(String id, RequestContext context) {
        return store.write(writer -> {
            Effects effects = new Effects();
            Optional<Resource> target = writer.byId(id);
            boolean gone = target.map(root -> removeBelow(writer, effects, context, root, STEP)).orElse(true);
            if (gone) {
                target.ifPresent(root -> remove(writer, effects, context, root, true));
            }
            return new Step(effects, gone);
        }).thenCompose(step -> {
            writes.refresh(step.effects());
            return step.gone() ? CompletableFuture.completedFuture(null) : finish(id, context);
        });
    }

    private record Step(Effects effects, boolean gone) {
    }

    /** Whether a resource was taken out of sight by a deletion that has not ended. */
    static boolean isUnfinished(Resource resource) {
        return resource.expiration() == 0;
    }

    /** Removes what is below a resource, leaves first, at most {@code budget} resources; says whether nothing is left. */
    private boolean removeBelow(ResourceWriter writer, Effects effects, RequestContext context, Resource root, int budget) {
        Deque<Resource> path = new ArrayDeque<>();
        path.push(root);
        int left = budget;
        while (true) {
            Resource at = path.peek();
            List<Resource> children = writer.children(at.id(), "", PAGE);
            if (children.isEmpty()) {
                path.pop();
                if (path.isEmpty()) {
                    return true;
                }
                remove(writer, effects, context, at, false);
                left--;
            } else {
                for (Resource child : children) {
                    if (left <= 0) {
                        return false;
                    }
                    if (!catalog.isLeaf(child)) {
                        path.push(child);
                        break;
                    }
                    remove(writer, effects, context, child, false);
                    left--;
                }
            }
            if (left <= 0 && !writer.children(root.id(), "", 1).isEmpty()) {
                return false;
            }
        }
    }

    private void remove(ResourceWriter writer, Effects effects, RequestContext context, Resource resource, boolean root) {
        writer.delete(resource);
        effects.touched(resource);
        if (root || !ResourceTypes.isInstance(resource.type())) {
            catalog.rules(resource.type()).deleted(writer, context, resource);
        }
    }

    /** Deletes what is below an instance that gives way, as silently. */
    public void clearBelow(ResourceWriter writer, Resource instance) {
        removeBelow(writer, new Effects(), expiration(), instance, Integer.MAX_VALUE);
    }

    /** Deletes what goes with another resource; if there is too much of it, the sweep goes on with it. */
    public void remove(ResourceWriter writer, RequestContext context, Resource resource) {
        deleteNow(writer, new Effects(), context, resource);
    }

    /** Deletes the instances that stand in the place of {@code la} or {@code ol} though their time has come. */
    CompletionStage<Void> purge(Place place) {
        if (Instances.current(store, place).filter(resolver::isExpired).isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        RequestContext context = expiration();
        return store.write(writer -> {
            Effects effects = new Effects();
            for (int i = 0; i < Instances.STEP; i++) {
                Optional<Resource> found = Instances.current(writer, place).filter(resolver::isExpired);
                if (found.isEmpty()) {
                    break;
                }
                deleteNow(writer, effects, context, found.get());
            }
            return effects;
        }).thenCompose(done -> purge(place));
    }

    /** What is left of an instance after one more retrieval: it goes with the last that its {@code dcnt} allows. */
    CompletionStage<Resource> counted(Resource instance) {
        RequestContext context = expiration();
        Effects effects = new Effects();
        return store.write(writer -> {
            Resource before = writer.byId(instance.id())
                    .orElseThrow(() -> Refusals.notFound("the instance was retrieved for the last time: " + instance.name()));
            long left = Math.max(0, before.attributes().number("dcnt").orElse(0L) - 1);
            Resource after = before.with(before.attributes().toBuilder().set("dcnt", left).build());
            if (left > 0) {
                writer.update(after);
            } else {
                deleteNow(writer, effects, context, before);
            }
            return after;
        }).thenApply(after -> {
            writes.refresh(effects);
            return after;
        });
    }

    /** The context of deletions that no request asked for. */
    private RequestContext expiration() {
        String own = access.identity().cseId();
        RequestPrimitive request = RequestPrimitive.builder(Operation.DELETE, own).from(own).requestIdentifier("expiration")
                .build();
        return new RequestContext(request, own, Hop.local("io.lintel.cse"), clock.instant());
    }

    /**
     * Deletes a resource whose time has come, unless it has been given more in the meantime. With an instance go those
     * before it whose time has come too.
     */
    CompletionStage<Void> expire(Resource expired) {
        CompletionStage<Void> gone = expire(expired.id());
        return !ResourceTypes.isInstance(expired.type()) ? gone : gone.thenCompose(done -> store.byId(expired.parentId())
                .map(container -> purge(new Place(container, Place.Virtual.OLDEST)))
                .orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    private CompletionStage<Void> expire(String id) {
        RequestContext context = expiration();
        return store.write(writer -> {
            Effects effects = new Effects();
            Optional<Resource> target = writer.byId(id).filter(resource -> resource.expiration() <= clock.millis());
            boolean gone = target.map(resource -> isUnfinished(resource) ? Boolean.FALSE
                    : Boolean.valueOf(deleteNow(writer, effects, context, resource))).orElse(true);
            return new Step(effects, gone);
        }).thenCompose(step -> {
            writes.refresh(step.effects());
            return step.gone() ? CompletableFuture.completedFuture(null) : finish(id, context);
        });
    }
}
