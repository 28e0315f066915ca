// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The packets a load generator sends, as bytes; made once where they are sent often. */
final class LoadPackets {
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int SUBACK = 9;
    static final byte[] DISCONNECT = {(byte) 0xe0, 0};
    static final int PUBACK_BYTES = 4;

    private LoadPackets() {
    }

    /** Without keep alive, will, user and password. */
    static byte[] connect(String clientId, boolean cleanSession) {
        byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        return whole(0x10, 12 + id.length).put(new byte[] {0, 4, 'M', 'Q', 'T', 'T', 4, (byte) (cleanSession ? 2 : 0), 0, 0})
                .putShort((short) id.length).put(id).array();
    }

    static byte[] subscribe(String filter) {
        byte[] text = filter.getBytes(StandardCharsets.UTF_8);
        return whole(0x82, 5 + text.length).putShort((short) 1).putShort((short) text.length).put(text).put((byte) 1).array();
    }

    /**
     * A PUBLISH of QoS 1 whose packet identifier is left open.
     *
     * @param bytes          the packet
     * @param packetIdAt     where the identifier stands; the payload follows it
     */
    record PublishTemplate(byte[] bytes, int packetIdAt) {
        static PublishTemplate of(String topic, byte[] payload) {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            ByteBuffer packet = whole(0x32, 4 + name.length + payload.length).putShort((short) name.length).put(name);
            int at = packet.position();
            return new PublishTemplate(packet.putShort((short) 0).put(payload).array(), at);
        }
    }

    private static ByteBuffer whole(int first, int remainingLength) {
        int lengthBytes = remainingLength < 128 ? 1 : remainingLength < 16_384 ? 2 : 3;
        ByteBuffer packet = ByteBuffer.allocate(1 + lengthBytes + remainingLength).put((byte) first);
        for (int rest = remainingLength; lengthBytes > 0; lengthBytes--, rest >>= 7) {
            packet.put((byte) (rest & 0x7f | (lengthBytes > 1 ? 0x80 : 0)));
        }
        return packet;
    }
}
