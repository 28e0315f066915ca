// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.statistics;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;

/** {@code <statsCollect>} (TS-0001 9.6.25): whose events are counted for whom; its {@code statsCollectID} is its resource ID. */
public final class StatsCollectRules implements TypeRules {
    private final Statistics statistics;
    private final EntityIds ids;

    public StatsCollectRules(Statistics statistics, EntityIds ids) {
        this.statistics = statistics;
        this.ids = ids;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        check(writer, requested);
        attributes.set("sci", requested.text("ri").orElseThrow());
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        statistics.changed();
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        if (changes.has("evi")) {
            check(writer, after.build());
        }
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        statistics.changed();
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        statistics.changed();
    }

    private void check(ResourceReader reader, Attributes collection) {
        for (String name : new String[] {"cei", "cdi"}) {
            collection.text(name).filter(id -> ids.shorten(id).isEmpty()).ifPresent(id -> {
                throw Refusals.badRequest(name + " is no ID of an AE or CSE: " + id);
            });
        }
        collection.text("evi").filter(id -> reader.byId(id).filter(found -> found.type() == ResourceTypes.EVENT_CONFIG).isEmpty())
                .ifPresent(id -> {
                    throw Refusals.badRequest("evi is the eventID of no eventConfig: " + id);
                });
    }
}
