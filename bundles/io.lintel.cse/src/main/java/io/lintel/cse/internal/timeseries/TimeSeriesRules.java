// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.timeseries;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.ContainerRules;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import java.util.List;

/**
 * {@code <timeSeries>} (TS-0004 7.4.38): holds its instances as a container does, and what its attributes say of missing
 * data must fit together. The detection begins anew whenever one of them changes.
 */
public final class TimeSeriesRules implements TypeRules {
    private static final List<String> DETECTION = List.of("pei", "peid", "mdn", "mdt");

    private final ContainerRules containers;
    private final MissingData missing;

    public TimeSeriesRules(ContainerRules containers, MissingData missing) {
        this.containers = containers;
        this.missing = missing;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        containers.create(writer, context, parent, attributes);
        attributes.set("st", 0);
        check(attributes);
        if (isOn(attributes.build())) {
            attributes.set("mdc", 0);
        }
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        boolean detection = DETECTION.stream().anyMatch(changes::has);
        if (detection && changes.has("mdd")) {
            throw Refusals.badRequest("mdd must not be in one UPDATE with pei, peid, mdn or mdt");
        }
        check(after);
        if (begins(changes)) {
            boolean counts = isOn(after.build()) || before.attributes().has("mdc");
            after.remove("mdlt").remove("mdc");
            if (counts) {
                after.set("mdc", 0);
            }
        }
    }

    private static boolean begins(Attributes changes) {
        return changes.flag("mdd").orElse(false) || DETECTION.stream().anyMatch(changes::has);
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        containers.updated(writer, context, before, after);
        Attributes changes = context.request().content().orElseThrow().attributes();
        if (begins(changes) || !isOn(after.attributes())) {
            missing.restart(writer, after.id());
        }
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        missing.restart(writer, deleted.id());
    }

    private static boolean isOn(Attributes attributes) {
        return attributes.flag("mdd").orElse(false);
    }

    /** What belongs together; the tolerance is half an interval unless it is said, but always ends before the detection time. */
    private static void check(Attributes.Builder builder) {
        Attributes attributes = builder.build();
        long interval = attributes.number("pei").orElse(0L);
        long detection = attributes.number("mdt").orElse(0L);
        if (isOn(attributes) && (interval == 0 || detection == 0)) {
            throw Refusals.badRequest("mdd needs pei and mdt, both more than 0");
        }
        if (isOn(attributes) && !attributes.has("peid")) {
            builder.set("peid", Math.min(interval / 2, detection - 1));
            return;
        }
        long tolerance = attributes.number("peid").orElse(0L);
        if (attributes.has("pei") && tolerance > interval / 2) {
            throw Refusals.badRequest("peid must be at most half of pei: " + tolerance + " > " + interval + " / 2");
        }
        if (attributes.has("mdt") && attributes.has("peid") && detection <= tolerance) {
            throw Refusals.badRequest("mdt must be more than peid: " + detection + " <= " + tolerance);
        }
    }
}
