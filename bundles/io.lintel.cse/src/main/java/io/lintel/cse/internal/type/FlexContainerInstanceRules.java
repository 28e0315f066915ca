// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.RequestContext;

/** {@code <flexContainerInstance>} (Release 4): made by {@link FlexContainerRules} only; uncounted when it goes. */
public final class FlexContainerInstanceRules implements TypeRules {
    private final Instances instances;

    public FlexContainerInstanceRules(Instances instances) {
        this.instances = instances;
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        instances.removed(writer, deleted);
    }
}
