// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscribePayload;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribePayload;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a packet of its bytes, and takes none that sections 2 and 3 of MQTT 3.1.1 do not allow a client to send. Netty's
 * classes stand for the packets; its decoder is not used, because it lets much pass and would read each packet again.
 * Stateless.
 */
final class PacketDecoder {
    static final int CONNECT = 1;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBSCRIBE = 8;
    static final int UNSUBSCRIBE = 10;
    static final int PINGREQ = 12;
    static final int DISCONNECT = 14;

    private static final String PROTOCOL = "MQTT";
    private static final int PROTOCOL_LEVEL = 4;
    private static final int NO_PACKET_ID = -1;
    private static final MqttFixedHeader[] HEADERS = new MqttFixedHeader[256];

    static {
        for (MqttMessageType type : MqttMessageType.values()) {
            for (int flags = 0; flags < 16; flags++) {
                int qos = flags >> 1 & 3;
                if (qos < 3) {
                    HEADERS[type.value() << 4 | flags] =
                            new MqttFixedHeader(type, (flags & 8) != 0, MqttQoS.valueOf(qos), (flags & 1) != 0, 0);
                }
            }
        }
    }

    private PacketDecoder() {
    }

    /** The first byte of the fixed header: the type, its flags [MQTT-2.2.2-1, -2], and whether it is its turn. */
    static void firstByte(int first, boolean connected) throws MalformedPacketException {
        int type = first >> 4;
        int flags = first & 0x0f;
        if (!connected && type != CONNECT) {
            throw new MalformedPacketException("the first packet is not CONNECT but of type " + type);   // [MQTT-3.1.0-1]
        }
        switch (type) {
            case CONNECT -> {
                if (connected) {
                    throw new MalformedPacketException("a second CONNECT");                              // [MQTT-3.1.0-2]
                }
                requireFlags(type, flags, 0);
            }
            case PUBLISH -> {
                if ((flags & 0x06) == 0x06) {
                    throw new MalformedPacketException("PUBLISH with QoS 3");                            // [MQTT-3.3.1-4]
                }
            }
            case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> requireFlags(type, flags, 2);
            case PUBACK, PUBREC, PUBCOMP, PINGREQ, DISCONNECT -> requireFlags(type, flags, 0);
            default -> throw new MalformedPacketException("a client does not send packets of type " + type);
        }
    }

    private static void requireFlags(int type, int flags, int required) throws MalformedPacketException {
        if (flags != required) {
            throw new MalformedPacketException("flags " + flags + " in a packet of type " + type);
        }
    }

    /**
     * The packet of this first byte.
     *
     * @param in what follows the fixed header
     * @return null for a CONNECT of another protocol level, whose further layout is unknown [MQTT-3.1.2-2]; a PUBLISH
     *         shares the bytes of its payload
     */
    static MqttMessage packet(int first, PacketReader in) throws MalformedPacketException {
        MqttFixedHeader header = HEADERS[first];
        return switch (first >> 4) {
            case CONNECT -> connect(header, in);
            case PUBLISH -> {
                String topic = in.topicName();
                int packetId = header.qosLevel() == MqttQoS.AT_MOST_ONCE ? NO_PACKET_ID : in.packetId();
                yield new MqttPublishMessage(header, new MqttPublishVariableHeader(topic, packetId), in.rest());
            }
            case SUBSCRIBE -> subscribe(header, in);
            case UNSUBSCRIBE -> unsubscribe(header, in);
            case PINGREQ, DISCONNECT -> {
                in.end();
                yield new MqttMessage(header);
            }
            default -> {
                MqttMessageIdVariableHeader packetId = MqttMessageIdVariableHeader.from(in.packetId());
                in.end();
                yield new MqttMessage(header, packetId);
            }
        };
    }

    private static MqttMessage subscribe(MqttFixedHeader header, PacketReader in) throws MalformedPacketException {
        int packetId = in.packetId();
        List<MqttTopicSubscription> subscriptions = new ArrayList<>(1);
        do {
            String filter = in.topicFilter();
            int qos = in.oneByte();
            if (qos > 2) {
                throw new MalformedPacketException("requested QoS is none of 0, 1, 2");                  // [MQTT-3.8.3-4]
            }
            subscriptions.add(new MqttTopicSubscription(filter, MqttQoS.valueOf(qos)));
        } while (in.remaining() > 0);                                                                    // [MQTT-3.8.3-3]
        return new MqttSubscribeMessage(header, MqttMessageIdVariableHeader.from(packetId),
                new MqttSubscribePayload(subscriptions));
    }

    private static MqttMessage unsubscribe(MqttFixedHeader header, PacketReader in) throws MalformedPacketException {
        int packetId = in.packetId();
        List<String> filters = new ArrayList<>(1);
        do {
            filters.add(in.topicFilter());
        } while (in.remaining() > 0);                                                                   // [MQTT-3.10.3-2]
        return new MqttUnsubscribeMessage(header, MqttMessageIdVariableHeader.from(packetId),
                new MqttUnsubscribePayload(filters));
    }

    private static MqttMessage connect(MqttFixedHeader header, PacketReader in) throws MalformedPacketException {
        if (in.twoBytes() != 4 || in.oneByte() != 'M' || in.oneByte() != 'Q' || in.oneByte() != 'T' || in.oneByte() != 'T') {
            throw new MalformedPacketException("the protocol name is not MQTT");                         // [MQTT-3.1.2-1]
        }
        if (in.oneByte() != PROTOCOL_LEVEL) {
            return null;
        }
        int flags = in.oneByte();
        boolean will = (flags & 0x04) != 0;
        int willQos = flags >> 3 & 3;
        boolean userName = (flags & 0x80) != 0;
        boolean password = (flags & 0x40) != 0;
        if ((flags & 0x01) != 0) {
            throw new MalformedPacketException("reserved CONNECT flag");                                 // [MQTT-3.1.2-3]
        }
        if (willQos == 3 || !will && (flags & 0x38) != 0) {
            throw new MalformedPacketException("will flags do not fit together");                  // [MQTT-3.1.2-11, -13 … -15]
        }
        if (password && !userName) {
            throw new MalformedPacketException("a password without user name");                          // [MQTT-3.1.2-22]
        }
        int keepAliveSeconds = in.twoBytes();
        String clientId = in.string();
        String willTopic = will ? in.topicName() : null;
        byte[] willMessage = will ? in.binary() : null;
        String user = userName ? in.string() : null;
        byte[] secret = password ? in.binary() : null;
        in.end();
        MqttConnectVariableHeader head = new MqttConnectVariableHeader(PROTOCOL, PROTOCOL_LEVEL, userName, password,
                (flags & 0x20) != 0, willQos, will, (flags & 0x02) != 0, keepAliveSeconds);
        return new MqttConnectMessage(header, head, new MqttConnectPayload(clientId, MqttProperties.NO_PROPERTIES, willTopic,
                willMessage, user, secret));
    }
}
