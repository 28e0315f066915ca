// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.TraceEvent;
import io.lintel.mqtt.server.TraceEvent.Direction;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.List;
import java.util.Optional;

/**
 * A packet as a trace shows it, made while the packet is at hand; the payload is copied per trace, as much as that one
 * wants. A user's password is never shown. Belongs to the event loop.
 */
final class PacketEvent {
    private static final byte[] NOTHING = {};

    private final Connection connection;
    private final MqttMessage packet;
    private final Direction direction;
    private final String clientId;
    private final String name;
    private final List<String> topics;
    private final String detail;

    private PacketEvent(Connection connection, MqttMessage packet, Direction direction, String clientId, String name,
            List<String> topics, String detail) {
        this.connection = connection;
        this.packet = packet;
        this.direction = direction;
        this.clientId = clientId;
        this.name = name;
        this.topics = topics;
        this.detail = detail;
    }

    static PacketEvent of(Connection connection, MqttMessage packet, Direction direction) {
        String clientId = connection.client() == null ? "" : connection.client().clientId();
        List<String> topics = List.of();
        String detail = "";
        if (packet instanceof MqttPublishMessage publish) {
            topics = List.of(publish.variableHeader().topicName());
        } else if (packet instanceof MqttConnectMessage connect) {
            clientId = connect.payload().clientIdentifier();
            detail = text(connect);
        } else if (packet instanceof MqttConnAckMessage connack) {
            detail = "code " + connack.variableHeader().connectReturnCode().byteValue()
                    + (connack.variableHeader().isSessionPresent() ? ", session present" : "");
        } else if (packet instanceof MqttSubscribeMessage subscribe) {
            topics = subscribe.payload().topicSubscriptions().stream().map(s -> s.topicFilter()).toList();
            detail = "QoS " + subscribe.payload().topicSubscriptions().stream()
                    .map(s -> String.valueOf(s.qualityOfService().value())).toList();
        } else if (packet instanceof MqttUnsubscribeMessage unsubscribe) {
            topics = unsubscribe.payload().topics();
        } else if (packet instanceof MqttSubAckMessage suback) {
            detail = "codes " + suback.payload().grantedQoSLevels();
        }
        return new PacketEvent(connection, packet, direction, clientId, packet.fixedHeader().messageType().name(), topics,
                detail);
    }

    private static String text(MqttConnectMessage connect) {
        MqttConnectVariableHeader header = connect.variableHeader();
        return (header.isCleanSession() ? "clean session" : "durable session") + ", keep alive " + header.keepAliveTimeSeconds()
                + " s"
                + (header.hasUserName() ? ", user " + connect.payload().userName() : "")
                + (header.isWillFlag() ? ", will on " + connect.payload().willTopic() : "");
    }

    static PacketEvent note(Connection connection, String what, String topic, String detail) {
        return new PacketEvent(connection, null, Direction.NONE, connection.client() == null ? ""
                : connection.client().clientId(),
                what, topic.isEmpty() ? List.of() : List.of(topic), detail);
    }

    String clientId() {
        return clientId;
    }

    boolean isAbout(String topicFilter) {
        for (String topic : topics) {
            if (topic.equals(topicFilter) || Topics.matches(topicFilter, topic)) {
                return true;
            }
        }
        return false;
    }

    TraceEvent toTraceEvent(int payloadBytes) {
        byte[] payload = NOTHING;
        int bytes = 0;
        int packetId = 0;
        if (packet instanceof MqttPublishMessage publish) {
            bytes = publish.payload().readableBytes();
            payload = new byte[Math.min(bytes, payloadBytes)];
            publish.payload().getBytes(publish.payload().readerIndex(), payload);
            packetId = Math.max(0, publish.variableHeader().packetId());
        } else if (packet != null && packet.variableHeader() instanceof MqttMessageIdVariableHeader header) {
            packetId = header.messageId();
        }
        boolean publish = packet instanceof MqttPublishMessage;
        return new TraceEvent(System.currentTimeMillis(), clientId, Listener.text(connection.address()), direction, name,
                topics.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", topics)),
                publish ? packet.fixedHeader().qosLevel().value() : 0, publish && packet.fixedHeader().isRetain(),
                publish && packet.fixedHeader().isDup(), packetId, bytes, payload, detail);
    }
}
