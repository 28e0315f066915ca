// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A line to an HTTP server that breaks at the worst moment: requests with a certain word in them arrive, and the connection is
 * cut when the answer is about to come back.
 */
final class LosingRelay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger lost = new AtomicInteger();
    private final URI server;
    private final String word;
    private final int most;

    /** @param most how many answers get lost */
    LosingRelay(String server, String word, int most) throws IOException {
        this.server = URI.create(server);
        this.word = word;
        this.most = most;
        run(this::accept);
    }

    String uri() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    int lost() {
        return lost.get();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // one end, or close(), has ended the connection
            }
        }, "losing-relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket upstream = new Socket(server.getHost(), server.getPort());
            open.add(client);
            open.add(upstream);
            Line line = new Line(client, upstream);
            run(line::requests);
            run(line::answers);
        }
    }

    private final class Line {
        private final Socket client;
        private final Socket upstream;
        private volatile boolean breaks;

        Line(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void requests() throws IOException {
            pass(client, upstream);
        }

        void answers() throws IOException {
            pass(upstream, client);
        }

        private void pass(Socket from, Socket to) throws IOException {
            try (from; to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] bytes = new byte[65_536];
                for (int n = in.read(bytes); n > 0; n = in.read(bytes)) {
                    if (from == client && new String(bytes, 0, n, StandardCharsets.ISO_8859_1).contains(word)) {
                        breaks = lost.get() < most;
                    }
                    if (from == upstream && breaks) {
                        lost.incrementAndGet();
                        return;
                    }
                    out.write(bytes, 0, n);
                    out.flush();
                }
            } finally {
                open.remove(from);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
