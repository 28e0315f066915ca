// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.bench.internal.LoadPackets.PublishTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * What one publisher sends: numbered messages, so many under way at a time. One is over when it is acknowledged and all
 * its receivers have it, once; a server that loses one, or tells of one twice, is disqualified. Belongs to the thread
 * of the load.
 */
final class LoadStream {
    private static final int RING = 1 << 10;
    static final int PACKET_IDS = 65_535;
    private static final int NUMBER_BITS = 40;

    private final int index;
    private final LoadClient publisher;
    private final PublishTemplate template;
    private final int window;
    private final long[] expected;
    private final int[] pending = new int[RING];
    private long oldest;
    private long next;
    private long outOfOrder;

    /**
     * @param index     what its messages are known by
     * @param window    messages under way at most
     * @param receivers how many get each message
     */
    LoadStream(int index, LoadClient publisher, PublishTemplate template, int window, int receivers) {
        if (window > RING) {
            throw new IllegalArgumentException("a window of " + window);
        }
        this.index = index;
        this.publisher = publisher;
        this.template = template;
        this.window = window;
        this.expected = new long[receivers];
    }

    /** The stream that a message belongs to. */
    static int streamOf(ByteBuffer packet, int payloadAt) {
        return (int) (packet.getLong(payloadAt + 8) >> NUMBER_BITS);
    }

    /** When the message was sent, or was due to be. */
    static long sentAt(ByteBuffer packet, int payloadAt) {
        return packet.getLong(payloadAt);
    }

    boolean hasSlot() {
        return next - oldest < window;
    }

    boolean isDone() {
        return oldest == next;
    }

    int receivers() {
        return expected.length;
    }

    /** @param stamp the time that its latency is counted from */
    void send(long stamp) {
        pending[slot(next)] = expected.length + 1;
        publisher.publish(template, (int) (next % PACKET_IDS) + 1, stamp, (long) index << NUMBER_BITS | next);
        next++;
    }

    void received(int receiver, ByteBuffer packet, int payloadAt) {
        long number = packet.getLong(payloadAt + 8) & (1L << NUMBER_BITS) - 1;
        if (number != expected[receiver]) {
            outOfOrder++;
        }
        expected[receiver] = Math.max(expected[receiver], number + 1);
        over(number);
    }

    /** Messages that came before an earlier one, or after a later one [MQTT-4.6.0-5, -6]. */
    long outOfOrder() {
        return outOfOrder;
    }

    void acknowledged(int packetId) {
        over(oldest + Math.floorMod(packetId - 1 - oldest % PACKET_IDS, (long) PACKET_IDS));
    }

    private void over(long number) {
        if (number < oldest || number >= next || pending[slot(number)] == 0) {
            throw new UncheckedIOException(new IOException("publisher " + index + " was told of message " + number
                    + ", which is not under way"));
        }
        pending[slot(number)]--;
        while (oldest < next && pending[slot(oldest)] == 0) {
            oldest++;
        }
    }

    private static int slot(long number) {
        return (int) number & RING - 1;
    }
}
