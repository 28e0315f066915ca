// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.mapping.HttpClients;

/**
 * The connection to one counterparty that this node opens (TS-0020 6.2): when there is something to send, and again after it
 * was lost if the counterparty has to reach this node by it, with growing pauses between attempts. What is sent meanwhile
 * waits for the attempt under way, not for a later one: the CSE has a queue on disk for that. Any thread.
 */
final class ClientConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private static final String RELEASE = "2a";
    private static final Duration PRESENCE = Duration.ofSeconds(10);
    private static final long AFTERGLOW_MILLIS = 5_000;

    /** How connections are made. */
    record Dialling(HttpClients clients, Duration connectTimeout, Duration retryInitial, Duration retryMax) {
    }

    private record Waiting(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result) {
    }

    private final Optional<String> receiver;
    private final Dialling dialling;
    private final Conversation.Surroundings around;
    private final List<Waiting> waiting = new ArrayList<>();
    private URI uri;
    private Serialization serialization;
    private Optional<Conversation> conversation = Optional.empty();
    private boolean connecting;
    private int failures;
    private long notBefore;
    private long usedAt;
    private boolean closed;

    ClientConnection(Optional<String> receiver, Dialling dialling, Conversation.Surroundings around) {
        this.receiver = receiver;
        this.dialling = dialling;
        this.around = around;
        this.usedAt = around.clock().millis();
    }

    void send(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result) {
        Optional<Conversation> open;
        boolean connect = false;
        String refusal = "";
        synchronized (this) {
            usedAt = around.clock().millis();
            open = conversation;
            if (open.isEmpty()) {
                uri = outbound.pointOfAccess();
                serialization = outbound.serialization().orElse(Serialization.JSON);
                refusal = refusal();
                if (refusal.isEmpty()) {
                    waiting.add(new Waiting(outbound, result));
                    connect = !connecting;
                    connecting = true;
                }
            }
        }
        if (open.isPresent()) {
            open.get().send(outbound, result);
        } else if (!refusal.isEmpty()) {
            result.completeExceptionally(new UnreachableException(refusal, false, null));
        } else if (connect) {
            around.executor().execute(this::connect);
        }
    }

    private String refusal() {
        if (closed) {
            return "the connection to " + uri + " is closing";
        }
        if (waiting.size() >= around.limits().waiting()) {
            return waiting.size() + " requests wait for the connection to " + uri + " already";
        }
        long pause = notBefore - around.clock().millis();
        return !connecting && pause > 0 ? uri + " could not be reached, and is tried again in " + pause + " ms" : "";
    }

    /** Makes the connection again if nobody else does, and it is time. Called every second or so. */
    void keepUp() {
        synchronized (this) {
            if (uri == null || connecting || conversation.isPresent() || closed || notBefore > around.clock().millis()) {
                return;
            }
            connecting = true;
        }
        connect();
    }

    /** On the executor, since it may have to read keys. */
    private void connect() {
        List<String> offers = Subprotocol.offers(serialization);
        ClientLink link = new ClientLink(serialization != Serialization.CBOR, around.limits().messageBytes(), this::opened);
        try {
            WebSocket.Builder builder = dialling.clients().of(uri).newWebSocketBuilder().connectTimeout(dialling.connectTimeout())
                    .subprotocols(offers.get(0), offers.subList(1, offers.size()).toArray(String[]::new));
            builder.buildAsync(uri, link).whenComplete((socket, failure) -> {
                if (failure != null) {
                    failed(failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
                } else if (Subprotocol.named(socket.getSubprotocol()).filter(chosen -> chosen.serialization() == serialization)
                        .isEmpty()) {
                    String why = "the server takes none of the subprotocols " + offers;
                    link.abort();
                    link.conversation().end(why);
                    failed(new IllegalStateException(why));
                } else {
                    ready(link.conversation());
                }
            });
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    private Conversation opened(Link link) {
        Subprotocol subprotocol = new Subprotocol("", serialization);
        boolean secured = "wss".equalsIgnoreCase(uri.getScheme());
        Hop hop = new Hop(Binding.WEBSOCKET, uri.toString(), LoopbackHosts.isLoopback(uri.getHost()), secured,
                secured ? receiver : Optional.empty(), receiver, Optional.empty(), Optional.empty());
        return new Conversation(link, subprotocol, request -> hop, receiver, false, around, this::lost);
    }

    private void ready(Conversation opened) {
        List<Waiting> ready;
        boolean late;
        synchronized (this) {
            late = closed;
            connecting = false;
            failures = 0;
            notBefore = 0;
            conversation = Optional.of(opened);
            ready = List.copyOf(waiting);
            waiting.clear();
        }
        if (late) {
            opened.close("nobody needs this connection any more");
            return;
        }
        LOG.debug("connected to {}", uri);
        ready.forEach(one -> opened.send(one.outbound, one.result));
        if (opened.isEnded()) {
            lost(opened);
            return;
        }
        if (ready.isEmpty()) {
            presence().ifPresent(request -> opened.send(request, new CompletableFuture<>()));
        }
        receiver.ifPresent(around.cse()::reachable);
    }

    /** Who has connected again without anything to say says who it is,
            so that it can be reached: by the least of all requests. */
    private Optional<OutboundRequest> presence() {
        return receiver.flatMap(cse -> around.cse().identity().map(own -> new OutboundRequest(RequestPrimitive
                .builder(Operation.RETRIEVE, cse).from(own.cseId()).requestIdentifier("here-" + UUID.randomUUID())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, RELEASE).content(new Content("m2m:atrl", List.of("ri"))).build(),
                uri, receiver, Optional.empty(), around.clock().instant().plus(PRESENCE))));
    }

    private void failed(Throwable failure) {
        String why = failure instanceof WebSocketHandshakeException refused && refused.getResponse() != null
                ? "its answer to the opening handshake is " + refused.getResponse().statusCode()
                : failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        LOG.debug("no connection to {}: {}", uri, why);
        List<Waiting> given;
        synchronized (this) {
            connecting = false;
            pause();
            given = List.copyOf(waiting);
            waiting.clear();
        }
        given.forEach(one -> one.result.completeExceptionally(new UnreachableException(uri + ": " + why, false, failure)));
    }

    private void lost(Conversation ended) {
        synchronized (this) {
            if (conversation.filter(ended::equals).isPresent()) {
                conversation = Optional.empty();
                pause();
            }
        }
    }

    /** Doubles with each failure, a fifth more or less by chance, so that not all clients of a server come back at once. */
    private void pause() {
        long initial = dialling.retryInitial().toMillis();
        long pause = Math.min(dialling.retryMax().toMillis(), initial << Math.min(failures++, 20));
        notBefore = around.clock().millis() + Math.round(pause * (0.8 + 0.4 * ThreadLocalRandom.current().nextDouble()));
    }

    /** Whether nothing is under way. */
    synchronized boolean isQuiet() {
        return !connecting && waiting.isEmpty() && conversation.map(Conversation::isQuiet).orElse(true);
    }

    /** Whether there is nothing left of it, not even a pause. */
    synchronized boolean isOver() {
        long now = around.clock().millis();
        return !connecting && waiting.isEmpty() && conversation.isEmpty() && notBefore <= now && now - usedAt > AFTERGLOW_MILLIS;
    }

    /** When it was last asked for. */
    synchronized long usedAt() {
        return usedAt;
    }

    void close(String why) {
        List<Waiting> given;
        Optional<Conversation> open;
        synchronized (this) {
            closed = true;
            given = List.copyOf(waiting);
            waiting.clear();
            open = conversation;
        }
        given.forEach(one -> one.result.completeExceptionally(new UnreachableException("the connection is closing: " + why,
                false, null)));
        open.ifPresent(one -> one.close(why));
    }
}
