// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.bench.internal.LoadPackets.PublishTemplate;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * One connection of a load: understands the packets that a server sends to a client of QoS 1, looks at no more of them
 * than it must, and acknowledges what it gets. Belongs to the thread of its {@link LoadLoop}.
 */
final class LoadClient implements AutoCloseable {
    private static final byte[] NOTHING = new byte[0];

    private final LoadLoop loop;
    private final String clientId;
    private final SocketChannel channel;
    private final SelectionKey key;
    private Receiver receiver = Receiver.NONE;
    private byte[] begun = NOTHING;
    private byte[] out = NOTHING;
    private int outBytes;
    private boolean connected;
    private boolean sessionPresent;
    private boolean subscribes;
    private boolean subscribed;
    private String failure;

    /** What a client hears. */
    interface Receiver {
        Receiver NONE = new Receiver() {
            @Override
            public void message(ByteBuffer packet, int payloadAt, int end) {
                // not looked at
            }

            @Override
            public void acknowledged(int packetId) {
                // not looked at
            }
        };

        /** A PUBLISH; its payload is between the two absolute positions. It is acknowledged by the client. */
        void message(ByteBuffer packet, int payloadAt, int end);

        void acknowledged(int packetId);
    }

    /** @param from a loopback address: 28,000 connections can be made from one to a server's port */
    LoadClient(LoadLoop loop, String from, int port, String clientId, boolean cleanSession) throws IOException {
        this.loop = loop;
        this.clientId = clientId;
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.bind(new InetSocketAddress(from, 0));
        channel.configureBlocking(false);
        key = channel.register(loop.selector(), SelectionKey.OP_READ, this);
        channel.connect(new InetSocketAddress("127.0.0.1", port));
        key.interestOps(SelectionKey.OP_CONNECT);
        append(LoadPackets.connect(clientId, cleanSession));
    }

    void receiver(Receiver newReceiver) {
        receiver = newReceiver;
    }

    boolean isConnected() throws IOException {
        if (failure != null) {
            throw new IOException(clientId + ": " + failure);
        }
        return connected;
    }

    boolean wasPresent() {
        return sessionPresent;
    }

    void subscribe(String filter) {
        subscribes = true;
        append(LoadPackets.subscribe(filter));   // a server keeps it until it has accepted the CONNECT
    }

    boolean subscribes() {
        return subscribes;
    }

    boolean isSubscribed() throws IOException {
        return isConnected() && subscribed;
    }

    /** Sends at the end of this turn. {@code first} and {@code second} stand at the begin of the payload. */
    void publish(PublishTemplate template, int packetId, long first, long second) {
        byte[] packet = template.bytes();
        int at = append(packet) + template.packetIdAt();
        out[at] = (byte) (packetId >> 8);
        out[at + 1] = (byte) packetId;
        ByteBuffer.wrap(out).putLong(at + 2, first).putLong(at + 10, second);
    }

    private int append(byte[] packet) {
        int at = room(packet.length);
        System.arraycopy(packet, 0, out, at, packet.length);
        return at;
    }

    private int room(int bytes) {
        int at = outBytes;
        if (at == 0) {
            loop.flushLater(this);
        }
        if (out.length < at + bytes) {
            out = Arrays.copyOf(out, Math.max(at + bytes, 2 * out.length));
        }
        outBytes += bytes;
        return at;
    }

    private void acknowledge(int packetId) {
        int at = room(LoadPackets.PUBACK_BYTES);
        out[at] = 0x40;
        out[at + 1] = 2;
        out[at + 2] = (byte) (packetId >> 8);
        out[at + 3] = (byte) packetId;
    }

    void flush() throws IOException {
        if (!channel.isConnected() || outBytes == 0) {
            return;
        }
        int sent = 0;
        ByteBuffer buffer = loop.out();
        while (sent < outBytes) {
            int part = Math.min(buffer.capacity(), outBytes - sent);
            buffer.clear().put(out, sent, part).flip();
            int written = channel.write(buffer);
            sent += written;
            if (written < part) {
                break;
            }
        }
        System.arraycopy(out, sent, out, 0, outBytes - sent);
        outBytes -= sent;
        key.interestOps(outBytes == 0 ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    void serve(SelectionKey ready) throws IOException {
        if (ready.isConnectable() && channel.finishConnect()) {
            flush();
        } else {
            if (ready.isReadable()) {
                read();
            }
            if (ready.isValid() && ready.isWritable()) {
                flush();
            }
        }
    }

    private void read() throws IOException {
        ByteBuffer in = loop.in();
        in.clear().put(begun);
        int read = channel.read(in);
        if (read < 0) {
            fail("the server closed the connection");
            return;
        }
        in.flip();
        while (in.hasRemaining() && packet(in)) {
            continue;
        }
        begun = in.hasRemaining() ? new byte[in.remaining()] : NOTHING;
        in.get(begun);
    }

    private void fail(String why) throws IOException {
        failure = why;
        key.cancel();
        channel.close();
        if (connected) {
            throw new EOFException(clientId + ": " + why);
        }
    }

    /** Takes one packet; false if it is not complete. */
    private boolean packet(ByteBuffer in) throws IOException {
        int start = in.position();
        int at = start + 1;
        int length = 0;
        int digit;
        int shift = 0;
        do {
            if (at >= in.limit()) {
                return false;
            }
            digit = in.get(at++);
            length |= (digit & 0x7f) << shift;
            shift += 7;
        } while (digit < 0);
        int end = at + length;
        if (end > in.limit()) {
            return false;
        }
        int first = in.get(start);
        switch ((first & 0xf0) >> 4) {
            case LoadPackets.CONNACK -> {
                connected = in.get(at + 1) == 0;
                sessionPresent = in.get(at) == 1;
                failure = connected ? null : "CONNACK " + in.get(at + 1);
            }
            case LoadPackets.SUBACK -> {
                subscribed = in.get(at + 2) == 1;
                failure = subscribed ? null : "SUBACK " + in.get(at + 2);
            }
            case LoadPackets.PUBACK -> receiver.acknowledged(in.getShort(at) & 0xffff);
            case LoadPackets.PUBLISH -> {
                int payloadAt = at + 2 + (in.getShort(at) & 0xffff);
                if ((first & 0x06) != 0) {
                    acknowledge(in.getShort(payloadAt) & 0xffff);
                    payloadAt += 2;
                }
                receiver.message(in, payloadAt, end);
            }
            default -> throw new IOException(clientId + " got a packet that begins with " + (first & 0xff));
        }
        in.position(end);
        return true;
    }

    /** Says DISCONNECT, without waiting for what the network makes of it. */
    @Override
    public void close() throws IOException {
        if (channel.isConnected()) {
            append(LoadPackets.DISCONNECT);
            flush();
        }
        key.cancel();
        channel.close();
    }
}
