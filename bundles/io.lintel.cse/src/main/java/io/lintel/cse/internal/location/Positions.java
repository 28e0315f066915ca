// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.location;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.internal.record.DueTimes;
import io.lintel.primitive.Durations;
import io.lintel.primitive.ResourceTypes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code locationStatus} of the location policies: whether positions come, and whether they come as often as
 * {@code lou} says. Positions are contentInstances of the policy's container, written by the AE that knows them, or by the
 * device adapter. {@link #tick} runs on the executor, all else on the writer's thread or at the start.
 */
public final class Positions {
    static final String NONE = "no position yet";
    static final String KNOWN = "position known";
    static final String OVERDUE = "position overdue";
    static final String NO_CONTAINER = "the container is deleted";
    private static final Logger LOG = LoggerFactory.getLogger(Positions.class);
    private static final int PAGE = 200;
    private static final long AGAIN_MILLIS = 1000;

    private final ResourceStore store;
    private final Clock clock;
    private final DueTimes due = new DueTimes();

    public Positions(ResourceStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Takes up the policies of before the start; each gets a whole period from now on. */
    public void load(ResourceReader reader) {
        String last = "";
        List<Resource> page;
        do {
            page = reader.ofType(ResourceTypes.LOCATION_POLICY, last, PAGE);
            for (Resource policy : page) {
                last = policy.id();
                await(policy);
            }
        } while (page.size() == PAGE);
    }

    /** A position is expected within a period from now, if the policy has one. */
    void await(Resource policy) {
        Optional<Duration> period = policy.attributes().texts("lou").stream().findFirst().flatMap(Durations::parse)
                .filter(duration -> !duration.isZero());
        period.ifPresent(duration -> due.set(policy.id(), clock.instant().plus(duration).toEpochMilli()));
    }

    /** An instance was added to a container; a position, if the container is a policy's. */
    public void arrived(ResourceWriter writer, Resource container) {
        policy(writer, container).ifPresent(policy -> {
            status(writer, policy, KNOWN);
            await(policy);
        });
    }

    /** A container is gone; its policy, if it has one, has none any more. */
    public void gone(ResourceWriter writer, Resource container) {
        policy(writer, container).ifPresent(policy -> writer.update(policy.with(policy.attributes().toBuilder().remove("loi")
                .set("lost", NO_CONTAINER).build())));
    }

    private static Optional<Resource> policy(ResourceWriter writer, Resource container) {
        return container.text("li").flatMap(writer::byId).filter(policy -> policy.type() == ResourceTypes.LOCATION_POLICY);
    }

    private static void status(ResourceWriter writer, Resource policy, String status) {
        if (policy.text("lost").filter(status::equals).isEmpty()) {
            writer.update(policy.with(policy.attributes().toBuilder().set("lost", status).build()));
        }
    }

    /** Looks at the policies whose period is over. */
    public void tick() {
        for (String id : due.take(clock.millis(), PAGE)) {
            store.write(writer -> {
                writer.byId(id).filter(policy -> policy.type() == ResourceTypes.LOCATION_POLICY && policy.attributes().has("loi")
                        && !policy.attributes().texts("lou").isEmpty()).ifPresent(policy -> status(writer, policy, OVERDUE));
                return null;
            }).whenComplete((done, failure) -> {
                if (failure != null) {
                    due.set(id, clock.millis() + AGAIN_MILLIS);
                    if (!(failure instanceof StoreFullException)) {
                        LOG.error("the status of location policy {} could not be set; it is tried again", id, failure);
                    }
                }
            });
        }
    }
}
