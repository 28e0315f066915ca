// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** The client's end of a WebSocket, frame by frame (RFC 6455 section 5). */
final class FrameClient implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final byte[] MASK = {1, 2, 3, 4};

    private final Socket socket;
    private final DataInputStream in;

    FrameClient(int port) {
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(60_000);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A WebSocket that is open, for MQTT. */
    static FrameClient open(int port) {
        FrameClient client = new FrameClient(port);
        String answer = client.ask("GET /mqtt HTTP/1.1", upgrade());
        assertThat(answer).startsWith("HTTP/1.1 101 ").containsIgnoringCase("\r\nsec-websocket-protocol: mqtt\r\n")
                .containsIgnoringCase("\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .doesNotContainIgnoringCase("sec-websocket-extensions");
        return client;
    }

    /** What a client of MQTT asks with, the key being RFC 6455's example; further headers come last. */
    static String[] upgrade(String... more) {
        String[] usual = {"Host: 127.0.0.1:8083", "Connection: keep-alive, Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Protocol: mqttv3.1, mqtt",
                "Sec-WebSocket-Extensions: permessage-deflate"};
        String[] all = Arrays.copyOf(usual, usual.length + more.length);
        System.arraycopy(more, 0, all, usual.length, more.length);
        return all;
    }

    /** Sends a request and gives the head of the answer. */
    String ask(String line, String... headers) {
        try {
            socket.getOutputStream()
                    .write((line + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            return head.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes until the server closes. */
    String rest() {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FrameClient send(int opcode, boolean last, byte[] payload) {
        return sendRaw(frame(opcode, last, payload));
    }

    FrameClient sendRaw(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A masked frame. */
    static byte[] frame(int opcode, boolean last, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) (opcode | (last ? 0x80 : 0)));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i % 4]));
        }
        return Arrays.copyOf(frame.array(), frame.position());
    }

    /** The next frame has this opcode and payload, and is not masked. */
    FrameClient expect(int opcode, byte... payload) {
        byte[] received = receive(opcode);
        assertThat(HexFormat.of().formatHex(received)).isEqualTo(HexFormat.of().formatHex(payload));
        return this;
    }

    /** The payload of the next frame, which has this opcode. */
    byte[] receive(int opcode) {
        try {
            assertThat(in.readUnsignedByte()).as("opcode, and that it is a whole message").isEqualTo(0x80 | opcode);
            int length = in.readUnsignedByte();
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
            return in.readNBytes(length);
        } catch (EOFException e) {
            throw new AssertionError("the server closed the connection", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A close frame with this status comes, then the end. */
    void expectClose(int status) {
        byte[] payload = receive(CLOSE);
        assertThat(ByteBuffer.wrap(payload).getShort()).isEqualTo((short) status);
        expectEnd();
    }

    void expectEnd() {
        try {
            assertThat(in.read()).isEqualTo(-1);
        } catch (SocketException e) {
            // reset, since it did not read all we sent
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
}
