// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code <container>} (TS-0004 7.4.6): counters start at zero; lowering a limit takes effect at once; what was written
 * while retrieval was disabled never becomes readable.
 */
public final class ContainerRules implements TypeRules {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerRules.class);

    private final ResourceStore store;
    private final Instances instances;
    private final BiConsumer<ResourceWriter, Resource> gone;

    /** @param gone told of each container that is deleted, in the task that does it */
    public ContainerRules(ResourceStore store, Instances instances, BiConsumer<ResourceWriter, Resource> gone) {
        this.store = store;
        this.instances = instances;
        this.gone = gone;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        attributes.set("cni", 0).set("cbs", 0);
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        gone.accept(writer, deleted);
    }

    /** Whether an UPDATE makes instances readable again, which none that is there may become. */
    public static boolean opens(Resource container, Attributes changes) {
        return container.type() == ResourceTypes.CONTAINER && disabled(container) && changes.has("disr")
                && !changes.flag("disr").orElse(false);
    }

    /** All but the last step of instances go before {@code disr} changes, in tasks of their own. */
    @Override
    public CompletionStage<Void> prepareUpdate(RequestContext context, Resource target, Attributes changes) {
        return store.write(writer -> writer.byId(target.id()).filter(ContainerRules::disabled)
                .map(container -> isOneStep(container) || instances.clear(writer, container)).orElse(true))
                .thenCompose(done -> done ? CompletableFuture.completedFuture(null) : prepareUpdate(context, target, changes));
    }

    private static boolean isOneStep(Resource container) {
        return container.attributes().number("cni").orElse(0L) <= Instances.STEP;
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        if (after.expiration() > before.expiration()) {
            instances.outlived(writer, after);
        }
        boolean done;
        if (disabled(before) && !disabled(after)) {
            done = clear(writer, after);
        } else {
            done = instances.trim(writer, after);
        }
        if (!done) {
            trimLater(after.id());
        }
    }

    /** More than a step only if instances have been added since {@link #prepareUpdate}: none may be left. */
    private boolean clear(ResourceWriter writer, Resource container) {
        Resource rest = container;
        while (!instances.clear(writer, rest)) {
            rest = writer.byId(container.id()).orElseThrow();
        }
        return true;
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

    public static boolean disabled(Resource container) {
        return container.attributes().flag("disr").orElse(false);
    }
}
