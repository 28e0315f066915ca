// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.timeseries;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.ContentLimits;
import io.lintel.cse.internal.type.Instances;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.Optional;

/**
 * {@code <timeSeriesInstance>} (TS-0004 7.4.39): counted and evicted as a contentInstance, and the only one below its
 * parent with its {@code dgt}, which the store is asked for by an index. A relative {@code dgt} is written out as the time
 * it means.
 */
public final class TimeSeriesInstanceRules implements TypeRules {
    private final Instances instances;
    private final ContentLimits limits;
    private final MissingData missing;

    public TimeSeriesInstanceRules(Instances instances, ContentLimits limits, MissingData missing) {
        this.instances = instances;
        this.limits = limits;
        this.missing = missing;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        limits.admit(context, parent, attributes);
        Instant generated = generated(context, attributes.build().get("dgt").orElseThrow().toString(), attributes);
        Optional<Resource> same = writer.instanceGeneratedAt(parent.id(), Series.micros(generated));
        if (same.filter(instance -> TargetResolver.end(instance) > context.now().toEpochMilli()).isPresent()) {
            throw Refusals.conflict("there is an instance with this dgt already: " + same.get().name());
        }
        same.ifPresent(expired -> {
            writer.delete(expired);
            instances.removed(writer, expired);
        });
    }

    private static Instant generated(RequestContext context, String text, Attributes.Builder attributes) {
        Optional<Instant> absolute = Timestamps.parse(text);
        if (absolute.isPresent()) {
            return absolute.get();
        }
        Instant base = context.request().parameters().text("ot").flatMap(Timestamps::parse).orElse(context.now());
        Instant time = Timestamps.parseAbsoluteOrRelative(text, base)
                .orElseThrow(() -> Refusals.badRequest("dgt is neither a timestamp nor milliseconds: " + text));
        String written = Timestamps.formatFine(time);
        attributes.set("dgt", written);
        return Timestamps.parse(written).orElseThrow(() -> Refusals.badRequest("dgt is out of range: " + text));
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        Resource series = writer.byId(parent.id()).orElse(parent);
        instances.added(writer, context.now(), series, created);
        missing.arrived(writer, series, created);
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        instances.removed(writer, deleted);
    }
}
