// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.ws;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between WebSocket frames and MQTT's bytes (MQTT 3.1.1 section 6). Frames and packets need not coincide [MQTT-6.0.0-2]:
 * inbound, the payload of binary frames and their continuations goes on as it comes; outbound, each buffer becomes one
 * frame. A text frame ends the connection [MQTT-6.0.0-1]. Before us stands Netty's frame decoder, which sees to masks,
 * fragmentation and sizes. On the event loop.
 */
final class WebSocketFrames extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketFrames.class);

    private static final long MOST_GOOD_BYE_MILLIS = 1_000;

    private boolean ended;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (ended || !(message instanceof WebSocketFrame frame)) {
            ReferenceCountUtil.release(message);   // after the end, or what is left of the HTTP request
        } else if (frame instanceof BinaryWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
            ctx.fireChannelRead(frame.content());
        } else if (frame instanceof PingWebSocketFrame) {
            pong(ctx, (PingWebSocketFrame) frame);
        } else if (frame instanceof PongWebSocketFrame) {
            frame.release();
        } else if (frame instanceof CloseWebSocketFrame close) {
            end(ctx, new CloseWebSocketFrame(true, 0, close.content()));
        } else {
            frame.release();
            LOG.debug("{} sends text frames", ctx.channel().remoteAddress());
            end(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE, "MQTT needs binary frames"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof CorruptedWebSocketFrameException corrupted)) {
            ctx.fireExceptionCaught(cause);
        } else if (!ended) {
            LOG.debug("{} breaks WebSocket: {}", ctx.channel().remoteAddress(), corrupted.getMessage());
            end(ctx, new CloseWebSocketFrame(corrupted.closeStatus(), ""));
        }
    }

    /** Of several pings only the last needs an answer (RFC 6455 5.5.3), so one that does not read gets none. */
    private static void pong(ChannelHandlerContext ctx, PingWebSocketFrame ping) {
        if (ctx.channel().isWritable()) {
            ctx.writeAndFlush(new PongWebSocketFrame(ping.content()), ctx.voidPromise());
        } else {
            ping.release();
        }
    }

    private void end(ChannelHandlerContext ctx, CloseWebSocketFrame last) {
        end(ctx, last, ctx.newPromise());
    }

    /** Closes when the last frame is written; soon, where the peer does not read. */
    private void end(ChannelHandlerContext ctx, CloseWebSocketFrame last, ChannelPromise promise) {
        ended = true;
        Future<?> late = ctx.executor().schedule(() -> ctx.close(promise), MOST_GOOD_BYE_MILLIS, TimeUnit.MILLISECONDS);
        ctx.writeAndFlush(last).addListener(written -> {
            if (late.cancel(false)) {
                ctx.close(promise);
            }
        });
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (ended) {
            ReferenceCountUtil.release(message);
            if (!promise.isVoid()) {
                promise.setSuccess();
            }
        } else {
            ctx.write(message instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : message, promise);
        }
    }

    /** Says good-bye as WebSocket wants it, where MQTT has just ended. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (ended || !ctx.channel().isActive()) {
            ctx.close(promise);
            return;
        }
        end(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE), promise);
    }
}
