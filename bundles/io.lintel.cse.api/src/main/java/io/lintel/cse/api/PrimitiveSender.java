// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import io.lintel.primitive.ResponsePrimitive;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The door for requests that leave: notifications, forwarded requests, the CSE's own. A binding registers one with the
 * service property {@link #SCHEMES} naming the URI schemes it serves; the CSE picks by the scheme of the target's
 * pointOfAccess.
 */
@ConsumerType
public interface PrimitiveSender {
    /** Service property: the URI schemes served, an array of lower-case texts such as {@code http}, {@code mqtt}. */
    String SCHEMES = "io.lintel.schemes";

    /**
     * Sends a request and waits for its response, without holding a thread. Completes exceptionally with
     * {@link UnreachableException} when the target could not be reached or did not answer before the deadline; the
     * request may then have been executed or not. Must be called from any thread and must not block it.
     */
    CompletionStage<ResponsePrimitive> send(OutboundRequest outbound);
}
