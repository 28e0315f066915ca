// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** A WebSocket client that speaks frame by frame, so that a test can see and send what no client shows or would send. */
final class RawWebSocket implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    private static final int FIN = 0x80;
    private static final int RSV1 = 0x40;
    private static final byte[] MASK = {1, 2, 3, 4};
    private static final byte[] TAIL = {0, 0, -1, -1};

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final int status;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final String body;

    /** One frame that came. */
    record Frame(int opcode, boolean fin, boolean compressed, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return ByteBuffer.wrap(payload).getShort();
        }

        String closeReason() {
            return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
    }

    private RawWebSocket(Socket socket, String head) throws IOException {
        this.socket = socket;
        this.socket.setSoTimeout(10_000);
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.flush();
        this.status = Integer.parseInt(line().split(" ")[1]);
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).trim());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        this.body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** An opening handshake; the lines go between those that every one has. */
    static RawWebSocket open(int port, String... lines) throws IOException {
        return request(port, "GET / HTTP/1.1", "13", lines);
    }

    static RawWebSocket request(int port, String requestLine, String version, String... lines) throws IOException {
        StringBuilder head = new StringBuilder(requestLine).append("\r\nHost: h\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n")
                .append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: ").append(version).append("\r\n");
        for (String line : lines) {
            head.append(line).append("\r\n");
        }
        return new RawWebSocket(new Socket(InetAddress.getLoopbackAddress(), port), head.append("\r\n").toString());
    }

    /** A connection with this subprotocol. */
    static RawWebSocket speaking(int port, String subprotocol) throws IOException {
        return open(port, "Sec-WebSocket-Protocol: " + subprotocol);
    }

    int status() {
        return status;
    }

    String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    String body() {
        return body;
    }

    private String line() throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("closed in the middle of a line");
            }
            if (b != '\r') {
                read.write(b);
            }
        }
        return read.toString(StandardCharsets.US_ASCII);
    }

    RawWebSocket say(String text) throws IOException {
        return frame(TEXT, true, false, text.getBytes(StandardCharsets.UTF_8));
    }

    RawWebSocket frame(int opcode, boolean fin, boolean rsv1, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write((fin ? FIN : 0) | (rsv1 ? RSV1 : 0) | opcode);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else if (payload.length < 65536) {
            frame.write(0x80 | 126);
            frame.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
        } else {
            frame.write(0x80 | 127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        frame.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ MASK[i % 4]);
        }
        out.write(frame.toByteArray());
        out.flush();
        return this;
    }

    Frame frame() throws IOException {
        int first = in.readUnsignedByte();
        long length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = in.readNBytes((int) length);
        return new Frame(first & 0x0f, (first & FIN) != 0, (first & RSV1) != 0, payload);
    }

    /** The next frame that is no ping and no pong. */
    Frame next() throws IOException {
        Frame frame = frame();
        while (frame.opcode() == PING || frame.opcode() == PONG) {
            frame = frame();
        }
        return frame;
    }

    /** Whether the other end has ended the connection. */
    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    static byte[] deflated(String text) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
        byte[] buffer = new byte[text.length() + 100];
        int length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(buffer, length - TAIL.length);
    }

    static String inflated(byte[] payload) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        byte[] whole = Arrays.copyOf(payload, payload.length + TAIL.length);
        System.arraycopy(TAIL, 0, whole, payload.length, TAIL.length);
        inflater.setInput(whole);
        byte[] text = new byte[100_000];
        int length = inflater.inflate(text);
        inflater.end();
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
