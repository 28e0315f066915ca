// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/**
 * What Netty's decoder does not hold against a packet: section 2 and 3 of MQTT 3.1.1 for what a client may send. A
 * packet that passes can be decoded without loss. Stateless.
 */
final class PacketCheck {
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

    private static final int PROTOCOL_LEVEL = 4;

    private PacketCheck() {
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
     * What follows the fixed header.
     *
     * @return false for a CONNECT of another protocol level, whose further layout is unknown [MQTT-3.1.2-2]
     */
    static boolean body(int first, PacketReader in) throws MalformedPacketException {
        switch (first >> 4) {
            case CONNECT -> {
                return connect(in);
            }
            case PUBLISH -> {
                in.topicName();
                if ((first & 0x06) != 0) {
                    in.packetId();
                }
                return true;   // the rest is payload
            }
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> in.packetId();
            case SUBSCRIBE -> {
                in.packetId();
                do {
                    in.topicFilter();
                    if (in.oneByte() > 2) {
                        throw new MalformedPacketException("requested QoS is none of 0, 1, 2");          // [MQTT-3.8.3-4]
                    }
                } while (in.remaining() > 0);
            }
            case UNSUBSCRIBE -> {
                in.packetId();
                do {
                    in.topicFilter();
                } while (in.remaining() > 0);
            }
            default -> {
                // PINGREQ and DISCONNECT have nothing behind the fixed header
            }
        }
        in.end();
        return true;
    }

    private static boolean connect(PacketReader in) throws MalformedPacketException {
        if (in.twoBytes() != 4 || in.oneByte() != 'M' || in.oneByte() != 'Q' || in.oneByte() != 'T' || in.oneByte() != 'T') {
            throw new MalformedPacketException("the protocol name is not MQTT");                         // [MQTT-3.1.2-1]
        }
        if (in.oneByte() != PROTOCOL_LEVEL) {
            return false;
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
        in.twoBytes();   // keep alive
        in.string();     // client identifier
        if (will) {
            in.topicName();
            in.binary();
        }
        if (userName) {
            in.string();
        }
        if (password) {
            in.binary();
        }
        in.end();
        return true;
    }
}
