// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One aspect of the machine: the management objects that show it, and what their executables do. {@link Management} asks all
 * of them, by the rules of {@link io.lintel.cse.api.NodeManagement}; a part that only shows something implements the first.
 */
interface Part {

    /** As they are at this moment; from memory, on any thread. */
    List<ManagedObject> objects();

    /** Whether executables of objects of this specialisation are this part's. */
    default boolean executes(String memberName) {
        return false;
    }

    /** Refuses what will not be done. On the store's writer thread. */
    default void check(ManagedObject object, String executable) {
        throw notImplemented("nothing here executes " + executable + " of " + object.name());
    }

    /** Does what was checked; begins at once and ends on a thread of the part's. */
    default CompletionStage<Attributes> execute(ManagedObject object, String executable) {
        return CompletableFuture.failedFuture(notImplemented("nothing here executes " + executable));
    }

    /** {@code m2m:actionStatus} of what went well. */
    static Attributes done(String action) {
        return Attributes.builder().set("acn", action).set("sus", 1).build();
    }

    /** {@code m2m:actionStatus} of what did not. */
    static Attributes failed(String action) {
        return Attributes.builder().set("acn", action).set("sus", 2).build();
    }

    static PrimitiveException notAllowed(String text) {
        return new PrimitiveException(ResponseStatusCode.OPERATION_NOT_ALLOWED, text);
    }

    static PrimitiveException notImplemented(String text) {
        return new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED, text);
    }
}
