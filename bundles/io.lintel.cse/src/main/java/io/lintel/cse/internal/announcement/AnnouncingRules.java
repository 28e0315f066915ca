// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The rules of a type whose resources can be announced: {@code at} and {@code aa} are read and brought into their form,
 * all else is the type's own affair (TS-0001 10.2.18.3). What follows from them, the {@link Announcer} does.
 */
final class AnnouncingRules implements TypeRules {
    private static final Set<Integer> WITH_THEIR_PARENT = Set.of(ResourceTypes.CONTENT_INSTANCE,
            ResourceTypes.TIME_SERIES_INSTANCE, ResourceTypes.FLEX_CONTAINER_INSTANCE);

    private final TypeRules rules;
    private final Links links;
    private final Announcer announcer;

    AnnouncingRules(TypeRules rules, Links links, Announcer announcer) {
        this.rules = rules;
        this.links = links;
        this.announcer = announcer;
    }

    @Override
    public boolean prepares() {
        return rules.prepares();
    }

    @Override
    public CompletionStage<Void> prepareCreate(RequestContext context, Resource parent, Attributes requested) {
        return rules.prepareCreate(context, parent, requested);
    }

    @Override
    public CompletionStage<Void> prepareUpdate(RequestContext context, Resource target, Attributes changes) {
        return rules.prepareUpdate(context, target, changes);
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        rules.create(writer, context, parent, attributes);
        Attributes requested = attributes.build();
        if (requested.has("at") || requested.has("aa")) {
            String member = context.request().content().map(content -> content.name()).orElse("");
            ResourceType type = AnnouncedForm.type(member, requested.number("ty").orElse(0L).intValue()).orElseThrow();
            AnnouncedForm.checkNames(type, requested.texts("aa"));
            put(attributes, links.wanted(requested.texts("at"), Map.of()), parent, type.number());
        }
    }

    private void put(Attributes.Builder attributes, List<String> entries, Resource parent, int type) {
        if (WITH_THEIR_PARENT.contains(type)) {
            Set<String> announced = links.of(parent).keySet();
            entries.stream().filter(entry -> links.cse(entry).filter(announced::contains).isEmpty()).findFirst()
                    .ifPresent(entry -> {
                        throw Refusals.notAllowed("an instance can be announced only where its parent is, not to " + entry);
                    });
        }
        if (entries.isEmpty()) {
            attributes.remove(Links.ANNOUNCE_TO);
        } else {
            attributes.set(Links.ANNOUNCE_TO, entries);
        }
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        rules.created(writer, context, parent, created);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        rules.update(writer, context, before, changes, after);
        ResourceType type = AnnouncedForm.type(before.memberName(), before.type()).orElseThrow();
        AnnouncedForm.checkNames(type, changes.texts("aa"));
        if (!changes.has("at")) {
            return;
        }
        Resource parent = writer.byId(before.parentId()).orElse(before);
        put(after, links.wanted(changes.texts("at"), links.of(before)), parent, type.number());
        Attributes updated = after.build();
        if (!updated.has("at") && before.attributes().has("at")) {
            // the writer would not notice that there were links
            announcer.updated(writer, before, before.with(updated));
        }
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        rules.updated(writer, context, before, after);
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        rules.deleted(writer, context, deleted);
    }

    @Override
    public Attributes executed(Resource target, Attributes changes) {
        return rules.executed(target, changes);
    }

    @Override
    public Optional<Runnable> afterCommit(Resource after, Attributes changes) {
        return rules.afterCommit(after, changes);
    }

    @Override
    public CompletionStage<ResponsePrimitive> conclude(RequestContext context, CompletionStage<ResponsePrimitive> creation) {
        return rules.conclude(context, creation);
    }

    @Override
    public void delete(ResourceWriter writer, RequestContext context, Resource target) {
        rules.delete(writer, context, target);
    }

    @Override
    public boolean takesNotifications() {
        return rules.takesNotifications();
    }

    @Override
    public CompletionStage<ResponsePrimitive> notified(RequestContext context, Resource target) {
        return rules.notified(context, target);
    }
}
