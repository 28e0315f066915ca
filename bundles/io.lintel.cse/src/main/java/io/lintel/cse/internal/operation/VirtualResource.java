// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.ResponsePrimitive;
import java.util.concurrent.CompletionStage;

/**
 * A virtual resource that serves its requests itself, such as the fan-out point of a group (TS-0004 7.4.14) or the URI of a
 * polling channel (7.4.22). Asked by the dispatcher after the checks on the request and its sender, on the door's thread,
 * which must not be blocked; access control is its own. {@code la} and {@code ol} stand for an instance and are none of these.
 */
public interface VirtualResource {

    /**
     * Serves a request; throws, or completes with, the {@code PrimitiveException} to refuse with.
     *
     * @param place the parent of the virtual resource, and the names that follow it in the address
     */
    CompletionStage<ResponsePrimitive> handle(RequestContext context, Place place);
}
