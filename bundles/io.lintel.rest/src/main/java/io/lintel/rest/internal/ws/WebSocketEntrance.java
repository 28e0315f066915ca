// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.util.Optional;
import java.util.function.Function;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;

/**
 * Where the HTTP door hands over requests that want to become WebSocket connections. A service inside this bundle, so that
 * the door stays open while the WebSocket binding is configured anew. On Jetty's threads; does not block.
 */
public interface WebSocketEntrance {

    /** Whether connections are accepted at all. */
    boolean isOpen();

    /**
     * Answers an opening handshake: with 101, or with why not.
     *
     * @param hops   what the listener knows of the client: address, and whom TLS has verified; for one request of the
     *               connection, since a credential may stand for several, or without one for what is true of all
     * @param prefix the first part of all paths of the listener, or an empty text
     */
    void upgrade(Request request, Response response, Callback callback, Function<Optional<RequestPrimitive>, Hop> hops,
            String prefix);
}
