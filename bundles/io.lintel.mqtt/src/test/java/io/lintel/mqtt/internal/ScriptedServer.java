// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The server's side of one MQTT connection, packet by packet, for what no real server lets one see or do. Every step
 * reads one packet and answers as a server would, or leaves it to the test.
 */
final class ScriptedServer implements AutoCloseable {
    static final int CONNECT = 1;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int SUBSCRIBE = 8;
    static final int DISCONNECT = 14;

    /** A control packet as it came: type, flags of the first byte, and the rest. */
    record Packet(int type, int flags, byte[] body) {
        int packetId(int offset) {
            return (body[offset] & 0xFF) << 8 | body[offset + 1] & 0xFF;
        }

        String string(int offset) {
            return new String(body, offset + 2, packetId(offset), StandardCharsets.UTF_8);
        }

        /** Of a PUBLISH at QoS 1. */
        int publishId() {
            return packetId(2 + packetId(0));
        }

        String payload() {
            int start = 2 + packetId(0) + 2;
            return new String(body, start, body.length - start, StandardCharsets.UTF_8);
        }
    }

    private final ServerSocket listener;
    private final Deque<Packet> early = new ArrayDeque<>();
    private Socket socket;

    ScriptedServer() {
        try {
            listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            listener.setSoTimeout(20_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    String uri() {
        return "mqtt://127.0.0.1:" + port();
    }

    /** Takes the next connection and returns its CONNECT, unanswered. */
    Packet accept() {
        try {
            socket = listener.accept();
            socket.setSoTimeout(20_000);
            return expect(CONNECT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void connack(boolean sessionPresent) {
        write(0x20, new byte[] {(byte) (sessionPresent ? 1 : 0), 0});
    }

    /** Reads a SUBSCRIBE, grants all of it at QoS 1, and returns its filters with the QoS they ask for. */
    List<String> grantSubscription() {
        return grant(expect(SUBSCRIBE));
    }

    /** Reads a SUBSCRIBE, which it grants, and one packet of another type, which it returns, in either order. */
    Packet grantSubscriptionAmidOne(int type) {
        Packet first = expectEither(SUBSCRIBE, type);
        if (first.type() == SUBSCRIBE) {
            grant(first);
            return expect(type);
        }
        grant(expect(SUBSCRIBE));
        return first;
    }

    private List<String> grant(Packet subscribe) {
        List<String> filters = new ArrayList<>();
        int at = 2;
        while (at < subscribe.body().length) {
            String filter = subscribe.string(at);
            at += 2 + subscribe.packetId(at);
            filters.add(filter + " " + subscribe.body()[at++]);
        }
        byte[] suback = new byte[2 + filters.size()];
        suback[0] = subscribe.body()[0];
        suback[1] = subscribe.body()[1];
        java.util.Arrays.fill(suback, 2, suback.length, (byte) 1);
        write(0x90, suback);
        return filters;
    }

    /**
     * A connection from CONNECT to SUBACK. In a session that goes on, what was left over may come before the SUBSCRIBE; it
     * is kept for the next {@link #expect}.
     */
    void establish(boolean sessionPresent) {
        accept();
        connack(sessionPresent);
        List<Packet> leftOver = new ArrayList<>();
        Packet packet = sessionPresent ? read() : expect(SUBSCRIBE);
        while (packet.type() != SUBSCRIBE) {
            leftOver.add(packet);
            packet = read();
        }
        grant(packet);
        early.addAll(leftOver);
    }

    void publish(String topic, String payload, int packetId, boolean duplicate) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        body.write(name.length >> 8);
        body.write(name.length);
        body.writeBytes(name);
        body.write(packetId >> 8);
        body.write(packetId);
        body.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
        write(0x32 | (duplicate ? 8 : 0), body.toByteArray());
    }

    /** With QoS 0. */
    void publish(String topic, String payload) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        body.write(name.length >> 8);
        body.write(name.length);
        body.writeBytes(name);
        body.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
        write(0x30, body.toByteArray());
    }

    void puback(int packetId) {
        write(0x40, new byte[] {(byte) (packetId >> 8), (byte) packetId});
    }

    /** The next packet, which must be of this type. */
    Packet expect(int type) {
        Packet packet = read();
        if (packet.type() != type) {
            throw new AssertionError("expected packet type " + type + ", got " + packet.type());
        }
        return packet;
    }

    Packet expectEither(int type, int other) {
        Packet packet = read();
        if (packet.type() != type && packet.type() != other) {
            throw new AssertionError("expected packet type " + type + " or " + other + ", got " + packet.type());
        }
        return packet;
    }

    /** Whether nothing comes for a while: the only way to see that something is withheld. */
    boolean isSilent(int millis) {
        try {
            socket.setSoTimeout(millis);
            int first = socket.getInputStream().read();
            throw new AssertionError("got a packet beginning with " + first);
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            try {
                socket.setSoTimeout(20_000);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Whether nobody connects for a while: the only way to see that somebody stays away. */
    boolean isUntouched(int millis) {
        try {
            listener.setSoTimeout(millis);
            listener.accept().close();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void drop() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Packet read() {
        if (!early.isEmpty()) {
            return early.remove();
        }
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int first = in.readUnsignedByte();
            int length = 0;
            int shift = 0;
            int digit;
            do {
                digit = in.readUnsignedByte();
                length |= (digit & 0x7F) << shift;
                shift += 7;
            } while ((digit & 0x80) != 0);
            byte[] body = new byte[length];
            in.readFully(body);
            return new Packet(first >> 4, first & 0x0F, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(int first, byte[] body) {
        try {
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            packet.write(first);
            int length = body.length;
            do {
                int digit = length & 0x7F;
                length >>= 7;
                packet.write(length > 0 ? digit | 0x80 : digit);
            } while (length > 0);
            packet.writeBytes(body);
            OutputStream out = socket.getOutputStream();
            out.write(packet.toByteArray());
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
