// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The client's end of a connection: says what it is told to, right or wrong, and holds the server to the protocol in what
 * comes back. It remembers what it has the right to an answer for; once it sent bytes that it does not understand
 * itself, it only minds the form of what comes.
 */
final class FuzzedClient {
    private final FuzzedChannel channel;
    private final int mostInFlight;
    private final Deque<byte[]> toServer = new ArrayDeque<>();
    private final Map<String, Integer> awaited = new HashMap<>();
    private final Map<Integer, Flight> inFlight = new LinkedHashMap<>();
    private byte[] begun = new byte[0];
    private boolean connected;
    private boolean resumed;
    private boolean wild;
    private boolean gone;
    private int progress;

    /** A delivery of QoS 1 or 2 that this client has not finished. */
    private static final class Flight {
        private final int qos;
        private boolean received;
        private boolean released;

        Flight(int qos) {
            this.qos = qos;
        }
    }

    FuzzedClient(FuzzedChannel channel, int mostInFlight) {
        this.channel = channel;
        this.mostInFlight = mostInFlight;
    }

    boolean isGone() {
        return gone;
    }

    int progress() {
        return progress;
    }

    // ---- what it says -----------------------------------------------------------------------------------------------

    /** @param answer what it has the right to hear because of it; empty for nothing */
    void say(byte[] packet, String answer) {
        if (!answer.isEmpty()) {
            awaited.merge(answer, 1, Integer::sum);
        }
        toServer.add(packet);
    }

    void sayAnything(byte[] bytes) {
        wild = true;
        toServer.add(bytes);
    }

    void puback(int packetId) {
        Flight flight = inFlight.get(packetId);
        if (flight != null && flight.qos == 1) {
            inFlight.remove(packetId);
        }
        say(Packets.puback(packetId), "");
    }

    void pubrec(int packetId) {
        Flight flight = inFlight.get(packetId);
        if (flight != null) {
            flight.received = true;
        }
        say(Packets.pubrec(packetId), "PUBREL " + packetId);
    }

    void pubcomp(int packetId) {
        Flight flight = inFlight.get(packetId);
        if (flight != null && flight.released) {
            inFlight.remove(packetId);
        }
        say(Packets.pubcomp(packetId), "");
    }

    /** The next step for its oldest unfinished delivery. */
    void acknowledgeOldest() {
        for (Map.Entry<Integer, Flight> entry : inFlight.entrySet()) {
            Flight flight = entry.getValue();
            if (flight.qos == 1) {
                puback(entry.getKey());
                return;
            }
            if (flight.released) {
                pubcomp(entry.getKey());
                return;
            }
            if (!flight.received) {
                pubrec(entry.getKey());
                return;
            }
        }
    }

    void stalled(boolean now) {
        channel.stalled(now);
    }

    /** Closes the network connection. */
    void abort() {
        toServer.clear();
        channel.close();
        gone = true;
    }

    /** The server's process is gone. */
    void kill() {
        abort();
        channel.finishAndReleaseAll();
    }

    // ---- what passes ------------------------------------------------------------------------------------------------

