// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * {@code psn}, the events before its creation that a subscription wants to be told of (TS-0001 9.6.8). What is known of the past
 * is what is still there: instances, whose creation was an event. Of few instances the last ones are told, of many the last
 * one only, because looking for more would take the longer the more there are. On the writer's thread.
 */
final class PastEvents {
    private static final int FEW = 500;
    private static final int MOST = 100;
    private static final int PAGE = 100;

    private final Notifier notifier;
    private final ResourceReferences references;

    PastEvents(Notifier notifier, ResourceReferences references) {
        this.notifier = notifier;
        this.references = references;
    }

    void tell(ResourceWriter writer, RequestContext context, Resource parent, Resource subscription) {
        int wanted = subscription.attributes().number("psn").map(number -> (int) Math.min(number, MOST)).orElse(0);
        SubscriptionCriteria criteria = SubscriptionCriteria.of(subscription.attributes());
        boolean creations = !criteria.watchesOperations()
                && criteria.eventTypes().contains((long) ResourceEvent.Kind.CHILD_CREATED.code());
        if (wanted == 0 || !creations || !ResourceTypes.holdsInstances(parent.type())) {
            return;
        }
        String reference = references.reference(writer, subscription);
        for (Resource instance : last(writer, parent, wanted)) {
            if (instance.expiration() > context.now().toEpochMilli()) {
                notifier.notify(writer, subscription, reference, new ResourceEvent(ResourceEvent.Kind.CHILD_CREATED, parent,
                        instance, Attributes.empty(), context));
            }
        }
    }

    /** In the order of their creation. */
    private static Iterable<Resource> last(ResourceWriter writer, Resource parent, int wanted) {
        if (parent.attributes().number("cni").orElse(0L) > FEW) {
            return writer.newestInstance(parent.id()).stream().toList();
        }
        Deque<Resource> last = new ArrayDeque<>();
        String after = "";
        List<Resource> page;
        do {
            page = writer.children(parent.id(), after, PAGE);
            for (Resource child : page) {
                after = child.id();
                if (ResourceTypes.isInstance(child.type())) {
                    last.add(child);
                    if (last.size() > wanted) {
                        last.remove();
                    }
                }
            }
        } while (page.size() == PAGE);
        return last;
    }
}
