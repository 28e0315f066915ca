// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Which of one connection's QoS 1 deliveries await their PUBACK. A PUBACK goes out when its message is safe, and always in
 * the order of arrival [MQTT-4.6.0-2]. A message is safe when it is dealt with, or when it is in custody: on this node's
 * own disk, from where it is taken up after a crash.
 *
 * <p>MQTT 3.1.1 servers stop delivering when a number of messages, their window, is unacknowledged (Mosquitto: 20). One
 * slow request at the head would then stop everybody, and requests that wait for responses which must come in through
 * this very connection would wait forever. So what takes long goes into custody, sooner when the window is nearly full,
 * and at once when responses are awaited here then. Always the oldest first: the order in custody is that of arrival.
 * If custody takes nothing, nothing is acknowledged, and the server keeps what it has.
 *
 * <p>Called from any thread; acknowledges and entrusts while holding its lock, so that the order holds.
 */
final class AcknowledgementLedger {
    /** How long a message may be with the CSE before it goes into custody, and how long when the window is nearly full. */
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long PATIENCE_UNDER_PRESSURE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long PAUSE_AFTER_REFUSAL = TimeUnit.MILLISECONDS.toNanos(500);

    private final int pressure;
    private final IntConsumer acknowledge;
    private final Deque<Ticket> open = new ArrayDeque<>();
    /** Those that are not in custody, nor on their way there; some may be safe meanwhile. */
    private final PriorityQueue<Ticket> exposed = new PriorityQueue<>(Comparator.comparingLong((Ticket ticket) -> ticket.place));
    private boolean responsesAwaited;
    private long places;
    private long early;
    private long entrustAgainAt = System.nanoTime();

    /** One delivery. Of an earlier connection, or acknowledged already: no effect any more. */
    static final class Ticket {
        /** For deliveries that need no acknowledgement. */
        static final Ticket NONE = new Ticket(0, 0);

        private final int packetId;
        private final long place;
        private final long since = System.nanoTime();
        private Supplier<CompletionStage<Void>> custody;
        private boolean done;
        private boolean safe;

        private Ticket(int packetId, long place) {
            this.packetId = packetId;
            this.place = place;
        }
    }

    /**
     * @param window      how many unacknowledged messages the server is known to allow
     * @param acknowledge sends the PUBACK for a packet identifier; must not block
     */
    AcknowledgementLedger(int window, IntConsumer acknowledge) {
        this.pressure = Math.max(1, window / 2);
        this.acknowledge = acknowledge;
    }

    synchronized Ticket opened(int packetId) {
        Ticket ticket = new Ticket(packetId, ++places);
        open.addLast(ticket);
        exposed.add(ticket);
        return ticket;
    }

    /** How a message goes into custody; the stage completes when it is on disk. Must not block. */
    synchronized void entrustable(Ticket ticket, Supplier<CompletionStage<Void>> custody) {
        if (ticket != Ticket.NONE) {
            ticket.custody = custody;
            entrustUnderPressure();
        }
    }

    synchronized void done(Ticket ticket) {
        if (ticket != Ticket.NONE) {
            ticket.done = true;
            safe(ticket);
        }
    }

    /** Whether requests of ours wait for responses that come in through this connection. */
    synchronized void responsesAwaited(boolean awaited) {
        responsesAwaited = awaited;
        entrustUnderPressure();
    }

    /** Everything that is not safe yet goes into custody now: there is no memory to let it wait. */
    synchronized void entrustAll() {
        entrust(-1);
    }

    /** To be called now and then: what has taken too long goes into custody. */
    synchronized void relieve() {
        entrust(open.size() >= pressure ? PATIENCE_UNDER_PRESSURE : PATIENCE);
    }

    /** The connection is gone; the server delivers again what was not acknowledged. */
    synchronized void reset() {
        open.clear();
        exposed.clear();
    }

    synchronized int openCount() {
        return open.size();
    }

    /** How many were acknowledged before they were done. */
    synchronized long earlyCount() {
        return early;
    }

    private void entrustUnderPressure() {
        if (responsesAwaited && open.size() >= pressure) {
            entrust(-1);
        }
    }

    /** Entrusts what is older than a time, which is the head of the queue. */
    private void entrust(long olderThanNanos) {
        long now = System.nanoTime();
        while (!exposed.isEmpty() && now - entrustAgainAt >= 0) {
            Ticket oldest = exposed.peek();
            if (!oldest.safe && (oldest.custody == null || now - oldest.since <= olderThanNanos)) {
                return;
            }
            exposed.remove();
            if (!oldest.safe) {
                oldest.custody.get().whenComplete((kept, failure) -> entrusted(oldest, failure == null));
            }
        }
    }

    private synchronized void entrusted(Ticket ticket, boolean kept) {
        if (kept) {
            safe(ticket);
        } else if (!ticket.safe && open.contains(ticket)) {
            exposed.add(ticket);
            entrustAgainAt = System.nanoTime() + PAUSE_AFTER_REFUSAL;
        }
    }

    private void safe(Ticket ticket) {
        ticket.safe = true;
        while (!open.isEmpty() && open.peekFirst().safe) {
            Ticket oldest = open.removeFirst();
            early += oldest.done ? 0 : 1;
            oldest.custody = null;
            acknowledge.accept(oldest.packetId);
        }
    }
}
