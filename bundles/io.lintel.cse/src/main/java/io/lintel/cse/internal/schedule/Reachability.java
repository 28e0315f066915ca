// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.schedule;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.primitive.Address;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Schedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When the AE or CSE of a resource here can be reached (TS-0001 9.6.9): as the schedule below its {@code <AE>} or
 * {@code <remoteCSE>} says, and the one below the {@code <node>} that this links to. Any thread.
 */
public final class Reachability {
    /** When something will be reachable that no schedule ever makes so. */
    public static final Instant NEVER = Instant.ofEpochMilli(Long.MAX_VALUE);

    private final Schedules schedules;
    private final ResourceStore store;
    private final ResourceReferences references;

    public Reachability(Schedules schedules, ResourceStore store, EntityIds ids) {
        this.schedules = schedules;
        this.store = store;
        this.references = new ResourceReferences(ids);
    }

    /** When the entity can be reached again, {@link #NEVER} included; empty if it can be reached now. */
    public Optional<Instant> asleepUntil(Resource entity, Instant now) {
        if (schedules.isEmpty()) {
            return Optional.empty();
        }
        List<Schedule> both = new ArrayList<>(2);
        both.add(schedules.below(entity.id()));
        entity.text("nl").flatMap(this::node).map(node -> schedules.below(node.id())).ifPresent(both::add);
        if (both.stream().allMatch(schedule -> schedule.isOpen(now))) {
            return Optional.empty();
        }
        Instant opens = now;
        for (Schedule schedule : both) {
            Instant next = schedule.opens(now).orElse(NEVER);
            opens = next.isAfter(opens) ? next : opens;
        }
        return Optional.of(opens);
    }

    private Optional<Resource> node(String link) {
        try {
            return references.resolve(store, Address.parse(link)).filter(found -> found.type() == ResourceTypes.NODE);
        } catch (PrimitiveException e) {
            return Optional.empty();   // it names nothing here
        }
    }
}
