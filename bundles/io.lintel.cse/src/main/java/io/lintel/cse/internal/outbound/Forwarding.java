// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Address;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The transit side: requests whose target is another CSE, and NOTIFY requests for an AE registered here (TS-0004 7.3.2). */
public interface Forwarding {

    /**
     * Sends the request one hop on and completes with the response, its identifier being that of {@code request}.
     * Fails with a {@code PrimitiveException}: 4004 no way there, 5103 not reachable, 4008 no answer in time.
     */
    CompletionStage<ResponsePrimitive> forward(RequestPrimitive request, String originator, Hop hop, Address target);

    /** Retargets a NOTIFY to an AE registered here: its pointsOfAccess in order, until one answers. */
    CompletionStage<ResponsePrimitive> notifyAe(RequestPrimitive request, String stem);

    /**
     * Sends a NOTIFY of this CSE whose answer is waited for, to an AE, a CSE or a URI, until its own expiration. Fails with a
     * {@code PrimitiveException} if the target can't be reached or is silent.
     */
    default CompletionStage<ResponsePrimitive> ask(RequestPrimitive notification, String target) {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether a request in transit is accepted and waits for its turn in the outbound queue, because its originator does
     * not wait for the answer.
     *
     * @throws io.lintel.primitive.PrimitiveException 4004, 5000 if there is no way for it
     */
    default boolean mayWait(RequestContext context, Address target) {
        return false;
    }

    /** When a request in transit that is accepted at a time is over at the latest. */
    default Instant expiration(RequestPrimitive request, Instant now) {
        return now;
    }

    /** Whether a request that could not be passed on at once may wait after all. */
    default boolean mayWaitInstead(RequestPrimitive request, Throwable failure) {
        return false;
    }

    /**
     * Takes a request into the outbound queue, in the write task under way.
     *
     * @param resource the {@code <request>} that stands for it, if there is one
     * @throws io.lintel.cse.api.store.StoreFullException if there is no room
     */
    default void accept(ResourceWriter writer, RequestContext context, Address target, Optional<Resource> resource) {
        throw new UnsupportedOperationException();
    }

    /** Whether a request is for something at a CSE, which is named by its CSE-ID. */
    default boolean isOf(RequestPrimitive request, String cse) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes a request of this CSE itself about a {@code <delivery>} into the outbound queue, in the write task under way.
     *
     * @param cause    the request because of which
     * @param outgoing to the CSE-ID of the delivery's target
     * @param key      what it is found by while it waits
     * @throws io.lintel.primitive.PrimitiveException 4004, 5000 if there is no way to the target
     * @throws io.lintel.cse.api.store.StoreFullException if there is no room
     */
    default void acceptOwn(ResourceWriter writer, RequestContext cause, RequestPrimitive outgoing, Instant until, String key,
            int rank) {
        throw new UnsupportedOperationException();
    }
}
