// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Where the hosting side tells, or asks, subscriptions that are about more than changes: reads and notifications that somebody
 * monitors, retrievals that find no instance (TS-0004 7.5.1.2, net 5), and updates that somebody has a say in (net 7). Called
 * on a door's thread, which it must not block; costs a look into a map where there is no such subscription.
 */
public interface Interest {
    /** Nobody is interested. */
    Interest NONE = new Interest() { };

    /** A resource was read, or was notified, with success. */
    default void accessed(ResourceEvent.Kind kind, Resource resource, RequestContext context) {
    }

    /**
     * Somebody who may retrieve from this container finds no instance. If there is a stage, it completes when those who might
     * make one have had their chance; it never fails.
     */
    default Optional<CompletionStage<Void>> noInstance(RequestContext context, Resource container) {
        return Optional.empty();
    }

    /** Whether changes of this resource have to go through {@link #alone} and {@link #beforeUpdate}. */
    default boolean guards(String resourceId) {
        return false;
    }

    /** Runs a change of a resource when the one before has ended; may throw what the change throws. */
    default <T> CompletionStage<T> alone(String resourceId, Supplier<CompletionStage<T>> change) {
        return change.get();
    }

    /** Completes when a valid update may be done, and fails with what it is to be refused with. */
    default CompletionStage<Void> beforeUpdate(RequestContext context, Resource target, Attributes changes) {
        return java.util.concurrent.CompletableFuture.completedFuture(null);
    }
}
