// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Schedule;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** The door for requests: every binding, adapter and the console come in here. */
@ProviderType
public interface Cse {

    /**
     * Serves a request. Never throws and never completes exceptionally: a refusal is a response. A retrieval may be
     * served on the calling thread; a change completes after it is on disk, on a thread that the callee may use
     * briefly but must not block.
     *
     * <p>A request that repeats an earlier one with the same {@link Hop#deliveryKey()} is not executed again: its
     * stage completes with the first one's response.
     */
    CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop);

    /** Who this CSE is; fixed as long as this service lives. */
    CseIdentity identity();

    /**
     * When this CSE is to be reachable, as the {@code <schedule>} below its CSEBase says; without one, always. From memory,
     * any thread; a change shows before its response does.
     */
    default Schedule schedule() {
        return Schedule.ALWAYS;
    }

    /**
     * A binding says that an entity can be reached from this moment on, since it has connected: what waits for it is tried
     * now. Any thread; returns at once.
     *
     * @param entity an AE or CSE as SP-relative ID
     */
    default void reachable(String entity) {
        // whoever has no queue has nothing to try
    }

    /** Where a binding may leave requests that it has to acknowledge before this CSE has answered them. */
    default RequestCustody custody() {
        return RequestCustody.NONE;
    }
}
