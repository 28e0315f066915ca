// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.rest.internal.ws.WebSocketEntrance;

/**
 * Hands opening handshakes of WebSocket to that binding, if it is there and takes them (TS-0020 6.2.2); all else, also what is
 * to be upgraded to something else, goes on as the plain request that it is. On Jetty's threads.
 */
final class UpgradeHandler extends Handler.Wrapper {
    private final Supplier<Optional<WebSocketEntrance>> entrance;
    private final Function<Request, Function<Optional<RequestPrimitive>, Hop>> hops;
    private final String prefix;

    UpgradeHandler(Handler next, Supplier<Optional<WebSocketEntrance>> entrance,
            Function<Request, Function<Optional<RequestPrimitive>, Hop>> hops, String prefix) {
        // A chain that might change while it serves counts as blocking: each request would be handed to another thread.
        super(false, next);
        this.entrance = entrance;
        this.hops = hops;
        this.prefix = prefix;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String upgrade = request.getHeaders().get(HttpHeader.UPGRADE);
        if (upgrade != null && upgrade.trim().equalsIgnoreCase("websocket")) {
            Optional<WebSocketEntrance> open = entrance.get();
            if (open.isPresent()) {
                open.get().upgrade(request, response, callback, hops.apply(request), prefix);
                return true;
            }
        }
        return super.handle(request, response, callback);
    }
}
