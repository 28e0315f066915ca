// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.IntConsumer;

/**
 * Which of one connection's QoS 1 deliveries await their PUBACK. A PUBACK goes out when its message is dealt with, and
 * in the order of arrival [MQTT-4.6.0-2], with two exceptions that keep the connection alive.
 *
 * <p>MQTT 3.1.1 servers stop delivering when a number of messages, their window, is unacknowledged (Mosquitto: 20).
 * One slow request at the head would then stop everybody, and requests that wait for responses which must come in
 * through this very connection would wait forever. So when the window is nearly full, what is done overtakes what is
 * not; and if nothing is done while responses are awaited here, or for long, the oldest message is acknowledged before
 * its response has left. That one is lost to a crash in this moment as far as MQTT is concerned; its originator times out and
 * repeats it. Servers with a larger window ({@code mqtt.serverWindow}) do not come to this.
 *
 * <p>Called from any thread; acknowledges while holding its lock, so that the order holds.
 */
final class AcknowledgementLedger {
    /** From so many on, silence is taken for a window that is smaller than it was said to be. */
    private static final int SUSPECT = 10;

    private final int pressure;
    private final IntConsumer acknowledge;
    private final Deque<Ticket> open = new ArrayDeque<>();
    private boolean responsesAwaited;
    private long early;
    private long lastArrival;

    /** One delivery. Of an earlier connection, or acknowledged already: no effect any more. */
    static final class Ticket {
        /** For deliveries that need no acknowledgement. */
        static final Ticket NONE = new Ticket(0);

        private final int packetId;
        private final long since = System.nanoTime();
        private boolean done;

        private Ticket(int packetId) {
            this.packetId = packetId;
        }
    }

    /**
     * @param window      how many unacknowledged messages the server is known to allow
     * @param acknowledge sends the PUBACK for a packet identifier; must not block
     */
    AcknowledgementLedger(int window, IntConsumer acknowledge) {
        this.pressure = Math.max(1, window - Math.max(1, window / 4));
        this.acknowledge = acknowledge;
    }

    synchronized Ticket opened(int packetId) {
        Ticket ticket = new Ticket(packetId);
        open.addLast(ticket);
        lastArrival = ticket.since;
        release();
        return ticket;
    }

    synchronized void done(Ticket ticket) {
        if (ticket != Ticket.NONE) {
            ticket.done = true;
            release();
        }
    }

    /** Whether requests of ours wait for responses that come in through this connection. */
    synchronized void responsesAwaited(boolean awaited) {
        responsesAwaited = awaited;
        release();
    }

    /**
     * To be called now and then: lets the oldest go if the window is nearly full and it takes longer than this; or half
     * of all, if responses are awaited but nothing at all has come for as long.
     */
    synchronized void relieve(long patienceNanos) {
        long now = System.nanoTime();
        while (open.size() >= pressure && now - open.peekFirst().since > patienceNanos) {
            acknowledgeOldest();
        }
        boolean stalled = responsesAwaited && open.size() >= SUSPECT && now - lastArrival > patienceNanos;
        for (int surplus = stalled ? open.size() / 2 : 0; surplus > 0; surplus--) {
            acknowledgeOldest();
        }
    }

    /** The connection is gone; the server delivers again what was not acknowledged. */
    synchronized void reset() {
        open.clear();
    }

    synchronized int openCount() {
        return open.size();
    }

    /** How many were acknowledged before they were done. */
    synchronized long earlyCount() {
        return early;
    }

    private void release() {
        while (!open.isEmpty() && open.peekFirst().done) {
            acknowledge.accept(open.removeFirst().packetId);
        }
        for (Iterator<Ticket> it = open.iterator(); open.size() >= pressure && it.hasNext();) {
            Ticket ticket = it.next();
            if (ticket.done) {
                it.remove();
                acknowledge.accept(ticket.packetId);
            }
        }
        while (responsesAwaited && open.size() >= pressure) {
            acknowledgeOldest();
        }
    }

    private void acknowledgeOldest() {
        Ticket oldest = open.removeFirst();
        early += oldest.done ? 0 : 1;
        acknowledge.accept(oldest.packetId);
    }
}
