// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.profile.ServiceSubscriptions;
import io.lintel.cse.internal.registration.AeAnncRules;
import io.lintel.cse.internal.registration.AeRegistration;
import io.lintel.cse.internal.registration.AnnouncedAe;
import io.lintel.cse.internal.registration.RemoteCseIndex;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.Instances;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.AttributeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * CREATE at the hosting CSE (TS-0004 7.2.2.1, 7.2.3.2). All checks and the insertion are one task of the writer; types
 * that have to ask other entities first are checked on the door's thread, then prepared, then checked again in the task.
 */
public final class Creation {
    private final ResourceStore store;
    private final Writes writes;
    private final TargetResolver resolver;
    private final AccessControl access;
    private final TypeCatalog catalog;
    private final TreeLimits limits;
    private final ServiceSubscriptions subscriptions;
    private final CommonAttributes common;
    private final AeRegistration aeRegistration;
    private final AeAnncRules announcedAes;
    private final Deletion deletion;
    private final EventSink events;
    private final ResultContents results;

    private record Plan(Resource parent, ResourceType type, Attributes requested) {
    }

    public Creation(ResourceStore store, Writes writes, TargetResolver resolver, AccessControl access, TypeCatalog catalog,
            TreeLimits limits, ServiceSubscriptions subscriptions, CommonAttributes common, AeRegistration aeRegistration,
            AeAnncRules announcedAes, Deletion deletion, EventSink events, ResultContents results) {
        this.store = store;
        this.writes = writes;
        this.resolver = resolver;
        this.access = access;
        this.catalog = catalog;
        this.limits = limits;
        this.subscriptions = subscriptions;
        this.common = common;
        this.aeRegistration = aeRegistration;
        this.announcedAes = announcedAes;
        this.deletion = deletion;
        this.events = events;
        this.results = results;
    }

    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Address address) {
        int number = context.request().resourceType().orElseThrow();
        if (catalog.needsPreparation(number)) {
            return writes.unlessDone(context, () -> {
                Plan plan = plan(store, context, address);
                TypeRules rules = catalog.rules(number);
                return rules.conclude(context, rules.prepareCreate(context, plan.parent(), plan.requested())
                        .thenCompose(done -> write(context, address)));
            });
        }
        if (number == ResourceTypes.AE && !subscriptions.isOff()) {
            return writes.unlessDone(context, () -> subscriptions.prepare().thenCompose(ready ->
                    registered(as(context, subscriptions.permitted(store, context)), address)));
        }
        return number == ResourceTypes.AE ? registered(context, address) : write(context, address);
    }

    private CompletionStage<ResponsePrimitive> registered(RequestContext context, Address address) {
        if (aeRegistration.needsInfrastructure(context.originator())) {
            return writes.unlessDone(context, () -> {
                Plan plan = plan(store, context, address);
                return aeRegistration.withStemFromInfrastructure(context, plan.requested(),
                        stem -> write(as(context, stem), address));
            });
        }
        return write(context, address);
    }

    private static RequestContext as(RequestContext context, String originator) {
        return new RequestContext(context.request(), originator, context.hop(), context.now(), context.alongside(),
                context.entitlements());
    }

    private CompletionStage<ResponsePrimitive> write(RequestContext context, Address address) {
        return writes.run(context, (writer, effects) -> create(writer, effects, context, address));
    }

    private ResponsePrimitive create(ResourceWriter writer, Effects effects, RequestContext asked, Address address) {
        Plan plan = plan(writer, asked, address);
        Resource parent = plan.parent();
        ResourceType type = plan.type();
        limits.checkRoom(writer, type, parent);
        String id = identifier(writer, asked, type.number(), parent);
        RequestContext context = as(asked, creator(asked.originator(), type.number(), parent, id));
        if (type.number() == ResourceTypes.AE) {
            writer.byId(id).ifPresent(past -> makeRoom(writer, effects, context, past));
        } else if (type.number() == ResourceTypes.REMOTE_CSE) {
            RemoteCseIndex.all(writer).stream().filter(remote -> resolver.isExpired(remote)
                    && remote.text("csi").filter(context.originator()::equals).isPresent())
                    .forEach(past -> makeRoom(writer, effects, context, past));
        }
        String name = name(writer, effects, context, parent, plan.requested().text("rn"), id);
        Attributes.Builder attributes = common.start(context, type, parent, id, name, plan.requested());
        TypeRules rules = catalog.rules(type.number());
        rules.create(writer, context, parent, attributes);
        Attributes complete = attributes.build();
        Resource created = new Resource(type.number(), type.memberName(), id, parent.id(), name, context.originator(),
                Instances.storedExpiration(type.number(), parent, TargetResolver.expiration(complete)), complete);
        writer.insert(created);
        effects.touched(created);
        boolean counts = !ResourceTypes.isInstance(type.number()) && !ResourceTypes.isInstance(parent.type());
        if (counts && CommonAttributes.countsModifications(parent)) {
            writer.update(parent.with(parent.attributes().toBuilder()
                    .set("st", CommonAttributes.nextStateTag(parent.attributes())).build()));
        }
        rules.created(writer, context, parent, created);
        Resource settled = writer.byId(created.id()).orElse(created);
        Resource parentAfter = writer.byId(parent.id()).orElse(parent);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.CHILD_CREATED, parentAfter, settled, Attributes.empty(), context));
        return results.created(writer, context.request(), settled, plan.requested());
    }

    private String identifier(ResourceWriter writer, RequestContext asked, int type, Resource parent) {
        return switch (type) {
            case ResourceTypes.AE -> aeRegistration.stem(writer, asked.originator());
            default -> AnnouncedAe.makesStem(type, parent) ? announcedAes.stem(writer, asked.originator())
                    : writer.newId(type, parent.id());
        };
    }

    /** An AE is made by itself, an {@code <AEAnnc>} by the registrar that speaks for its stem. */
    private static String creator(String originator, int type, Resource parent, String id) {
        return type == ResourceTypes.AE ? id
                : AnnouncedAe.makesStem(type, parent) ? EntityIds.cseOf(originator) : originator;
    }

    /**
     * What is in the way of a registration that may be made, goes: an expired one of the same AE or CSE and, at the IN-CSE,
     * the idle {@code <AEAnnc>} of an AE that comes to register here itself.
     */
    private void makeRoom(ResourceWriter writer, Effects effects, RequestContext context, Resource past) {
        if (!deletion.deleteNow(writer, effects, context, past)) {
            throw Refusals.conflict(past.id() + " has too much below it to make room at once: delete it first");
        }
    }

    /** Everything that can be refused before anything is changed, in the order of TS-0004 7.2.3.2. */
    private Plan plan(ResourceReader reader, RequestContext context, Address address) {
        RequestPrimitive request = context.request();
        int number = request.resourceType().orElseThrow();
        Place place = resolver.locate(reader, address, request.to());
        if (place.isVirtual()) {
            throw Refusals.notAllowed("nothing can be created below a virtual resource");
        }
        Resource parent = place.resource();
        ResourceType parentType = TypeCatalog.typeOf(parent.memberName());
        if (number != ResourceTypes.AE && number != ResourceTypes.REMOTE_CSE
                && !AnnouncedAe.makesStem(number, parent)) {
            access.requireCreate(reader, context, parent, number);
        }
        if (number == ResourceTypes.REMOTE_CSE) {
            access.requireAdmitted(context.originator());
            subscriptions.requireNode(reader, context.originator());
        }
        ResourceType generic = catalog.creatable(number);
        limits.checkRelease(generic);
        TypeCatalog.requireChild(parentType, generic);
        if (number == ResourceTypes.SUBSCRIPTION) {
            access.require(reader, context, parent, io.lintel.primitive.Operation.RETRIEVE);
        }
        Content content = request.content()
                .orElseThrow(() -> Refusals.badRequest("pc, the content, is missing in a CREATE request"));
        ResourceType type = TypeCatalog.specialisation(generic, content, request);
        Attributes requested = TypeCatalog.representation(content, type);
        if (number == ResourceTypes.AE) {
            aeRegistration.check(reader, context, requested);
        }
        if (AnnouncedAe.makesStem(number, parent)) {
            announcedAes.check(reader, context, parent, requested);
        }
        CommonAttributes.checkExpiration(requested, context.now());
        if (requested.has("cr") && !requested.isNull("cr")) {
            throw Refusals.badRequest("cr is filled in by the CSE: ask for it with null");
        }
        limits.checkRequest(type, requested);
        AttributeRules.checkCreate(type, requested);
        CommonAttributes.checkName(requested);
        access.checkPolicies(reader, requested, "acpi");
        access.checkConsultations(reader, requested.texts("daci"));
        return new Plan(parent, type, requested);
    }

    /** The chosen name if it is free, else one that is: the resource ID, unless somebody chose just that as a name. */
    private String name(ResourceWriter writer, Effects effects, RequestContext context, Resource parent, Optional<String> chosen,
            String id) {
        if (chosen.isPresent()) {
            Optional<Resource> sibling = writer.child(parent.id(), chosen.get());
            if (sibling.isPresent() && resolver.isExpired(sibling.get())) {
                deletion.deleteNow(writer, effects, context, sibling.get());
                sibling = writer.child(parent.id(), chosen.get());
            }
            if (sibling.isPresent()) {
                throw Refusals.conflict("there is already a resource named " + chosen.get() + " below " + parent.id());
            }
            return chosen.get();
        }
        String name = id;
        for (int i = 1; writer.child(parent.id(), name).isPresent(); i++) {
            name = id + "." + i;
        }
        return name;
    }
}
