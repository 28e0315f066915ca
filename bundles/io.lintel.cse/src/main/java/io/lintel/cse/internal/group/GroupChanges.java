// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;

/** Changes of a {@code <group>} that follow from something else than an UPDATE, and are told to its subscribers as such. */
final class GroupChanges {
    private GroupChanges() {
    }

    /** On the writer's thread, inside a task. */
    static void write(ResourceWriter writer, EventSink events, RequestContext context, Resource before, Attributes after) {
        Resource changed = before.with(after);
        writer.update(changed);
        Attributes.Builder modified = Attributes.builder();
        after.forEach((name, value) -> {
            if (!before.attributes().get(name).filter(value::equals).isPresent()) {
                modified.set(name, value);
            }
        });
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.UPDATED, changed, changed, modified.build(), context));
    }
}
