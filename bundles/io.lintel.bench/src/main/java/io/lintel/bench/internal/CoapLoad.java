// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The load on CoAP: one thread with several sockets, each a client with one confirmable GET under way. It looks at no more of a
 * message than it must: type, code, message identifier. Pings it answers with a reset, as every CoAP endpoint does.
 */
final class CoapLoad implements AutoCloseable {
    private static final int CONFIRMABLE = 0x40;
    private static final int RESET = 0x70;
    private static final int CONTENT = 0x45;
    private static final int MAX_DATAGRAM = 2_048;
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private final Selector selector;
    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(MAX_DATAGRAM);

    private static final class Client {
        private final DatagramChannel channel;
        private int identifier;

        Client(DatagramChannel channel, int identifier) {
            this.channel = channel;
            this.identifier = identifier;
        }
    }

    /** @param last the last answer, whole */
    record Result(long requests, double seconds, byte[] last) {
        double rate() {
            return requests / seconds;
        }
    }

    CoapLoad(int port, int sockets) throws IOException {
        selector = Selector.open();
        for (int i = 0; i < sockets; i++) {
            DatagramChannel channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.configureBlocking(false);
            Client client = new Client(channel, (int) (Math.random() * 0x10000));
            channel.register(selector, SelectionKey.OP_READ, client);
            clients.add(client);
        }
    }

    /** A GET of a path with the oneM2M options that a RETRIEVE has, to be sent under any identifier. */
    static byte[] retrieval(String path, String originator) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {CONFIRMABLE | 2, 1, 0, 0, 'b', 'e'});
        int number = 0;
        for (String segment : path.split("/")) {
            number = option(bytes, number, 11, segment);
        }
        number = option(bytes, number, 271, "2a");
        number = option(bytes, number, 279, originator);
        option(bytes, number, 283, "bench-1");
        return bytes.toByteArray();
    }

    private static int option(ByteArrayOutputStream bytes, int before, int number, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        int delta = number - before;
        bytes.write((delta < 13 ? delta : 13) << 4 | (text.length < 13 ? text.length : 13));
        if (delta >= 13) {
            bytes.write(delta - 13);
        }
        if (text.length >= 13) {
            bytes.write(text.length - 13);
        }
        bytes.writeBytes(text);
        return number;
    }

    /** Sends as many as are answered within the time. */
    Result run(byte[] request, double seconds) throws IOException {
        long started = System.nanoTime();
        long end = started + (long) (seconds * 1e9);
        long requests = 0;
        byte[] last = {};
        ByteBuffer out = ByteBuffer.allocateDirect(request.length);
        out.put(request);
        for (Client client : clients) {
            send(client, out);
        }
        int underWay = clients.size();
        long heard = started;
        while (underWay > 0) {
            selector.select(100);
            long now = System.nanoTime();
            if (now - heard > PATIENCE_NANOS) {
                throw new IOException(underWay + " requests have no answer");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Client client = (Client) key.attachment();
                if (receive(client)) {
                    heard = now;
                    requests++;
                    if (now < end) {
                        send(client, out);
                    } else {
                        underWay--;
                        last = bytes();
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        return new Result(requests, (System.nanoTime() - started) / 1e9, last);
    }

    private byte[] bytes() {
        byte[] copy = new byte[in.limit()];
        in.get(0, copy);
        return copy;
    }

    private static void send(Client client, ByteBuffer request) throws IOException {
        client.identifier = client.identifier + 1 & 0xffff;
        request.putShort(2, (short) client.identifier).rewind();
        client.channel.write(request);
    }

    /** Whether it is the answer to what the client asked. */
    private boolean receive(Client client) throws IOException {
        in.clear();
        if (client.channel.read(in) < 4) {
            return false;
        }
        in.flip();
        int code = in.get(1) & 0xff;
        if (code == 0) {
            if ((in.get(0) & 0x30) == 0) {
                client.channel.write(ByteBuffer.wrap(new byte[] {RESET, 0, in.get(2), in.get(3)}));
            }
            return false;
        }
        if (code != CONTENT) {
            throw new IOException("a request was answered with " + (code >> 5) + "." + (code & 0x1f));
        }
        return (in.getShort(2) & 0xffff) == client.identifier;
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.channel.close();
        }
        selector.close();
    }
}
