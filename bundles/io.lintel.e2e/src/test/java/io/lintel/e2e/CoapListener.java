// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/** A CoAP server byte by byte (RFC 7252), which minds no option but the path and answers everything with 2.04. */
final class CoapListener implements AutoCloseable {
    private static final int URI_PATH = 11;
    private static final int CHANGED = 0x44;
    private static final int ACKNOWLEDGEMENT = 0x60;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());

    /** @param received path and payload of a request */
    CoapListener(BiConsumer<String, byte[]> received) throws IOException {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                    socket.receive(packet);
                    answer(packet, received);
                }
            } catch (IOException e) {
                // closed
            }
        }, "coap-listener");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void answer(DatagramPacket packet, BiConsumer<String, byte[]> received) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
        int tokenLength = in.get() & 0x0f;
        in.get();
        short identifier = in.getShort();
        byte[] token = new byte[tokenLength];
        in.get(token);
        String path = "";
        int number = 0;
        byte[] payload = {};
        while (in.hasRemaining()) {
            int first = in.get() & 0xff;
            if (first == 0xff) {
                payload = new byte[in.remaining()];
                in.get(payload);
                break;
            }
            number += extended(first >> 4, in);
            byte[] value = new byte[extended(first & 0x0f, in)];
            in.get(value);
            if (number == URI_PATH) {
                path = new String(value, StandardCharsets.UTF_8);
            }
        }
        received.accept(path, payload);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ACKNOWLEDGEMENT | tokenLength);
        out.write(CHANGED);
        out.writeBytes(ByteBuffer.allocate(2).putShort(identifier).array());
        out.writeBytes(token);
        socket.send(new DatagramPacket(out.toByteArray(), out.size(), packet.getSocketAddress()));
    }

    private static int extended(int nibble, ByteBuffer in) {
        return nibble == 13 ? (in.get() & 0xff) + 13 : nibble == 14 ? (in.getShort() & 0xffff) + 269 : nibble;
    }

    @Override
    public void close() {
        socket.close();
    }
}
