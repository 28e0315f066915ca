// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import java.util.List;

/**
 * First on the way in: cuts the stream into packets and decodes those that MQTT 3.1.1 allows, in one pass; nothing behind
 * it sees half a packet, an oversized or a malformed one. The size is judged by the fixed header, before anything is
 * gathered. What is wrong goes on as a user event ({@link MalformedPacketException} or
 * {@link #UNSUPPORTED_LEVEL}); after it every further byte is thrown away. One per channel, on its event loop.
 */
final class PacketGate extends ByteToMessageDecoder {
    /** The event for a CONNECT of another protocol level: CONNACK 0x01, then close [MQTT-3.1.2-2]. */
    static final Object UNSUPPORTED_LEVEL = new Object();

    private static final int MOST_LENGTH_BYTES = 4;

    private final int maxPacketBytes;
    private final Counters counters;
    private final Connection connection;
    private final PacketReader reader = new PacketReader();
    private boolean connected;
    private boolean shut;

    PacketGate(int maxPacketBytes, Counters counters, Connection connection) {
        this.maxPacketBytes = maxPacketBytes;
        this.counters = counters;
        this.connection = connection;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (shut) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            int start = in.readerIndex();
            MqttMessage packet = wholePacket(in);
            if (packet == null) {
                return;
            }
            int bytes = in.readerIndex() - start;
            counters.add(Counter.PACKETS_IN, 1);
            counters.add(Counter.BYTES_IN, bytes);
            connection.traffic().bytesIn(bytes);
            connected = true;
            out.add(packet);
        } catch (MalformedPacketException e) {
            shut(in);
            counters.add(Counter.PACKETS_MALFORMED, 1);
            ctx.fireUserEventTriggered(e);
        } catch (UnsupportedLevel e) {
            shut(in);
            ctx.fireUserEventTriggered(UNSUPPORTED_LEVEL);
        }
    }

    /** The packet at the reader index, which moves behind it, if it is complete and sound; null if more bytes are needed. */
    private MqttMessage wholePacket(ByteBuf in) throws MalformedPacketException, UnsupportedLevel {
        int start = in.readerIndex();
        int available = in.readableBytes();
        if (available == 0) {
            return null;
        }
        int first = in.getUnsignedByte(start);
        PacketDecoder.firstByte(first, connected);
        int remainingLength = 0;
        int lengthBytes = 0;
        int next;
        do {
            if (1 + lengthBytes >= available) {
                return null;
            }
            next = in.getByte(start + 1 + lengthBytes);
            remainingLength |= (next & 0x7f) << 7 * lengthBytes;
            lengthBytes++;
            if (next < 0 && lengthBytes == MOST_LENGTH_BYTES) {
                throw new MalformedPacketException("a remaining length of more than four bytes");        // 2.2.3
            }
        } while (next < 0);
        int body = start + 1 + lengthBytes;
        int total = 1 + lengthBytes + remainingLength;
        if (total > maxPacketBytes) {
            throw new MalformedPacketException("a packet of " + total + " bytes, " + maxPacketBytes + " are allowed");
        }
        if (available < total) {
            return null;
        }
        reader.over(in, body, start + total);
        try {
            MqttMessage packet = PacketDecoder.packet(first, reader);
            if (packet == null) {
                throw UnsupportedLevel.INSTANCE;
            }
            in.skipBytes(total);
            return packet;
        } finally {
            reader.release();
        }
    }

    private void shut(ByteBuf in) {
        shut = true;
        in.skipBytes(in.readableBytes());
    }

    /** Leaves {@link #wholePacket} when the client speaks another level. */
    private static final class UnsupportedLevel extends Exception {
        private static final long serialVersionUID = 1L;
        private static final UnsupportedLevel INSTANCE = new UnsupportedLevel();

        private UnsupportedLevel() {
            super(null, null, false, false);
        }
    }
}
