// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.compression.DeflaterPool;
import org.eclipse.jetty.util.compression.InflaterPool;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketExtensionRegistry;
import org.eclipse.jetty.websocket.core.internal.PerMessageDeflateExtension;
import org.eclipse.jetty.websocket.core.server.Handshaker;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;

/**
 * The server's side of the opening handshake (TS-0020 6.2.2, RFC 6455 4.2): agrees on a subprotocol and, if the client offers
 * it, on permessage-deflate; both ends forget what they have compressed after each message, so that an idle connection holds
 * no compression window. On Jetty's threads.
 */
final class OpeningHandshake {
    private static final String DEFLATE = "permessage-deflate";
    private static final Map<String, String> NO_MEMORY = Map.of("server_no_context_takeover", "",
            "client_no_context_takeover", "");
    private static final int FRAME_BYTES = 64 * 1024;
    private static final int POOLED = 8;

    private final Limits limits;
    private final boolean compression;
    private final WebSocketComponents components;
    private final Handshaker handshaker = Handshaker.newInstance();

    OpeningHandshake(Limits limits, boolean compression) throws Exception {
        this.limits = limits;
        this.compression = compression;
        WebSocketExtensionRegistry extensions = new WebSocketExtensionRegistry();
        List.copyOf(extensions.getAvailableExtensionNames()).forEach(extensions::unregister);
        extensions.register(DEFLATE, PerMessageDeflateExtension.class);
        components = new WebSocketComponents(extensions, null, null, new InflaterPool(POOLED, true),
                new DeflaterPool(POOLED, -1, true));
        components.start();
    }

    void close() throws Exception {
        components.stop();
    }

    /** @param opening what becomes of a connection that has this subprotocol */
    void upgrade(Request request, Response response, Callback callback, String prefix,
            Function<Subprotocol, Function<Link, Conversation>> opening) {
        String path = Request.getPathInContext(request);
        if (!path.equals("/") && !path.equals(prefix) && !path.equals(prefix + "/")) {
            refuse(request, response, callback, 404, "a WebSocket is opened at /, not at " + path);
            return;
        }
        WebSocketNegotiator negotiator = new Negotiator(opening);
        try {
            if (!handshaker.upgradeRequest(negotiator, request, response, callback, components, null)) {
                response.getHeaders().put("Sec-WebSocket-Version", "13");
                refuse(request, response, callback, 400, "no opening handshake of WebSocket version 13: it is a GET of HTTP/1.1"
                        + " with Upgrade, Connection, Sec-WebSocket-Key and Sec-WebSocket-Version");
            }
        } catch (RuntimeException e) {
            refuse(request, response, callback, 400, "the opening handshake is ill-formed: " + e.getMessage());
        }
    }

    static void refuse(Request request, Response response, Callback callback, int status, String why) {
        Response.writeError(request, response, callback, status, why);
    }

    private final class Negotiator implements WebSocketNegotiator {
        private final Function<Subprotocol, Function<Link, Conversation>> opening;

        Negotiator(Function<Subprotocol, Function<Link, Conversation>> opening) {
            this.opening = opening;
        }

        @Override
        public FrameHandler negotiate(ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
            Optional<Subprotocol> chosen = Subprotocol.choose(request.getSubProtocols());
            if (chosen.isEmpty()) {
                refuse(request, response, callback, 400, "Sec-WebSocket-Protocol must offer one of "
                        + String.join(", ", Subprotocol.names()) + ", and offers "
                        + (request.getSubProtocols().isEmpty() ? "none" : String.join(", ", request.getSubProtocols())));
                return null;
            }
            response.setAcceptedSubProtocol(chosen.get().name());
            List<ExtensionConfig> extensions = new ArrayList<>();
            if (compression) {
                response.getExtensions().stream().filter(offer -> offer.getName().equals(DEFLATE)).findFirst()
                        .ifPresent(offer -> extensions.add(new ExtensionConfig(DEFLATE, NO_MEMORY)));
            }
            response.setExtensions(extensions);
            return new ServerLink(chosen.get(), limits.messageBytes(), opening.apply(chosen.get()));
        }

        @Override
        public void customize(Configuration configuration) {
            configuration.setAutoFragment(true);
            configuration.setMaxFrameSize(FRAME_BYTES);
            // Pings keep it open and silence ends it before; this ends what never answers a closing handshake.
            configuration.setIdleTimeout(limits.silence().plus(limits.ping()));
        }
    }
}
