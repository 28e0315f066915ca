// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** The client's end of a WebSocket, frame by frame (RFC 6455), written from that and not with the codec under test. */
final class WebSocketPeer implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int PATIENCE_MILLIS = 60_000;
    private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private byte[] rest = new byte[0];

    /** @param subprotocol what the client offers; null for nothing */
    WebSocketPeer(int port, String subprotocol) {
        try {
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new DataInputStream(socket.getInputStream());
            write(("GET /mqtt HTTP/1.1\r\nHost: localhost:" + port + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    + (subprotocol == null ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n") + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Status line and header fields of the answer, as text; empty if the server closed without any. */
    String answer() {
        StringBuilder head = new StringBuilder();
        try {
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            return head.toString();
        } catch (EOFException e) {
            return head.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the answer to the upgrade, which is accepted with the accept key of RFC 6455 section 1.3. */
    WebSocketPeer upgraded() {
        assertThat(answer()).startsWith("HTTP/1.1 101 ")
                .containsIgnoringCase("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        return this;
    }

    WebSocketPeer send(int opcode, byte[] payload) {
        return send(opcode, true, true, payload);
    }

    WebSocketPeer send(int opcode, boolean last, boolean masked, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write((last ? 0x80 : 0) | opcode);
        assertThat(payload.length).isLessThan(126);
        frame.write((masked ? 0x80 : 0) | payload.length);
        if (masked) {
            frame.writeBytes(MASK);
        }
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ (masked ? MASK[i % 4] : 0));
        }
        write(frame.toByteArray());
        return this;
    }

    /** The next bytes of MQTT, however they are cut into frames, all of which are binary. */
    WebSocketPeer expect(byte[] packet) {
        try {
            while (rest.length < packet.length) {
                Frame frame = frame();
                assertThat(frame.opcode).as("a binary frame").isEqualTo(BINARY);
                int before = rest.length;
                rest = Arrays.copyOf(rest, before + frame.payload.length);
                System.arraycopy(frame.payload, 0, rest, before, frame.payload.length);
            }
        } catch (EOFException e) {
            throw new AssertionError("the server closed the connection", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(HexFormat.of().formatHex(rest, 0, packet.length)).isEqualTo(HexFormat.of().formatHex(packet));
        rest = Arrays.copyOfRange(rest, packet.length, rest.length);
        return this;
    }

    /** A control frame. */
    void expectFrame(int opcode, byte[] payload) {
        try {
            Frame frame = frame();
            assertThat(frame.opcode).isEqualTo(opcode);
            assertThat(frame.payload).isEqualTo(payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server closes, after a close frame or without. */
    void expectClosed() {
        try {
            while (true) {
                Frame frame = frame();
                assertThat(frame.opcode).as("nothing but a close frame").isEqualTo(CLOSE);
            }
        } catch (EOFException | SocketException e) {
            assertThat(socket.isConnected()).isTrue();   // so it was the server
        } catch (IOException e) {
            throw new AssertionError("the server did not close the connection", e);
        }
    }

    private record Frame(int opcode, byte[] payload) {
    }

    private Frame frame() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        assertThat(length).as("servers do not mask").isLessThan(128);
        if (length == 126) {
            length = in.readUnsignedShort();
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(first & 0x0f, payload);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
