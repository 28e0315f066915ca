// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.ws;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the HTTP request that begins a WebSocket (RFC 6455 section 4; MQTT 3.1.1 section 6): one path, version 13, the
 * subprotocol {@code mqtt} [MQTT-6.0.0-3, -4]. After the answer the pipeline has WebSocket frames where HTTP was, and
 * {@link WebSocketFrames} in place of this. Everything else is refused with a status and a sentence, and closed. No
 * extension is accepted, so nothing is compressed. On the event loop.
 */
public final class WebSocketEntry extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketEntry.class);
    private static final String SUBPROTOCOL = "mqtt";
    private static final int MOST_LINE_BYTES = 4_096;
    private static final int MOST_HEADER_BYTES = 8_192;
    private static final int MOST_BODY_BYTES = 1_024;
    private static final String VERSION = "13";

    private final String path;
    private final Origins origins;
    private final int maxFrameBytes;

    private WebSocketEntry(String path, Origins origins, int maxFrameBytes) {
        this.path = path;
        this.origins = origins;
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * Puts HTTP and this at the end of the pipeline as it is.
     *
     * @param maxFrameBytes the largest frame, which may hold several packets
     */
    public static void addTo(ChannelPipeline pipeline, String path, Origins origins, int maxFrameBytes) {
        pipeline.addLast(new HttpServerCodec(new HttpDecoderConfig().setMaxInitialLineLength(MOST_LINE_BYTES)
                .setMaxHeaderSize(MOST_HEADER_BYTES)));
        pipeline.addLast(new HttpObjectAggregator(MOST_BODY_BYTES, true));
        pipeline.addLast("websocket", new WebSocketEntry(path, origins, maxFrameBytes));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            boolean tooLong = request.decoderResult().cause() instanceof TooLongFrameException;
            refuse(ctx, tooLong ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE : HttpResponseStatus.BAD_REQUEST,
                    tooLong ? "The request line or its headers are too long." : "This is no HTTP request.");
        } else if (!pathOf(request.uri()).equals(path)) {
            refuse(ctx, HttpResponseStatus.NOT_FOUND, "There is nothing here; MQTT over WebSocket is at " + path + ".");
        } else if (request.method() != HttpMethod.GET) {
            refuse(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, "A WebSocket begins with GET.");
        } else if (!names(request, HttpHeaderNames.UPGRADE).contains("websocket")
                || !names(request, HttpHeaderNames.CONNECTION).contains("upgrade")) {
            refuse(ctx, HttpResponseStatus.UPGRADE_REQUIRED, "This is MQTT over WebSocket; ask with Connection: Upgrade and "
                    + "Upgrade: websocket.");
        } else if (!VERSION.equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            refuse(ctx, HttpResponseStatus.UPGRADE_REQUIRED, "The version of WebSocket here is 13.");
        } else if (!isKey(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY))) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, "The header Sec-WebSocket-Key is missing or malformed.");
        } else if (!names(request, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).contains(SUBPROTOCOL)) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, "The subprotocol must be mqtt (MQTT 3.1.1): ask with "
                    + "Sec-WebSocket-Protocol: mqtt.");
        } else if (!origins.admit(request.headers().get(HttpHeaderNames.ORIGIN), request.headers().get(HttpHeaderNames.HOST))) {
            refuse(ctx, HttpResponseStatus.FORBIDDEN, "Pages from " + request.headers().get(HttpHeaderNames.ORIGIN)
                    + " may not connect; the listener's setting \"origins\" says which may.");
        } else {
            shakeHands(ctx, request);
        }
    }

    private static String pathOf(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    /** The elements of a header's list, of all its lines, in lower case. */
    private static List<String> names(FullHttpRequest request, CharSequence header) {
        return request.headers().getAll(header).stream().flatMap(line -> Arrays.stream(line.split(",")))
                .map(name -> name.trim().toLowerCase(Locale.ROOT)).toList();
    }

    /** Sixteen bytes in Base64 (RFC 6455 4.2.1). */
    private static boolean isKey(String key) {
        return key != null && key.matches("[A-Za-z0-9+/]{22}==");
    }

    private void shakeHands(ChannelHandlerContext ctx, FullHttpRequest request) {
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(maxFrameBytes)
                .allowExtensions(false).expectMaskedFrames(true).withUTF8Validator(false).closeOnProtocolViolation(false).build();
        ctx.pipeline().replace(this, "websocket", new WebSocketFrames());
        new WebSocketServerHandshaker13(null, SUBPROTOCOL, config).handshake(ctx.channel(), request);
    }

    private static void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String why) {
        LOG.debug("{} gets {}: {}", ctx.channel().remoteAddress(), status, why);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                ctx.alloc().buffer().writeBytes((why + "\n").getBytes(StandardCharsets.UTF_8)));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, "close")
                .set("X-Content-Type-Options", "nosniff");
        if (status == HttpResponseStatus.UPGRADE_REQUIRED) {
            response.headers().set(HttpHeaderNames.UPGRADE, "websocket").set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
        } else if (status == HttpResponseStatus.METHOD_NOT_ALLOWED) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET");
        }
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