    /** Sends as long as the server reads, and takes what it sent. */
    void exchange(UnpooledByteBufAllocator allocator) {
        while (channel.isOpen() && channel.config().isAutoRead() && !toServer.isEmpty()) {
            byte[] bytes = toServer.poll();
            progress++;
            channel.writeInbound(allocator.buffer(bytes.length).writeBytes(bytes));
        }
        channel.runPendingTasks();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            progress++;
            int had = begun.length;
            begun = Arrays.copyOf(begun, had + out.readableBytes());
            out.readBytes(begun, had, begun.length - had);
            out.release();
            takePackets();
        }
        if (!channel.isOpen() && !gone) {
            progress++;
            gone = true;
            channel.finishAndReleaseAll();
        }
    }

    private void takePackets() {
        int at = 0;
        while (begun.length - at >= 2) {
            int length = 0;
            int shift = 0;
            int body = at + 1;
            int digit;
            do {
                assertThat(shift).as("bits of a remaining length").isLessThan(28);
                if (body >= begun.length) {
                    break;
                }
                digit = begun[body++];
                length |= (digit & 0x7f) << shift;
                shift += 7;
            } while (digit < 0);
            if (body + length > begun.length) {
                break;
            }
            take(begun[at] & 0xff, Arrays.copyOfRange(begun, body, body + length));
            at = body + length;
        }
        begun = Arrays.copyOfRange(begun, at, begun.length);
    }

    private void take(int first, byte[] body) {
        if (!connected) {
            assertThat(first).as("the first packet is CONNACK").isEqualTo(0x20);                        // [MQTT-3.2.0-1]
            assertThat(body).hasSize(2);
            connected = true;
            resumed = body[0] == 1;
            assertThat(resumed && body[1] != 0).as("session present in a refusal").isFalse();           // [MQTT-3.2.2-4]
            return;
        }
        switch (first >> 4) {
            case 3 -> published(first, body);
            case 4 -> answered(first, 0x40, "PUBACK " + packetId(body));
            case 5 -> answered(first, 0x50, "PUBREC " + packetId(body));
            case 6 -> released(first, packetId(body));
            case 7 -> answered(first, 0x70, "PUBCOMP " + packetId(body));
            case 9 -> answered(first, 0x90, "SUBACK " + packetId(body) + " " + (body.length - 2));
            case 11 -> answered(first, 0xb0, "UNSUBACK " + packetId(body));
            case 13 -> {
                assertThat(body).isEmpty();
                answered(first, 0xd0, "PINGRESP");
            }
            default -> throw new AssertionError("a server does not send " + first);
        }
    }

    private static int packetId(byte[] body) {
        assertThat(body.length).isGreaterThanOrEqualTo(2);
        return (body[0] & 0xff) << 8 | body[1] & 0xff;
    }

    private void answered(int first, int expected, String what) {
        assertThat(first).as(what).isEqualTo(expected);
        if (!wild) {
            assertThat(awaited.merge(what, -1, Integer::sum)).as("answers still to come after %s", what).isNotNegative();
        }
    }

    private void published(int first, byte[] body) {
        int qos = first >> 1 & 3;
        assertThat(qos).isLessThan(3);
        int topicEnd = 2 + ((body[0] & 0xff) << 8 | body[1] & 0xff);
        assertThat(body.length).isGreaterThanOrEqualTo(topicEnd + (qos > 0 ? 2 : 0));
        if (qos == 0) {
            assertThat(first & 8).as("DUP of QoS 0").isZero();                                          // [MQTT-3.3.1-2]
            return;
        }
        int packetId = packetId(Arrays.copyOfRange(body, topicEnd, body.length));
        assertThat(packetId).isPositive();                                                              // [MQTT-2.3.1-1]
        Flight earlier = inFlight.put(packetId, new Flight(qos));
        if (!wild) {
            assertThat(earlier).as("identifier %s in flight twice", packetId).isNull();
            assertThat(inFlight.size()).as("messages in flight").isLessThanOrEqualTo(mostInFlight);
        }
    }

    private void released(int first, int packetId) {
        assertThat(first).as("PUBREL").isEqualTo(0x62);                                                 // [MQTT-3.6.1-1]
        Flight flight = inFlight.get(packetId);
        if (flight != null) {
            assertThat(wild || flight.qos == 2 && flight.received).as("PUBREC was sent").isTrue();
            flight.released = true;
        } else if (awaited.getOrDefault("PUBREL " + packetId, 0) > 0) {
            awaited.merge("PUBREL " + packetId, -1, Integer::sum);   // it does not know the delivery, nor do we
        } else if (resumed) {
            Flight earlier = new Flight(2);
            earlier.received = true;
            earlier.released = true;
            inFlight.put(packetId, earlier);
        } else {
            assertThat(wild).as("PUBREL %s after a PUBREC", packetId).isTrue();
        }
    }
}
