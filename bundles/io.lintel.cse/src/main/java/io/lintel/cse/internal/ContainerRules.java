// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code <container>} (TS-0004 7.4.6): counters start at zero; lowering a limit takes effect at once; what was written
 * while retrieval was disabled never becomes readable.
 */
final class ContainerRules implements TypeRules {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerRules.class);

    private final ResourceStore store;
    private final Instances instances;

    ContainerRules(ResourceStore store, Instances instances) {
        this.store = store;
        this.instances = instances;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        attributes.set("cni", 0).set("cbs", 0);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        boolean opened = disabled(before) && changes.has("disr") && !changes.flag("disr").orElse(false);
        if (opened && before.attributes().number("cni").orElse(0L) > Instances.STEP) {
            throw Refusals.conflict("disr can't become false while there are more than " + Instances.STEP
                    + " instances: lower mni first");
        }
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        boolean done;
        if (disabled(before) && !disabled(after)) {
            done = instances.clear(writer, after);
        } else {
            done = instances.trim(writer, after);
        }
        if (!done) {
            trimLater(after.id());
        }
    }

    /** Goes on in further tasks, between which other requests have their turn. */
    private void trimLater(String containerId) {
        store.write(writer -> writer.byId(containerId).map(container -> instances.trim(writer, container)).orElse(true))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.error("container {} could not be brought within its limits", containerId, failure);
                    } else if (!done) {
                        trimLater(containerId);
                    }
                });
    }

    static boolean disabled(Resource container) {
        return container.attributes().flag("disr").orElse(false);
    }
}
