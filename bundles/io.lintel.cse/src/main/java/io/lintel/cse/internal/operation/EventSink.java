// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.Place;
import io.lintel.primitive.RequestPrimitive;
import java.time.Instant;
import java.util.Map;

/** Where the hosting side reports what happened. Runs on the store's writer thread, inside the task that made it happen. */
public interface EventSink {

    /** Finds the subscriptions that match and puts their notifications into the outbound queue of the same task. */
    void on(ResourceWriter writer, ResourceEvent event);

    /** Who is interested in what is no change, or wants to be asked before one. */
    default Interest interest() {
        return Interest.NONE;
    }

    /**
     * Keeps a notification to a group, in the write task under way, until it goes on with others as its {@code nar} says.
     *
     * @param target the {@code nfu} where they go together
     */
    default void gather(ResourceWriter writer, Resource group, String target, RequestPrimitive notification, Instant now) {
        throw new UnsupportedOperationException("nothing notifies here");
    }

    /** The virtual resources of subscriptions. */
    default Map<Place.Virtual, VirtualResource> virtualResources() {
        return Map.of();
    }
}
