// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.location;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.ContainerRules;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Durations;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.ResourceTypes;
import java.util.Optional;

/**
 * {@code <locationPolicy>} (TS-0004 7.4.11) of positions that the device itself knows ({@code los} 2): makes a container
 * beside itself, whose contentInstances are the positions, written by whoever may create there; see {@link Positions}. The
 * container goes with the policy. Positions from a network or from neighbours are refused.
 */
public final class LocationPolicyRules implements TypeRules {
    private static final long NETWORK = 1;
    private static final long SHARING = 3;

    private final EventSink events;
    private final ContainerRules containers;
    private final Positions positions;
    private Removal removal = (writer, context, container) -> writer.delete(container);

    /** Deletes a container with all below it, now or in further tasks. */
    public interface Removal {
        void remove(ResourceWriter writer, RequestContext context, Resource container);
    }

    public LocationPolicyRules(EventSink events, ContainerRules containers, Positions positions) {
        this.events = events;
        this.containers = containers;
        this.positions = positions;
    }

    /** To be called once, before the first request. */
    public void removing(Removal by) {
        this.removal = by;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        long source = requested.number("los").orElse(0L);
        if (source == NETWORK && !requested.has("lor")) {
            throw Refusals.badRequest("los 1: a position from the network needs a location server, lor");
        }
        if (source == NETWORK || source == SHARING) {
            throw Refusals.notImplemented("los " + source + ": " + (source == NETWORK ? "no location server is asked here"
                    : "positions are not shared between nodes here") + "; a device's own positions (los 2) are served");
        }
        check(requested);
        String id = writer.newId(ResourceTypes.CONTAINER, parent.id());
        String name = requested.text("lon").orElse(id);
        if (!Identifiers.isElement(name) || TargetResolver.RESERVED_NAMES.contains(name)) {
            throw Refusals.badRequest("lon can't be the name of a container: " + name);
        }
        if (writer.child(parent.id(), name).isPresent() || requested.text("rn").filter(name::equals).isPresent()) {
            throw Refusals.conflict("lon: there is already a resource named " + name + " below " + parent.id());
        }
        attributes.set("lon", name).set("loi", id).set("lost", Positions.NONE);
    }

    private static void check(Attributes attributes) {
        if (attributes.number("lit").filter(type -> type == 2).isPresent() || attributes.has("gta") || attributes.has("gec")) {
            throw Refusals.notImplemented("geofence events (lit 2, gta, gec) are not derived from positions here");
        }
        attributes.texts("lou").forEach(period -> {
            if (Durations.parse(period).filter(duration -> !duration.isNegative()).isEmpty()) {
                throw Refusals.badRequest("lou must hold durations such as PT10M, not " + period);
            }
        });
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        Attributes policy = created.attributes();
        String id = policy.text("loi").orElseThrow();
        String name = policy.text("lon").orElseThrow();
        Attributes container = Attributes.builder().set("rn", name).set("ty", ResourceTypes.CONTAINER).set("ri", id)
                .set("pi", parent.id()).set("ct", policy.get("ct")).set("lt", policy.get("lt")).set("et", policy.get("et"))
                .set("acpi", policy.get("acpi")).set("st", 0).set("cni", 0).set("cbs", 0).set("li", created.id()).build();
        Resource made = new Resource(ResourceTypes.CONTAINER, "m2m:cnt", id, parent.id(), name, created.creator(),
                TargetResolver.expiration(container), container);
        writer.insert(made);
        positions.await(created);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.CHILD_CREATED, writer.byId(parent.id()).orElse(parent), made,
                Attributes.empty(), context));
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        check(after.build());
    }

    /** The container lives as long as its policy. */
    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        positions.await(after);
        Optional<Resource> container = container(writer, after).filter(found -> after.expiration() != before.expiration());
        container.ifPresent(old -> {
            Resource changed = old.with(old.attributes().toBuilder().set("et", after.attributes().get("et")).build(),
                    after.expiration());
            writer.update(changed);
            containers.updated(writer, context, old, changed);
        });
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        container(writer, deleted).ifPresent(container -> removal.remove(writer, context, container));
    }

    private static Optional<Resource> container(ResourceWriter writer, Resource policy) {
        return policy.text("loi").flatMap(writer::byId)
                .filter(container -> container.text("li").filter(policy.id()::equals).isPresent());
    }
}
