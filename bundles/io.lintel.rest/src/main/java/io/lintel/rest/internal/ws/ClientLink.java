// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that this node has opened, by the JDK's client: parts of messages to whole ones and back. The JDK calls it with
 * one part at a time, on the executor of its client, and with the next one only when it was asked for. Pings it answers itself.
 */
final class ClientLink implements WebSocket.Listener, Link {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLink.class);

    private final MessageAssembler assembler;
    private final Function<Link, Conversation> opening;
    private WebSocket socket;
    private Conversation conversation;
    private boolean begun;
    private volatile boolean closing;

    ClientLink(boolean text, int maxBytes, Function<Link, Conversation> opening) {
        this.assembler = new MessageAssembler(text, maxBytes);
        this.opening = opening;
    }

    /** Set before anything else comes. */
    Conversation conversation() {
        return conversation;
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        conversation = opening.apply(this);
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        return data(true, ByteBuffer.wrap(part.toString().getBytes(StandardCharsets.UTF_8)), last);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
        return data(false, part, last);
    }

    private CompletionStage<?> data(boolean text, ByteBuffer part, boolean last) {
        conversation.heard();
        Optional<byte[]> message = Optional.empty();
        if (!closing) {
            try {
                if (!begun) {
                    assembler.begin(text);
                }
                message = assembler.add(part, last);
                begun = !last;
            } catch (MessageAssembler.Unacceptable e) {
                LOG.debug("{}: {}", conversation.peer(), e.getMessage());
                close(e.code(), e.getMessage());
            }
        }
        if (message.isPresent()) {
            conversation.message(message.get());
        } else {
            socket.request(1);
        }
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket from, ByteBuffer payload) {
        conversation.heard();
        return WebSocket.Listener.super.onPing(from, payload);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer payload) {
        conversation.heard();
        return WebSocket.Listener.super.onPong(from, payload);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        conversation.end(reason.isEmpty() ? "closed with " + code : reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        conversation.end(error.toString());
    }

    @Override
    public void send(byte[] message, boolean text, Consumer<Throwable> gone) {
        (text ? socket.sendText(new String(message, StandardCharsets.UTF_8), true)
                : socket.sendBinary(ByteBuffer.wrap(message), true))
                .whenComplete((sent, failure) -> gone.accept(failure));
    }

    @Override
    public void ping() {
        socket.sendPing(ByteBuffer.allocate(0)).exceptionally(failure -> {
            LOG.debug("{} can't be asked for a sign of life: {}", conversation.peer(), failure.toString());
            return null;
        });
    }

    @Override
    public void more() {
        socket.request(1);
    }

    /** Of the codes, a client may send only those of applications by the JDK; its end says the same. */
    @Override
    public void close(int code, String reason) {
        closing = true;
        socket.sendClose(code, CloseReason.fitting(reason)).whenComplete((sent, failure) -> {
            if (failure != null) {
                socket.abort();
            }
        });
    }

    @Override
    public void abort() {
        socket.abort();
    }
}
