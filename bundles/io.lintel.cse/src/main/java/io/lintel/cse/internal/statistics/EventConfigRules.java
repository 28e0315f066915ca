// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.statistics;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;

/** {@code <eventConfig>} (TS-0001 9.6.24): what counts as an event; its {@code eventID} is its resource ID. */
public final class EventConfigRules implements TypeRules {
    static final int DATA_OPERATION = 1;
    static final int STORAGE_BASED = 2;
    static final int TIMER_BASED = 3;

    private final Statistics statistics;

    public EventConfigRules(Statistics statistics) {
        this.statistics = statistics;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        check(requested);
        attributes.set("evi", requested.text("ri").orElseThrow());
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        check(after.build());
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        statistics.changed();
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        statistics.changed();
    }

    private static void check(Attributes event) {
        if (event.text("evs").isPresent() && event.text("eve").isPresent()
                && event.text("evs").get().compareTo(event.text("eve").get()) >= 0) {
            throw Refusals.badRequest("eve must be later than evs: " + event.text("eve").get());
        }
        long type = event.number("evt").orElse(0L);
        if (type == STORAGE_BASED && !event.has("ds")) {
            throw Refusals.badRequest("ds, the data size, is missing: a storage based event (evt 2) needs it");
        }
        if (type != STORAGE_BASED && event.has("ds")) {
            throw Refusals.badRequest("ds, the data size, is for storage based events (evt 2) only");
        }
        if (type != DATA_OPERATION && event.has("opt")) {
            throw Refusals.badRequest("opt, the operations, is for events of data operations (evt 1) only");
        }
    }
}
