// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Answers one opening handshake as a test says, and when it says so. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<String> head = new CompletableFuture<>();
    private final CompletableFuture<Integer> next = new CompletableFuture<>();
    private final CompletableFuture<Void> gate;

    ScriptedServer(String answer) throws IOException {
        this(answer, CompletableFuture.completedFuture(null));
    }

    /**
     * @param answer in which {@code {accept}} stands for what the request's key demands
     * @param gate   before which it does not answer
     */
    ScriptedServer(String answer, CompletableFuture<Void> gate) throws IOException {
        this.gate = gate;
        Thread thread = new Thread(() -> {
            try (Socket socket = listening.accept()) {
                serve(socket, answer);
            } catch (Exception e) {
                head.completeExceptionally(e);
                next.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket, String answer) throws Exception {
        String read = readHead(socket.getInputStream());
        head.complete(read);
        gate.get(10, TimeUnit.SECONDS);
        String key = read.replaceFirst("(?s).*Sec-WebSocket-Key: (\\S+).*", "$1");
        socket.getOutputStream().write(answer.replace("{accept}", accept(key)).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        next.complete(socket.getInputStream().read());
    }

    private static String accept(String key) throws Exception {
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII)));
    }

    static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (head.toString().endsWith("\r\n\r\n")) {
                break;
            }
        }
        return head.toString();
    }

    String uri() {
        return "ws://127.0.0.1:" + listening.getLocalPort();
    }

    /** The request of the handshake. */
    String head() throws Exception {
        return head.get(10, TimeUnit.SECONDS);
    }

    /** The first byte after the handshake, -1 if none came. */
    int next() throws Exception {
        return next.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
