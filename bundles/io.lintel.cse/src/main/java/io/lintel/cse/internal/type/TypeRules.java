// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What is special about one resource type beyond the table of attributes (TS-0004 7.4). All methods but
 * {@link #prepareCreate} and {@link #prepareUpdate} run on the store's writer thread inside the task of the request;
 * throwing a {@code PrimitiveException} refuses the request and nothing of it is kept.
 */
public interface TypeRules {

    /** Whether {@link #prepareCreate} and {@link #prepareUpdate} have anything to do; without it they are not asked. */
    default boolean prepares() {
        return false;
    }

    /**
     * Steps that need the network, before the writer is asked: the verification of a subscription's targets. Runs on
     * the door's thread after access has been checked and the attributes have been held against the table; fails with
     * the {@code PrimitiveException} to refuse with.
     */
    default CompletionStage<Void> prepareCreate(RequestContext context, Resource parent, Attributes requested) {
        return CompletableFuture.completedFuture(null);
    }

    /** As {@link #prepareCreate}, for an UPDATE. */
    default CompletionStage<Void> prepareUpdate(RequestContext context, Resource target, Attributes changes) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Steps that need the network and the resource that was made, of a type that {@link #prepares}: the answer is given when
     * they are done, with success or with what they fail with.
     */
    default CompletionStage<ResponsePrimitive> conclude(RequestContext context, CompletionStage<ResponsePrimitive> creation) {
        return creation;
    }

    /** Completes or refuses the representation of a resource about to be inserted; the common attributes are set. */
    default void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
    }

    /** After the insertion: bookkeeping elsewhere, such as the parent's counters. */
    default void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
    }

    /** Completes or refuses an update; {@code after} holds the representation with the changes applied. */
    default void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
    }

    /** After the update is in place. */
    default void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
    }

    /** Before a request deletes the resource, which it may do; refuses what is not to be deleted now. */
    default void delete(ResourceWriter writer, RequestContext context, Resource target) {
    }

    /** After the resource and all below it are gone, by request or by expiration. */
    default void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
    }

    /** Whether a resource of this type is itself the target of notifications. */
    default boolean takesNotifications() {
        return false;
    }

    /** A NOTIFY for such a resource, on the door's thread, after access has been checked; answers it. */
    default CompletionStage<ResponsePrimitive> notified(RequestContext context, Resource target) {
        throw new UnsupportedOperationException("no notifications are taken here");
    }

    /** What an update asked for that no attribute shows afterwards; subscribers are told of it like of other changes. */
    default Attributes executed(Resource target, Attributes changes) {
        return Attributes.empty();
    }

    /** What an update has to start, which must not happen unless the update is kept: run once, after its commit. */
    default Optional<Runnable> afterCommit(Resource after, Attributes changes) {
        return Optional.empty();
    }
}
