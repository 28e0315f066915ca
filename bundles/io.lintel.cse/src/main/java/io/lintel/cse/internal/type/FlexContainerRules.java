// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.FlexContainerDefinition;
import io.lintel.primitive.FlexContainerTypes;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code <flexContainer>} (TS-0001 9.6.35, TS-0004 7.4.37): the size of its own attributes, and, where
 * {@code fcinEnabled} asks for it (Release 4), an instance that records them at the creation and at each change. Which
 * attributes are its own and what they may hold says the definition, by which the table has been made. On the writer's
 * thread, inside the task of the request.
 */
public final class FlexContainerRules implements TypeRules {
    private static final Logger LOG = LoggerFactory.getLogger(FlexContainerRules.class);
    private static final ResourceType GENERIC = ResourceTypes.ofNumber(ResourceTypes.FLEX_CONTAINER).orElseThrow();

    private final ResourceStore store;
    private final Instances instances;
    private final EventSink events;
    private final int maximumBytes;

    public FlexContainerRules(ResourceStore store, Instances instances, EventSink events, CseSettings settings) {
        this.store = store;
        this.instances = instances;
        this.events = events;
        this.maximumBytes = settings.maximumContentBytes();
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        requested.text("cnd").flatMap(FlexContainerTypes::ofUrn).ifPresent(definition -> requireOne(definition, requested));
        attributes.set("cs", size(requested));
        if (records(requested)) {
            attributes.set("cni", 0).set("cbs", 0);
        }
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        if (records(created.attributes())) {
            record(writer, context, created, created.attributes()).ifPresent(counted -> writer.update(created.with(counted)));
        }
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        boolean own = changes.names().stream().anyMatch(FlexContainerRules::isOwn);
        if (own && FlexContainerTypes.definition(before.memberName()).isEmpty()) {
            throw TypeCatalog.unknownDefinition(before.text("cnd").orElse(before.memberName()), context.request());
        }
        after.set("cs", size(after.build()));
        Attributes changed = after.build();
        FlexContainerTypes.definition(before.memberName()).ifPresent(definition -> requireOne(definition, changed));
        if (records(changed)) {
            if (!changed.has("cni")) {
                after.set("cni", 0).set("cbs", 0);
            }
            if (own) {
                record(writer, context, before, after.build()).ifPresent(after::setAll);
            }
        }
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        if (!after.attributes().has("cni")) {
            return;
        }
        if (after.expiration() > before.expiration()) {
            instances.outlived(writer, after);
        }
        if (!step(writer, after)) {
            stepLater(after.id());
        }
    }

    /** Brings the instances within what the flexContainer now asks for; without {@code fcied} it has none. */
    private boolean step(ResourceWriter writer, Resource container) {
        if (container.attributes().has("fcied")) {
            return instances.trim(writer, container);
        }
        boolean done = instances.clear(writer, container);
        if (done) {
            writer.byId(container.id()).ifPresent(cleared -> writer.update(cleared.with(
                    cleared.attributes().toBuilder().remove("cni").remove("cbs").build())));
        }
        return done;
    }

    /** Goes on in further tasks, between which other requests have their turn. */
    private void stepLater(String id) {
        store.write(writer -> writer.byId(id).map(container -> step(writer, container)).orElse(true))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.error("flexContainer {} could not be brought within its limits", id, failure);
                    } else if (!done) {
                        stepLater(id);
                    }
                });
    }

    /** Of attributes by which releases call the same thing differently, one has to be there. */
    private static void requireOne(FlexContainerDefinition definition, Attributes attributes) {
        List<String> alternatives = definition.alternatives();
        if (!alternatives.isEmpty() && alternatives.stream().noneMatch(attributes::has)) {
            throw Refusals.badRequest(definition.name() + " needs one of these attributes: " + String.join(", ", alternatives));
        }
    }

    private static boolean records(Attributes container) {
        return container.flag("fcied").orElse(false);
    }

    /** Adds an instance; the result is the representation with it counted, empty if there is no room for any. */
    private Optional<Attributes> record(ResourceWriter writer, RequestContext context, Resource container, Attributes state) {
        long size = state.number("cs").orElse(0L);
        if (state.number("mni").filter(mni -> mni == 0).isPresent()
                || state.number("mbs").filter(mbs -> size > mbs).isPresent()) {
            return Optional.empty();
        }
        String id = writer.newId(ResourceTypes.FLEX_CONTAINER_INSTANCE, container.id());
        String now = Timestamps.format(context.now());
        Attributes.Builder copy = Attributes.builder().set("rn", id).set("ty", ResourceTypes.FLEX_CONTAINER_INSTANCE)
                .set("ri", id).set("pi", container.id()).set("ct", now).set("lt", now).set("et", end(context.now(), state))
                .set("cs", size).set("org", context.originator()).set("dgt", state.get("dgt"));
        state.forEach((name, value) -> {
            if (isOwn(name)) {
                copy.set(name, value);
            }
        });
        Attributes complete = copy.build();
        Resource parent = container.with(state, TargetResolver.expiration(state));
        Resource instance = new Resource(ResourceTypes.FLEX_CONTAINER_INSTANCE, "m2m:fci", id, container.id(), id,
                context.originator(), Instances.storedExpiration(ResourceTypes.FLEX_CONTAINER_INSTANCE, parent,
                TargetResolver.expiration(complete)), complete);
        writer.insert(instance);
        Attributes counted = instances.counted(writer, context.now(), container.id(), state, instance);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.CHILD_CREATED, parent.with(counted), instance,
                Attributes.empty(), context));
        return Optional.of(counted);
    }

    /** An instance ends with its flexContainer, or earlier by {@code mia}. */
    private static String end(Instant now, Attributes container) {
        String end = container.text("et").orElseThrow();
        return container.number("mia").filter(age -> age < Integer.MAX_VALUE)
                .map(age -> Timestamps.format(now.plusSeconds(age))).filter(oldest -> oldest.compareTo(end) < 0).orElse(end);
    }

    /** The sum of the sizes of its own attributes; refuses what is too large to be kept. */
    private long size(Attributes container) {
        long[] total = new long[1];
        container.forEach((name, value) -> total[0] += isOwn(name) ? ContentLimits.size(value) : 0);
        if (total[0] > maximumBytes) {
            throw Refusals.notAcceptable("the attributes of its own have " + total[0] + " bytes where at most " + maximumBytes
                    + " are stored");
        }
        return total[0];
    }

    private static boolean isOwn(String name) {
        return !GENERIC.hasAttribute(name);
    }
}
