// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A packet from the server, as far as the driver looks into it.
 *
 * @param type     MQTT 3.1.1 section 2.2.1
 * @param flags    the lower half of the first byte
 * @param packetId 0 where there is none; for a CONNACK its two bytes
 * @param topic    of a PUBLISH, else empty
 * @param body     what follows: a PUBLISH's payload, a SUBACK's return codes
 */
record Incoming(int type, int flags, int packetId, String topic, byte[] body) {
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int UNSUBACK = 11;
    static final int PINGRESP = 13;

    /** The next whole packet, or null; moves the buffer's position behind it. */
    static Incoming read(ByteBuffer buffer) {
        int start = buffer.position();
        int length = 0;
        int at = start + 1;
        for (int shift = 0;; shift += 7) {
            if (at >= buffer.limit()) {
                return null;
            }
            int digit = buffer.get(at++);
            length |= (digit & 0x7f) << shift;
            if (digit >= 0) {
                break;
            }
        }
        if (at + length > buffer.limit()) {
            return null;
        }
        int first = buffer.get(start);
        ByteBuffer packet = buffer.slice(at, length);
        buffer.position(at + length);
        int type = first >> 4 & 15;
        String topic = "";
        if (type == PUBLISH) {
            byte[] name = new byte[packet.getChar()];
            packet.get(name);
            topic = new String(name, StandardCharsets.UTF_8);
        }
        boolean numbered = type != PINGRESP && (type != PUBLISH || (first & 6) != 0);
        int packetId = numbered ? packet.getChar() : 0;
        byte[] body = new byte[packet.remaining()];
        packet.get(body);
        return new Incoming(type, first & 15, packetId, topic, body);
    }

    int qos() {
        return flags >> 1 & 3;
    }

    boolean dup() {
        return (flags & 8) != 0;
    }

    boolean retain() {
        return (flags & 1) != 0;
    }

    boolean sessionPresent() {
        return packetId >> 8 == 1;
    }

    int returnCode() {
        return packetId & 0xff;
    }
}
