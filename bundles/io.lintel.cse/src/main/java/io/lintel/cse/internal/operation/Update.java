// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.registration.AeAnncRules;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.ContainerRules;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.AttributeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Timestamps;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** UPDATE at the hosting CSE (TS-0004 7.2.2.3, 7.2.3.5): one task of the writer, like {@link Creation}. */
public final class Update {
    private static final int PAGE = 200;

    private final ResourceStore store;
    private final Writes writes;
    private final TargetResolver resolver;
    private final AccessControl access;
    private final TypeCatalog catalog;
    private final TreeLimits limits;
    private final CommonAttributes common;
    private final EventSink events;
    private final ResultContents results;

    private record Plan(Resource target, Attributes changes) {
    }

    public Update(ResourceStore store, Writes writes, TargetResolver resolver, AccessControl access, TypeCatalog catalog,
            TreeLimits limits, CommonAttributes common, EventSink events, ResultContents results) {
        this.store = store;
        this.writes = writes;
        this.resolver = resolver;
        this.access = access;
        this.catalog = catalog;
        this.limits = limits;
        this.common = common;
        this.events = events;
        this.results = results;
    }

    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Address address) {
        Optional<String> guarded = resolver.find(store, address).filter(place -> !place.isVirtual())
                .map(place -> place.resource().id()).filter(events.interest()::guards);
        return guarded.isEmpty() ? unguarded(context, address) : writes.unlessDone(context,
                () -> events.interest().alone(guarded.get(), () -> guarded(context, address)));
    }

    /** Somebody else has a say in it, if it is valid. */
    private CompletionStage<ResponsePrimitive> guarded(RequestContext context, Address address) {
        Plan plan = plan(store, context, address);
        return events.interest().beforeUpdate(context, plan.target(), plan.changes())
                .thenCompose(done -> unguarded(context, address));
    }

    private CompletionStage<ResponsePrimitive> unguarded(RequestContext context, Address address) {
        boolean prepare = resolver.find(store, address).filter(place -> catalog.needsPreparation(place.resource().type())
                || ContainerRules.opens(place.resource(), context.request().content().orElseThrow().attributes())).isPresent();
        if (!prepare) {
            return write(context, address);
        }
        return writes.unlessDone(context, () -> {
            Plan plan = plan(store, context, address);
            return catalog.rules(plan.target().type()).prepareUpdate(context, plan.target(), plan.changes())
                    .thenCompose(done -> write(context, address));
        });
    }

    private CompletionStage<ResponsePrimitive> write(RequestContext context, Address address) {
        return writes.run(context, (writer, effects) -> update(writer, effects, context, address));
    }

    private ResponsePrimitive update(ResourceWriter writer, Effects effects, RequestContext context, Address address) {
        Plan plan = plan(writer, context, address);
        Resource before = plan.target();
        Resource parent = writer.byId(before.parentId())
                .orElseThrow(() -> Refusals.notFound("the parent of the resource is gone"));
        Attributes.Builder attributes = before.attributes().toBuilder();
        plan.changes().forEach((member, value) -> {
            if (value == Attributes.NULL) {
                attributes.remove(member);
            } else {
                attributes.set(member, value);
            }
        });
        common.changeExpiration(context, parent, plan.changes(), attributes);
        attributes.set("lt", Timestamps.format(context.now()));
        if (CommonAttributes.countsModifications(before)) {
            attributes.set("st", CommonAttributes.nextStateTag(before.attributes()));
        }
        TypeRules rules = catalog.rules(before.type());
        rules.update(writer, context, before, plan.changes(), attributes);
        Attributes complete = attributes.build();
        Resource after = before.with(complete, TargetResolver.expiration(complete));
        refuseEarlierThanChildren(writer, before, after);
        writer.update(after);
        effects.touched(after);
        if (CommonAttributes.countsModifications(parent)) {
            writer.update(parent.with(parent.attributes().toBuilder()
                    .set("st", CommonAttributes.nextStateTag(parent.attributes())).build()));
        }
        rules.updated(writer, context, before, after);
        Resource settled = writer.byId(after.id()).orElse(after);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.UPDATED, settled, settled,
                difference(before.attributes(), settled.attributes()).toBuilder()
                        .setAll(rules.executed(settled, plan.changes())).build(), context));
        rules.afterCommit(settled, plan.changes()).ifPresent(effects::afterCommit);
        return results.updated(context.request(), before, settled, plan.changes());
    }

    /** The members that are not what they were; {@link Attributes#NULL} for those that are no more. */
    static Attributes difference(Attributes before, Attributes after) {
        Attributes.Builder difference = Attributes.builder();
        after.forEach((member, value) -> {
            if (!Optional.of(value).equals(before.get(member))) {
                difference.set(member, value);
            }
        });
        before.names().stream().filter(member -> !after.has(member)).forEach(member -> difference.set(member, Attributes.NULL));
        return difference.build();
    }

    /** Everything that can be refused before anything is changed. */
    private Plan plan(ResourceReader reader, RequestContext context, Address address) {
        RequestPrimitive request = context.request();
        Place place = resolver.locate(reader, address, request.to());
        if (place.isVirtual()) {
            throw Refusals.notAllowed("a virtual resource can't be updated");
        }
        Resource target = place.resource();
        ResourceType type = TypeCatalog.typeOf(target.memberName());
        if (!type.updatable() || target.type() == ResourceTypes.CSE_BASE || ResourceTypes.isInstance(target.type())) {
            throw Refusals.notAllowed(type + " can't be updated");
        }
        if (target.type() == ResourceTypes.AE && AeAnncRules.isClaim(context.originator(), request, target)) {
            throw AeAnncRules.inUse(target.id());
        }
        Attributes changes = request.content().orElseThrow().attributes();
        if (changes.has("acpi")) {
            access.requirePolicyChange(reader, context, target);
            if (changes.size() > 1) {
                throw Refusals.badRequest("acpi must be the only attribute of an UPDATE that changes it");
            }
        } else {
            access.require(reader, context, target, Operation.UPDATE);
            if (changes.has("daci")) {
                access.requirePolicyChange(reader, context, target);
            }
        }
        Conditions.require(request, Candidate.of(reader, context, target, resolver, access));
        TypeCatalog.representation(request.content().orElseThrow(), type);
        CommonAttributes.checkExpiration(changes, context.now());
        limits.checkRequest(type, changes);
        AttributeRules.checkUpdate(type, changes);
        access.checkPolicies(reader, changes, "acpi");
        access.checkConsultations(reader, changes.texts("daci"));
        return new Plan(target, changes);
    }

    /** A resource may not end before its children do; looked at only when its end comes nearer. */
    private static void refuseEarlierThanChildren(ResourceReader reader, Resource before, Resource after) {
        if (after.expiration() >= before.expiration()) {
            return;
        }
        String last = "";
        List<Resource> page;
        do {
            page = reader.children(after.id(), last, PAGE);
            for (Resource child : page) {
                if (TargetResolver.end(child) > after.expiration()) {
                    throw Refusals.badRequest("et would be earlier than that of the child " + child.name());
                }
                last = child.id();
            }
        } while (page.size() == PAGE);
    }
}
