// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.operation.CommonAttributes;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The instances of a container as a bounded queue: counters {@code cni} and {@code cbs} kept in the container's own
 * representation, eviction from the old end (TS-0004 7.4.6, 7.4.7). An evicted instance causes no event. On the
 * writer's thread, inside a task.
 *
 * <p>Most instances end with their container, and are deleted with it. These are stored without an expiration, so that
 * the store keeps no index entry for each. Only when the container's life is prolonged, the newest of them gets its
 * expiration, for the sweep to find it; those before it go with it.
 */
public final class Instances {
    /** At most so many instances are removed in one task, so that lowering a limit does not stop all other requests. */
    public static final int STEP = 500;

    private final Clock clock;
    private final InstanceChildren children;
    private BiConsumer<ResourceWriter, Resource> below = (writer, instance) -> { };

    public Instances(Clock clock, InstanceChildren children) {
        this.clock = clock;
        this.children = children;
    }

    /** To be called once, before the first request, with what deletes all that is below an instance. */
    public void clearing(BiConsumer<ResourceWriter, Resource> by) {
        this.below = by;
    }

    /** The expiration that the store has to know of a new resource: none, if an instance ends with its container. */
    public static long storedExpiration(int type, Resource parent, long end) {
        return ResourceTypes.isInstance(type) && end == parent.expiration() ? Long.MAX_VALUE : end;
    }

    /** The container will outlive the instances that were to end with it. */
    void outlived(ResourceWriter writer, Resource container) {
        writer.newestInstance(container.id()).filter(newest -> newest.expiration() == Long.MAX_VALUE).ifPresent(newest ->
                writer.update(newest.with(newest.attributes(), TargetResolver.end(newest))));
    }

    /** Counts a new instance, makes room, and raises the state tag. */
    public void added(ResourceWriter writer, Instant now, Resource container, Resource instance) {
        Attributes before = container.attributes();
        Attributes counted = counters(before, before.number("cni").orElse(0L) + 1,
                before.number("cbs").orElse(0L) + size(instance)).set("st", CommonAttributes.nextStateTag(before)).build();
        writer.update(container.with(evict(writer, container.id(), counted, now)));
    }

    /** As {@link #added} for a parent whose representation is just being made: that, counted and within its limits. */
    Attributes counted(ResourceWriter writer, Instant now, String parentId, Attributes parent, Resource instance) {
        return evict(writer, parentId, counters(parent, parent.number("cni").orElse(0L) + 1,
                parent.number("cbs").orElse(0L) + size(instance)).build(), now);
    }

    /** Uncounts an instance that was deleted, unless its container has gone with it. */
    public void removed(ResourceWriter writer, Resource instance) {
        writer.byId(instance.parentId()).ifPresent(container -> {
            Attributes before = container.attributes();
            writer.update(container.with(counters(before, Math.max(0, before.number("cni").orElse(0L) - 1),
                    Math.max(0, before.number("cbs").orElse(0L) - size(instance))).build()));
        });
    }

    /** Brings the container within its limits again; the result says whether it is. */
    boolean trim(ResourceWriter writer, Resource container) {
        Attributes after = evict(writer, container.id(), container.attributes(), clock.instant());
        if (!after.equals(container.attributes())) {
            writer.update(container.with(after));
        }
        return !overfull(after) && oldestOverAge(writer, container.id(), after, clock.instant()).isEmpty();
    }

    /** Removes all instances, at most a step of them; the result says whether none is left. */
    boolean clear(ResourceWriter writer, Resource container) {
        Attributes attributes = container.attributes();
        for (int i = 0; i < STEP; i++) {
            Optional<Resource> oldest = writer.oldestInstance(container.id());
            if (oldest.isEmpty()) {
                writer.update(container.with(counters(attributes, 0, 0).build()));
                return true;
            }
            attributes = remove(writer, attributes, oldest.get());
        }
        writer.update(container.with(attributes));
        return false;
    }

    /** The newest or oldest instance, expired or not. */
    public static Optional<Resource> current(io.lintel.cse.api.store.ResourceReader reader, Place place) {
        String id = place.resource().id();
        return place.virtual() == Place.Virtual.LATEST ? reader.newestInstance(id) : reader.oldestInstance(id);
    }

    private Attributes evict(ResourceWriter writer, String containerId, Attributes container, Instant now) {
        Attributes attributes = container;
        for (int i = 0; i < STEP; i++) {
            Optional<Resource> victim = overfull(attributes) ? writer.oldestInstance(containerId)
                    : oldestOverAge(writer, containerId, attributes, now);
            if (victim.isEmpty()) {
                break;
            }
            attributes = remove(writer, attributes, victim.get());
        }
        return attributes;
    }

    private Attributes remove(ResourceWriter writer, Attributes container, Resource instance) {
        if (children.possibleIn(instance.parentId())) {
            below.accept(writer, instance);
        }
        writer.delete(instance);
        return counters(container, container.number("cni").orElse(1L) - 1, container.number("cbs").orElse(0L) - size(instance))
                .build();
    }

    private static boolean overfull(Attributes container) {
        long count = container.number("cni").orElse(0L);
        long bytes = container.number("cbs").orElse(0L);
        return container.number("mni").filter(mni -> count > mni).isPresent()
                || container.number("mbs").filter(mbs -> bytes > mbs).isPresent();
    }

    private static Optional<Resource> oldestOverAge(ResourceWriter writer, String containerId, Attributes container,
            Instant now) {
        Optional<Long> age = container.number("mia").filter(seconds -> seconds < Integer.MAX_VALUE);
        if (age.isEmpty()) {
            return Optional.empty();
        }
        return writer.oldestInstance(containerId).filter(oldest -> oldest.text("ct").flatMap(Timestamps::parse)
                .filter(created -> !created.plusSeconds(age.get()).isAfter(now)).isPresent());
    }

    private static Attributes.Builder counters(Attributes container, long count, long bytes) {
        return container.toBuilder().set("cni", count).set("cbs", bytes);
    }

    private static long size(Resource instance) {
        return instance.attributes().number("cs").orElse(0L);
    }
}
