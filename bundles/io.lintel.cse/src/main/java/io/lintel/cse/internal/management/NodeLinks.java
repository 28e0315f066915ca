// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Keeps {@code hostedAELinks} and {@code hostedCSELink} of a node in step with {@code nodeLink} of the AEs and of the CSE that
 * say they are on it (TS-0001 9.6.4, 9.6.5, 9.6.18), around the rules that these have anyway. On the
 * writer's thread, inside the task that changes the AE or the registration.
 */
public final class NodeLinks implements TypeRules {
    private final TypeRules inner;
    private final TargetResolver resolver;

    public NodeLinks(TypeRules inner, TargetResolver resolver) {
        this.inner = inner;
        this.resolver = resolver;
    }

    @Override
    public boolean prepares() {
        return inner.prepares();
    }

    @Override
    public CompletionStage<Void> prepareCreate(RequestContext context, Resource parent, Attributes requested) {
        return inner.prepareCreate(context, parent, requested);
    }

    @Override
    public CompletionStage<Void> prepareUpdate(RequestContext context, Resource target, Attributes changes) {
        return inner.prepareUpdate(context, target, changes);
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        inner.create(writer, context, parent, attributes);
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        inner.created(writer, context, parent, created);
        link(writer, created, true);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        inner.update(writer, context, before, changes, after);
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        inner.updated(writer, context, before, after);
        if (!before.text("nl").equals(after.text("nl"))) {
            link(writer, before, false);
            link(writer, after, true);
        }
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        inner.deleted(writer, context, deleted);
        link(writer, deleted, false);
    }

    @Override
    public Attributes executed(Resource target, Attributes changes) {
        return inner.executed(target, changes);
    }

    @Override
    public Optional<Runnable> afterCommit(Resource after, Attributes changes) {
        return inner.afterCommit(after, changes);
    }

    private void link(ResourceWriter writer, Resource entity, boolean there) {
        entity.text("nl").flatMap(link -> node(writer, link)).ifPresent(node -> {
            if (entity.type() == ResourceTypes.REMOTE_CSE) {
                hosts(writer, node, entity.text("csi"), there);
            } else {
                hosts(writer, node, entity, there);
            }
        });
    }

    /** {@code hostedCSELink}: one CSE is on a node, the one that said so last. */
    private static void hosts(ResourceWriter writer, Resource node, Optional<String> cse, boolean there) {
        Attributes.Builder changed = node.attributes().toBuilder();
        if (there) {
            writer.update(node.with(changed.set("hcl", cse).build()));
        } else if (node.text("hcl").equals(cse)) {
            writer.update(node.with(changed.remove("hcl").build()));
        }
    }

    private static void hosts(ResourceWriter writer, Resource node, Resource ae, boolean there) {
        Set<Object> links = new LinkedHashSet<>(node.attributes().list("hael"));
        if (there ? links.add(ae.id()) : links.remove(ae.id())) {
            Attributes.Builder changed = node.attributes().toBuilder();
            writer.update(node.with((links.isEmpty() ? changed.remove("hael") : changed.set("hael", List.copyOf(links)))
                    .build()));
        }
    }

    /** The node here that a link leads to; a link may lead elsewhere. */
    private Optional<Resource> node(ResourceWriter writer, String link) {
        Address address = Address.parse(link);
        return resolver.isTransit(address) ? Optional.empty() : resolver.find(writer, address).filter(place -> !place.isVirtual())
                .map(Place::resource).filter(resource -> resource.type() == ResourceTypes.NODE);
    }

    @Override
    public CompletionStage<ResponsePrimitive> conclude(RequestContext context, CompletionStage<ResponsePrimitive> creation) {
        return inner.conclude(context, creation);
    }

    @Override
    public void delete(ResourceWriter writer, RequestContext context, Resource target) {
        inner.delete(writer, context, target);
    }

    @Override
    public boolean takesNotifications() {
        return inner.takesNotifications();
    }

    @Override
    public CompletionStage<ResponsePrimitive> notified(RequestContext context, Resource target) {
        return inner.notified(context, target);
    }
}
