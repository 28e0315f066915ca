// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration.Traffic;

/**
 * What has passed between one client and the server since the server started, over all connections of its session.
 * Counting is an addition to a plain field on the event loop; {@link #tick} cuts it into tenths of a minute, in a ring
 * that exists only for clients with traffic. Belongs to the event loop.
 */
final class ClientTraffic {
    /** How often {@link #tick} is called. */
    static final int TICK_SECONDS = 10;

    private static final int TICKS = 60 / TICK_SECONDS;
    private static final int FIELDS = 4;

    private long messagesIn;
    private long messagesOut;
    private long bytesIn;
    private long bytesOut;
    private long droppedQos0;
    private long refused;

    private long tickedMessagesIn;
    private long tickedMessagesOut;
    private long tickedBytesIn;
    private long tickedBytesOut;
    private long[] ring;

    void messageIn() {
        messagesIn++;
    }

    void messageOut() {
        messagesOut++;
    }

    void bytesIn(long bytes) {
        bytesIn += bytes;
    }

    void bytesOut(long bytes) {
        bytesOut += bytes;
    }

    /** A QoS 0 message was not sent, since the client did not keep up. */
    void dropped() {
        droppedQos0++;
    }

    /** The policy refused a message or a subscription of the client. */
    void refused() {
        refused++;
    }

    /** Adds what a connection counted before its session was known. */
    void add(ClientTraffic other) {
        messagesIn += other.messagesIn;
        messagesOut += other.messagesOut;
        bytesIn += other.bytesIn;
        bytesOut += other.bytesOut;
        droppedQos0 += other.droppedQos0;
        refused += other.refused;
    }

    /** @param number of the tick, counted since the server started */
    void tick(long number) {
        if (ring == null) {
            if (bytesIn == tickedBytesIn && bytesOut == tickedBytesOut) {
                return;
            }
            ring = new long[TICKS * FIELDS];
        }
        int at = (int) (number % TICKS) * FIELDS;
        ring[at] = messagesIn - tickedMessagesIn;
        ring[at + 1] = messagesOut - tickedMessagesOut;
        ring[at + 2] = bytesIn - tickedBytesIn;
        ring[at + 3] = bytesOut - tickedBytesOut;
        tickedMessagesIn = messagesIn;
        tickedMessagesOut = messagesOut;
        tickedBytesIn = bytesIn;
        tickedBytesOut = bytesOut;
        if (sum(2) == 0 && sum(3) == 0) {
            ring = null;
        }
    }

    private long sum(int field) {
        long sum = 0;
        for (int at = field; ring != null && at < ring.length; at += FIELDS) {
            sum += ring[at];
        }
        return sum;
    }

    Traffic all() {
        return new Traffic(messagesIn, messagesOut, bytesIn, bytesOut, droppedQos0, refused);
    }

    /** Of the last 60 to 70 seconds; what was dropped or refused is not kept by time. */
    Traffic lastMinute() {
        return new Traffic(sum(0) + messagesIn - tickedMessagesIn, sum(1) + messagesOut - tickedMessagesOut,
                sum(2) + bytesIn - tickedBytesIn, sum(3) + bytesOut - tickedBytesOut, 0, 0);
    }
}
