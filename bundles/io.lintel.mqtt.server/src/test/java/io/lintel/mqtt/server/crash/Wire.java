// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** A connection that never blocks: what cannot be sent waits, and what arrived is handed out packet by packet. */
final class Wire {
    private final SocketChannel channel;
    private final Deque<ByteBuffer> out = new ArrayDeque<>();
    private ByteBuffer in = ByteBuffer.allocate(65_536);
    private boolean over;

    private Wire(SocketChannel channel) {
        this.channel = channel;
    }

    /** Null if nobody listens. */
    static Wire open(int port) {
        try {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            return new Wire(channel);
        } catch (IOException e) {
            return null;
        }
    }

    void send(byte[] packet) {
        out.add(ByteBuffer.wrap(packet));
        flush();
    }

    /** Bytes that the server has not taken yet. */
    boolean isCongested() {
        return !out.isEmpty();
    }

    private void flush() {
        try {
            while (!over && !out.isEmpty()) {
                channel.write(out.peek());
                if (out.peek().hasRemaining()) {
                    return;
                }
                out.poll();
            }
        } catch (IOException e) {
            out.clear();   // what the server sent before can still be read
        }
    }

    /** The next packet, or null if none is there now. */
    Incoming receive() {
        flush();
        in.flip();
        Incoming packet = in.hasRemaining() ? Incoming.read(in) : null;
        in.compact();
        if (packet != null || over) {
            return packet;
        }
        if (!in.hasRemaining()) {
            in = ByteBuffer.allocate(in.capacity() * 2).put(in.flip());
        }
        try {
            int read = channel.read(in);
            if (read < 0) {
                over = true;
            }
            return read > 0 ? receive() : null;
        } catch (IOException e) {
            over = true;
            return null;
        }
    }

    /** Whether the server is gone and all that it sent was received. */
    boolean isOver() {
        return over;
    }

    /** Drops the connection. */
    void close() {
        over = true;
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
