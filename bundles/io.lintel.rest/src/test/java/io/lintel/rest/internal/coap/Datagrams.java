// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.HexFormat;

/** A peer that writes and reads single datagrams; it answers pings with a reset, as every CoAP endpoint does. */
final class Datagrams implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int RESET = 3;

    private final DatagramSocket socket;
    private final int port;
    private boolean mute;

    /** What came in. */
    record Datagram(int type, int code, byte[] bytes) {
    }

    /** @param port of the door on this machine */
    Datagrams(int port) throws IOException {
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        this.port = port;
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** From now on pings are not answered: somebody who writes another's address does not see them. */
    Datagrams mute() {
        mute = true;
        return this;
    }

    void send(byte[] message) throws IOException {
        socket.send(new DatagramPacket(message, message.length, InetAddress.getLoopbackAddress(), port));
    }

    Datagram exchange(byte[] message) throws IOException {
        send(message);
        return receive();
    }

    /** @param what it is, should no answer come */
    Datagram exchange(byte[] message, String what) throws IOException {
        try {
            return exchange(message);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer to " + what + ": " + HexFormat.of().formatHex(message), e);
        }
    }

    Datagram receive() throws IOException {
        while (true) {
            DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
            socket.receive(packet);
            byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
            Datagram datagram = new Datagram(bytes[0] >> 4 & 3, bytes[1] & 0xff, bytes);
            boolean ping = datagram.type() == 0 && datagram.code() == 0;
            if (!ping) {
                return datagram;
            }
            if (!mute) {
                send(new byte[] {0x40 | RESET << 4, 0, bytes[2], bytes[3]});
            }
        }
    }

    /** Whether nothing comes for so long. */
    boolean isQuietFor(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            receive();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
