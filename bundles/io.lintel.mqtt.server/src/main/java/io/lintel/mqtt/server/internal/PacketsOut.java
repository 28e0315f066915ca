// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.util.ReferenceCountUtil;

/**
 * What the server writes to one client: the packets of the server's side (MQTT 3.1.1 chapter 3), counted and shown to
 * traces. What is written in one turn of the event loop is sent at its end; nothing is written once the
 * {@link Connection} is closed. Lives as long as the connection; belongs to the event loop.
 */
final class PacketsOut {
    private final Broker broker;
    private final Connection connection;
    private final Channel channel;
    private boolean flushing;
    private boolean written;

    PacketsOut(Broker broker, Connection connection, Channel channel) {
        this.broker = broker;
        this.connection = connection;
        this.channel = channel;
    }

    /** Whether the client takes more; what was written is sent before it is said not to. */
    boolean isWritable() {
        if (!channel.isWritable() && !flushing && channel.isActive()) {
            flushing = true;   // a flush may call back through channelWritabilityChanged
            try {
                channel.flush();
            } finally {
                flushing = false;
            }
        }
        return connection.isOpen() && channel.isWritable();
    }

    void connack(boolean sessionPresent) {
        write(connack(MqttConnectReturnCode.CONNECTION_ACCEPTED, sessionPresent));
    }

    /** The last packet of a connection that is not accepted; the channel is closed behind it. */
    void refuse(MqttConnectReturnCode code) {
        MqttConnAckMessage refusal = connack(code, false);
        if (broker.traces().isOpen()) {
            broker.traces().out(connection, refusal);
        }
        broker.counters().add(Counter.PACKETS_OUT, 1);
        channel.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
    }

    private static MqttConnAckMessage connack(MqttConnectReturnCode code, boolean sessionPresent) {
        return new MqttConnAckMessage(header(MqttMessageType.CONNACK, MqttQoS.AT_MOST_ONCE, 2),
                new MqttConnAckVariableHeader(code, sessionPresent));
    }

    void publish(Delivery delivery) {
        broker.counters().add(Counter.MESSAGES_OUT, 1);
        broker.counters().add(Counter.PAYLOAD_OUT, delivery.bytes());
        connection.traffic().messageOut();
        MqttFixedHeader header = new MqttFixedHeader(MqttMessageType.PUBLISH, delivery.again(),
                MqttQoS.valueOf(delivery.qos()), delivery.message().retain(), 0);
        write(new MqttPublishMessage(header, new MqttPublishVariableHeader(delivery.message().topic(), delivery.packetId()),
                Unpooled.wrappedBuffer(delivery.message().payload())));
    }

    void puback(int packetId) {
        write(acknowledgement(MqttMessageType.PUBACK, MqttQoS.AT_MOST_ONCE, packetId));
    }

    void pubrec(int packetId) {
        write(acknowledgement(MqttMessageType.PUBREC, MqttQoS.AT_MOST_ONCE, packetId));
    }

    void pubrel(int packetId) {
        write(acknowledgement(MqttMessageType.PUBREL, MqttQoS.AT_LEAST_ONCE, packetId));
    }

    void pubcomp(int packetId) {
        write(acknowledgement(MqttMessageType.PUBCOMP, MqttQoS.AT_MOST_ONCE, packetId));
    }

    void unsuback(int packetId) {
        write(acknowledgement(MqttMessageType.UNSUBACK, MqttQoS.AT_MOST_ONCE, packetId));
    }

    private static MqttMessage acknowledgement(MqttMessageType type, MqttQoS flags, int packetId) {
        return new MqttMessage(header(type, flags, 2), MqttMessageIdVariableHeader.from(packetId));
    }

    private static MqttFixedHeader header(MqttMessageType type, MqttQoS flags, int remainingLength) {
        return new MqttFixedHeader(type, false, flags, false, remainingLength);
    }

    /** Writes; what is written in one turn of the event loop is sent at its end. */
    void write(MqttMessage packet) {
        if (!connection.isOpen()) {
            ReferenceCountUtil.release(packet);
            return;
        }
        if (broker.traces().isOpen()) {
            broker.traces().out(connection, packet);
        }
        broker.counters().add(Counter.PACKETS_OUT, 1);
        channel.write(packet, channel.voidPromise());
        broker.flushLater(this);
    }

    /** Whether this is the first write since the last flush. */
    boolean wantsFlush() {
        boolean first = !written;
        written = true;
        return first;
    }

    void flush() {
        written = false;
        channel.flush();
    }
}
