// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.operation.CommonAttributes;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import java.util.function.BiConsumer;

/**
 * {@code <contentInstance>} (TS-0004 7.4.7): its size and its place in the parent's counters; the oldest give way when
 * the parent is full. Costs the same however many instances there are.
 */
public final class ContentInstanceRules implements TypeRules {
    private final Instances instances;
    private final ContentLimits limits;
    private final BiConsumer<ResourceWriter, Resource> arrived;

    /** @param arrived told of each container that gets an instance, in the task that creates it */
    public ContentInstanceRules(Instances instances, ContentLimits limits, BiConsumer<ResourceWriter, Resource> arrived) {
        this.instances = instances;
        this.limits = limits;
        this.arrived = arrived;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        limits.admit(context, parent, attributes);
        attributes.set("st", CommonAttributes.nextStateTag(parent.attributes()));
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        instances.added(writer, context.now(), parent, created);
        arrived.accept(writer, parent);
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        instances.removed(writer, deleted);
    }
}
