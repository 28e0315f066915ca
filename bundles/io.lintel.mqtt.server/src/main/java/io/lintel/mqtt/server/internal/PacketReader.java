// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Walks over one packet's bytes without consuming them, never past the packet's end, and gives what they hold. One
 * belongs to each {@link PacketGate} and is reused for all its packets; event loop only.
 */
final class PacketReader {
    private static final byte[] NO_BYTES = new byte[0];
    /** Clients publish to the same topic many times; a longer one is looked at each time. */
    private static final int MOST_REMEMBERED = 256;

    private ByteBuf bytes;
    private int index;
    private int end;
    private ByteBuf lastTopicBytes = Unpooled.EMPTY_BUFFER;
    private String lastTopic = "";

    void over(ByteBuf packet, int from, int to) {
        bytes = packet;
        index = from;
        end = to;
    }

    int remaining() {
        return end - index;
    }

    int oneByte() throws MalformedPacketException {
        need(1);
        return bytes.getUnsignedByte(index++);
    }

    int twoBytes() throws MalformedPacketException {
        need(2);
        int value = bytes.getUnsignedShort(index);
        index += 2;
        return value;
    }

    /** A packet identifier, which is never 0 [MQTT-2.3.1-1]. */
    int packetId() throws MalformedPacketException {
        int id = twoBytes();
        if (id == 0) {
            throw new MalformedPacketException("packet identifier 0");
        }
        return id;
    }

    /** Bytes with a length in front, such as a password or a will message. */
    byte[] binary() throws MalformedPacketException {
        int length = twoBytes();
        need(length);
        byte[] value = length == 0 ? NO_BYTES : ByteBufUtil.getBytes(bytes, index, length);
        index += length;
        return value;
    }

    /** All that is left, as part of the packet's own bytes. */
    ByteBuf rest() {
        ByteBuf rest = bytes.retainedSlice(index, end - index);
        index = end;
        return rest;
    }

    /** Text with a length in front: well-formed UTF-8 without U+0000 [MQTT-1.5.3-1, -2]. */
    String string() throws MalformedPacketException {
        int length = twoBytes();
        need(length);
        checkUtf8(index, index + length);
        return text(length);
    }

    private String text(int length) {
        String text = bytes.toString(index, length, StandardCharsets.UTF_8);
        index += length;
        return text;
    }

    /** A topic name: a string of at least one character and no wildcard [MQTT-3.3.2-2, MQTT-4.7.3-1]. */
    String topicName() throws MalformedPacketException {
        int length = twoBytes();
        need(length);
        if (length == 0) {
            throw new MalformedPacketException("empty topic name");
        }
        if (length == lastTopicBytes.capacity() && ByteBufUtil.equals(lastTopicBytes, 0, bytes, index, length)) {
            index += length;
            return lastTopic;
        }
        checkTopicName(length);
        if (length > MOST_REMEMBERED) {
            return text(length);
        }
        lastTopicBytes = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(bytes, index, length));
        lastTopic = text(length);
        return lastTopic;
    }

    private void checkTopicName(int length) throws MalformedPacketException {
        int stop = index + length;
        checkUtf8(index, stop);
        for (int i = index; i < stop; i++) {
            byte b = bytes.getByte(i);
            if (b == '+' || b == '#') {
                throw new MalformedPacketException("wildcard in a topic name");
            }
        }
    }

    /** A topic filter: "#" alone as the last level, "+" alone on its level [MQTT-4.7.1-2, -3]. */
    String topicFilter() throws MalformedPacketException {
        int length = twoBytes();
        need(length);
        if (length == 0) {
            throw new MalformedPacketException("empty topic filter");
        }
        int start = index;
        int stop = index + length;
        checkUtf8(start, stop);
        for (int i = start; i < stop; i++) {
            byte b = bytes.getByte(i);
            if (b != '+' && b != '#') {
                continue;
            }
            boolean levelStarts = i == start || bytes.getByte(i - 1) == '/';
            boolean levelEnds = i + 1 == stop || b == '+' && bytes.getByte(i + 1) == '/';
            if (!levelStarts || !levelEnds) {
                throw new MalformedPacketException("misplaced wildcard in a topic filter");
            }
        }
        return text(length);
    }

    void end() throws MalformedPacketException {
        if (index != end) {
            throw new MalformedPacketException((end - index) + " bytes left over");
        }
    }

    private void need(int count) throws MalformedPacketException {
        if (end - index < count) {
            throw new MalformedPacketException("a field runs past the end of its packet");
        }
    }

    /** RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF; and no U+0000. */
    private void checkUtf8(int from, int to) throws MalformedPacketException {
        int i = from;
        while (i < to) {
            int lead = bytes.getByte(i++);
            if (lead > 0) {
                continue;
            }
            if (lead == 0) {
                throw new MalformedPacketException("U+0000 in a string");
            }
            lead &= 0xff;
            int followers = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
            if (lead < 0xc2 || lead > 0xf4 || to - i < followers) {
                throw illFormed();
            }
            int second = bytes.getUnsignedByte(i);
            int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
            int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
            if (second < least || second > most) {
                throw illFormed();
            }
            for (int k = 1; k < followers; k++) {
                if ((bytes.getByte(i + k) & 0xc0) != 0x80) {
                    throw illFormed();
                }
            }
            i += followers;
        }
    }

    private static MalformedPacketException illFormed() {
        return new MalformedPacketException("ill-formed UTF-8");
    }

    /** Lets go of the packet. */
    void release() {
        bytes = null;
        index = 0;
        end = 0;
    }
}
