// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;

/**
 * The other end of a connection, packet by packet in lock-step: sends bytes, expects bytes. Nothing is expected by
 * waiting: that nothing came is shown by a PINGREQ whose PINGRESP is the next packet.
 */
public final class PacketClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final DataInputStream in;

    private PacketClient(int port, int receiveBuffer) throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65_536));
    }

    private PacketClient(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65_536));
    }

    public static PacketClient open(int port) {
        return open(port, 0);
    }

    /** Over TLS; the handshake takes place with the first packet. */
    public static PacketClient open(int port, SSLContext tls) {
        try {
            return new PacketClient(tls.getSocketFactory().createSocket("127.0.0.1", port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static PacketClient open(int port, int receiveBuffer) {
        try {
            return new PacketClient(port, receiveBuffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connected, with the CONNACK read. */
    public static PacketClient connected(int port, String clientId, boolean clean) {
        return open(port).send(Packets.connect(clientId, clean, 0)).expectConnack(0, false);
    }

    /** Connected to a session that was there. */
    public static PacketClient resumed(int port, String clientId) {
        return open(port).send(Packets.connect(clientId, false, 0)).expectConnack(0, true);
    }

    public PacketClient send(byte[]... packets) {
        try {
            for (byte[] packet : packets) {
                socket.getOutputStream().write(packet);
            }
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public PacketClient send(int... bytes) {
        return send(Packets.bytes(bytes));
    }

    /** Sends what the server may no longer want to read. */
    public PacketClient sendAnyway(byte[] packet) {
        try {
            socket.getOutputStream().write(packet);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            assertThat(e).isInstanceOf(SocketException.class);
        }
        return this;
    }

    public PacketClient expect(byte[] packet) {
        Packet received = receive();
        assertThat(HexFormat.ofDelimiter(" ").formatHex(received.all))
                .isEqualTo(HexFormat.ofDelimiter(" ").formatHex(packet));
        return this;
    }

    public PacketClient expect(int... bytes) {
        return expect(Packets.bytes(bytes));
    }

    public PacketClient expectConnack(int code, boolean sessionPresent) {
        return expect(0x20, 2, sessionPresent ? 1 : 0, code);
    }

    /** The return code of the CONNACK that comes, whatever it is. */
    public int receiveConnack() {
        byte[] packet = receive().all;
        assertThat(packet).hasSize(4).startsWith(0x20, 2);
        return packet[3];
    }

    public PacketClient expectSuback(int packetId, int... codes) {
        return expect(Packets.body().two(packetId).one(codes).as(0x90));
    }

    public PacketClient subscribed(String filter, int qos) {
        return send(Packets.subscribe(1, filter, qos)).expectSuback(1, qos);
    }

    public PacketClient expectPuback(int packetId) {
        return expect(Packets.puback(packetId));
    }

    /** A PUBLISH with DUP 0 and RETAIN 0; gives its packet identifier. */
    public int expectPublish(String topic, String payload, int qos) {
        Packet packet = receive();
        assertThat(packet.describe()).isEqualTo("PUBLISH " + topic + " " + payload + " qos " + qos);
        return packet.packetId();
    }

    public PacketClient expectPublishAndAcknowledge(String topic, String payload) {
        return send(Packets.puback(expectPublish(topic, payload, 1)));
    }

    public PacketClient expectDescribed(String description) {
        assertThat(receive().describe()).isEqualTo(description);
        return this;
    }

    /** Nothing else was sent before the answer to a PINGREQ. */
    public PacketClient expectNothing() {
        return send(Packets.PINGREQ).expect(0xd0, 0);
    }

    /** Whether the server sends something rather than closing. */
    boolean receivesSomething() {
        try {
            return in.read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The server closed, with nothing sent before. */
    public void expectClosed() {
        try {
            int next = in.read();
            assertThat(next).as("the next byte; -1 is the end").isEqualTo(-1);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server did not close the connection", e);
        } catch (IOException e) {
            assertThat(e).isInstanceOf(SocketException.class);   // reset, since it did not read all we sent
        }
    }

    public Packet receive() {
        try {
            int first = in.readUnsignedByte();
            int length = 0;
            int shift = 0;
            int digit;
            byte[] head = new byte[5];
            int headLength = 0;
            head[headLength++] = (byte) first;
            do {
                digit = in.readUnsignedByte();
                head[headLength++] = (byte) digit;
                length |= (digit & 0x7f) << shift;
                shift += 7;
            } while ((digit & 0x80) != 0);
            byte[] all = Arrays.copyOf(head, headLength + length);
            in.readFully(all, headLength, length);
            return new Packet(all, headLength);
        } catch (EOFException e) {
            throw new AssertionError("the server closed the connection", e);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server sent nothing", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Drops the connection without DISCONNECT, as a client that dies. */
    public void abort() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A packet as received. */
    public static final class Packet {
        private final byte[] all;
        private final int bodyStart;

        Packet(byte[] all, int bodyStart) {
            this.all = all;
            this.bodyStart = bodyStart;
        }

        byte[] all() {
            return all;
        }

        public int type() {
            return (all[0] & 0xff) >> 4;
        }

        public int qos() {
            return all[0] >> 1 & 3;
        }

        public int packetId() {
            int at = bodyStart;
            if (type() == 3) {
                if (qos() == 0) {
                    return 0;
                }
                at += 2 + u16(at);
            }
            return u16(at);
        }

        public String payload() {
            int at = bodyStart + 2 + u16(bodyStart) + (qos() > 0 ? 2 : 0);
            return new String(all, at, all.length - at, StandardCharsets.UTF_8);
        }

        /** A PUBLISH as one line; other packets as hexadecimal. */
        public String describe() {
            if (type() != 3) {
                return HexFormat.ofDelimiter(" ").formatHex(all);
            }
            String topic = new String(all, bodyStart + 2, u16(bodyStart), StandardCharsets.UTF_8);
            return "PUBLISH " + topic + " " + payload() + " qos " + qos() + ((all[0] & 8) != 0 ? " dup" : "")
                    + ((all[0] & 1) != 0 ? " retain" : "");
        }

        private int u16(int at) {
            return (all[at] & 0xff) << 8 | all[at + 1] & 0xff;
        }
    }
}
