// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that a client has opened: Jetty's frames to whole messages and back. Jetty calls it with one frame at a time,
 * on its threads, and with the next one only when it was asked for.
 */
final class ServerLink implements FrameHandler, Link {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLink.class);

    private final MessageAssembler assembler;
    private final Function<Link, Conversation> opening;
    private CoreSession session;
    private Conversation conversation;
    private volatile boolean closing;

    ServerLink(Subprotocol subprotocol, int maxBytes, Function<Link, Conversation> opening) {
        this.assembler = new MessageAssembler(subprotocol.isText(), maxBytes);
        this.opening = opening;
    }

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
        session = opened;
        conversation = opening.apply(this);
        callback.succeeded();
        session.demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
        conversation.heard();
        switch (frame.getOpCode()) {
            case OpCode.PING -> {
                byte[] payload = bytes(frame);
                callback.succeeded();
                session.sendFrame(new Frame(OpCode.PONG).setPayload(ByteBuffer.wrap(payload)), Callback.NOOP, false);
                session.demand();
            }
            case OpCode.TEXT, OpCode.BINARY, OpCode.CONTINUATION -> data(frame, callback);
            case OpCode.CLOSE -> callback.succeeded();
            default -> {
                callback.succeeded();
                session.demand();
            }
        }
    }

    private static byte[] bytes(Frame frame) {
        byte[] payload = new byte[frame.getPayloadLength()];
        frame.getPayload().duplicate().get(payload);
        return payload;
    }

    private void data(Frame frame, Callback callback) {
        Optional<byte[]> message = Optional.empty();
        if (!closing) {
            try {
                if (frame.getOpCode() != OpCode.CONTINUATION) {
                    assembler.begin(frame.getOpCode() == OpCode.TEXT);
                }
                message = assembler.add(frame.getPayload(), frame.isFin());
            } catch (MessageAssembler.Unacceptable e) {
                LOG.debug("{}: {}", conversation.peer(), e.getMessage());
                close(e.code(), e.getMessage());
            }
        }
        callback.succeeded();
        if (message.isPresent()) {
            conversation.message(message.get());
        } else {
            session.demand();
        }
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
        if (conversation != null) {
            LOG.debug("{}: {}", conversation.peer(), cause.toString());
        }
        callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
        if (conversation != null) {
            conversation.end(status.getReason() == null ? "closed with " + status.getCode() : status.getReason());
        }
        callback.succeeded();
    }

    @Override
    public void send(byte[] message, boolean text, Consumer<Throwable> gone) {
        session.sendFrame(new Frame(text ? OpCode.TEXT : OpCode.BINARY).setPayload(ByteBuffer.wrap(message)),
                Callback.from(() -> gone.accept(null), gone), false);
    }

    @Override
    public void ping() {
        session.sendFrame(new Frame(OpCode.PING), Callback.NOOP, false);
    }

    @Override
    public void more() {
        session.demand();
    }

    @Override
    public void close(int code, String reason) {
        closing = true;
        session.close(code, CloseReason.fitting(reason), Callback.NOOP);
    }

    @Override
    public void abort() {
        session.abort();
    }
}
