// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/** A WebSocket server as small as can be (RFC 6455), for those who are notified at a URI: one thread for each connection. */
final class WebSocketListener implements AutoCloseable {
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final ServerSocket listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Receiver receiver;

    /** Answers a request that came to this path. */
    interface Receiver {
        byte[] received(String path, Format format, byte[] message);
    }

    WebSocketListener(ExecutorService threads, Receiver receiver) throws IOException {
        this.receiver = receiver;
        threads.execute(() -> {
            try {
                while (true) {
                    Socket socket = listening.accept();
                    open.add(socket);
                    threads.execute(() -> serve(socket));
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    int port() {
        return listening.getLocalPort();
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            String path = "";
            String key = "";
            String protocol = "";
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String lower = line.toLowerCase(java.util.Locale.ROOT);
                if (lower.startsWith("get ")) {
                    path = line.split(" ")[1];
                } else if (lower.startsWith("sec-websocket-key:")) {
                    key = line.substring(line.indexOf(':') + 1).trim();
                } else if (lower.startsWith("sec-websocket-protocol:")) {
                    protocol = line.substring(line.indexOf(':') + 1).split(",")[0].trim();
                }
            }
            String accept = Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                    .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII)));
            socket.getOutputStream().write(("HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + accept + "\r\nSec-WebSocket-Protocol: " + protocol + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            messages(socket, in, path, Door.format(protocol.substring(protocol.lastIndexOf('.') + 1)));
        } catch (EOFException | SocketException e) {
            // the client has gone
        } catch (IOException | GeneralSecurityException e) {
            throw new ContractFault("the WebSocket listener failed", e);
        } finally {
            open.remove(socket);
        }
    }

    private static String line(DataInputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    private void messages(Socket socket, DataInputStream in, String path, Format format) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (true) {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte() & 0x7f;
            int length = second == 126 ? in.readUnsignedShort() : second == 127 ? (int) in.readLong() : second;
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                payload[i] ^= mask[i % 4];
            }
            int opcode = first & 0x0f;
            if (opcode == CLOSE) {
                frame(socket, CLOSE, payload);
                return;
            } else if (opcode == PING) {
                frame(socket, PONG, payload);
            } else if (opcode <= BINARY) {
                message.writeBytes(payload);
                if ((first & 0x80) != 0) {
                    byte[] answer = receiver.received(path, format, message.toByteArray());
                    message.reset();
                    if (answer != null) {
                        frame(socket, format.name().equals("cbor") ? BINARY : TEXT, answer);
                    }
                }
            }
        }
    }

    private static void frame(Socket socket, int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 4);
        frame.put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) payload.length);
        } else {
            frame.put((byte) 126).putShort((short) payload.length);
        }
        frame.put(payload).flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        socket.getOutputStream().write(bytes);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
