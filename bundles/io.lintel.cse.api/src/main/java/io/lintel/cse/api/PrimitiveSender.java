// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import io.lintel.primitive.ResponsePrimitive;
import java.net.URI;
import java.util.Optional;
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
    /** The scheme of URIs that stand for an open connection; see {@link #connection}. */
    String CONNECTION = "connection";

    /**
     * Sends a request and waits for its response, without holding a thread. Completes exceptionally with
     * {@link UnreachableException} when the target could not be reached or did not answer before the deadline; the
     * request may then have been executed or not. Must be called from any thread and must not block it.
     */
    CompletionStage<ResponsePrimitive> send(OutboundRequest outbound);

    /**
     * The way to an entity over a connection with it that is open now, whoever opened it: a URI of the scheme
     * {@link #CONNECTION}, good for {@link #send} as long as the connection is. Asked of whoever serves that scheme, from any
     * thread; answers from memory.
     *
     * @param entity an AE or CSE as SP-relative ID ({@code /mn-cse/C12}, {@code /S5}, {@code /in-cse})
     */
    default Optional<URI> connection(String entity) {
        return Optional.empty();
    }
}
