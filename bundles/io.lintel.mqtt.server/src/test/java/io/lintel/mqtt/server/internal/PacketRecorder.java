// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Stands behind a decoder: notes each packet as text and how it ended, in order, and lets go of them. */
final class PacketRecorder extends ChannelInboundHandlerAdapter {
    static final String VERDICT = "verdict: ";

    private final List<String> seen = new ArrayList<>();

    List<String> seen() {
        return seen;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            seen.add(describe((MqttMessage) message));
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        seen.add(VERDICT + (event instanceof MalformedPacketException malformed ? malformed.getMessage() : "another level"));
    }

    /** What a transport could not read ends the connection, too. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        assertThat(cause).isInstanceOf(DecoderException.class).hasNoCause();
        seen.add(VERDICT + cause.getMessage());
        ctx.close();
    }

    private static String describe(MqttMessage packet) {
        if (packet.decoderResult().isFailure()) {
            return VERDICT + packet.decoderResult().cause();
        }
        assertThat(packet.fixedHeader()).isNotNull();
        MqttMessageType type = packet.fixedHeader().messageType();
        if (type == MqttMessageType.PINGREQ || type == MqttMessageType.DISCONNECT) {
            return type.toString();   // Netty gives the latter what only MQTT 5 has
        }
        String text = type + " dup " + packet.fixedHeader().isDup() + " qos " + packet.fixedHeader().qosLevel() + " retain "
                + packet.fixedHeader().isRetain() + " " + idOf(packet);
        if (packet instanceof MqttPublishMessage publish) {
            ByteBuf payload = publish.payload();
            return text + payload.toString(StandardCharsets.ISO_8859_1);
        }
        if (packet instanceof MqttConnectMessage connect) {
            return text + connect.payload().clientIdentifier() + connect.payload().userName() + connect.payload().willTopic()
                    + Arrays.toString(connect.payload().willMessageInBytes())
                    + Arrays.toString(connect.payload().passwordInBytes());
        }
        return text + packet.payload();
    }

    private static Object idOf(MqttMessage packet) {
        return packet.variableHeader() instanceof MqttMessageIdVariableHeader id ? id.messageId() : packet.variableHeader();
    }
}
