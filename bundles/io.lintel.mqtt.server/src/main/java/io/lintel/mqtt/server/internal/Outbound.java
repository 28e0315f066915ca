// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.internal.Policies.Verdict;
import io.lintel.mqtt.server.internal.Publication.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends to one connected client: packet identifiers, the in-flight window, and the handshakes of QoS 1 and 2 as their
 * sender (MQTT 3.1.1 section 4.3). It writes only while the channel takes it, so a slow client costs memory for one
 * window and no more. Lives as long as the connection; belongs to the event loop.
 *
 * <pre>
 *   reserve() ── journal ──► arrived() ──► waits for a window slot ──► PUBLISH ──► PUBACK | PUBREC, PUBREL, PUBCOMP
 *                   └─ failed ─► cancelled()
 * </pre>
 */
abstract class Outbound {
    private static final int PACKET_IDS = 65_535;

    protected final Session session;
    protected final Connection connection;
    protected final Limits limits;
    private final PacketsOut out;
    private final Policies policies;
    private final Counters counters;
    private final Map<Integer, Flight> inFlight = new HashMap<>();
    private Runnable whenWritable;
    private boolean open = true;
    private boolean pumping;
    private boolean pumpAgain;

    Outbound(Session session, Connection connection, Broker broker) {
        this.session = session;
        this.connection = connection;
        this.limits = broker.limits();
        this.out = connection.out();
        this.policies = broker.policies();
        this.counters = broker.counters();
    }

    /**
     * A message was routed here; returns the packet identifier it will have, or 0 if it has to wait for one.
     *
     * @param now whether it arrives in this turn of the event loop, so that it must wait if others are still to arrive
     */
    abstract int reserve(Target target, StoredMessage message, boolean now);

    /** The message may be delivered now. */
    abstract void arrived(Delivery delivery);

    /** What was reserved does not come. */
    abstract void cancelled(int packetId, long bytes);

    /** The next delivery that has its packet identifier, or null; called while the channel takes more. */
    abstract Delivery next();

    /** The client has taken the message of this number. */
    abstract void forget(long messageId);

    /** Runs it when all that the client has taken before is forgotten for good, and will not come again after a kill. */
    abstract void whenForgotten(Runnable then);

    /** An outbound QoS 2 message got its PUBREC; calls {@link #released} when that is safe. */
    abstract void release(int packetId, long messageId);

    /** Looks for more to send, when there is nothing at hand. */
    abstract void refill();

    // ---- sending ----------------------------------------------------------------------------------------------------

    final boolean isOpen() {
        return open;
    }

    final int inFlight() {
        return inFlight.size();
    }

    final boolean hasSlot() {
        return inFlight.size() < limits.maxInFlight();
    }

    /** QoS 0: sent now, or not at all when the client does not keep up. */
    final void sendQos0(StoredMessage message) {
        if (!open || policies.deliver(connection.client(), message.topic()) != Verdict.DELIVER) {
            return;
        }
        if (out.isWritable()) {
            out.publish(new Delivery(message, 0, 0, false));
        } else {
            counters.add(Counter.MESSAGES_DROPPED_QOS0, 1);
            session.traffic().dropped();
        }
    }

    /** Calls once, when the channel takes more and nothing else waits for it. */
    final void whenWritable(Runnable then) {
        whenWritable = then;
    }

    /** Sends what can be sent. Called when something arrived, was acknowledged, or the channel takes more again. */
    final void pump() {
        if (pumping) {
            pumpAgain = true;
            return;
        }
        pumping = true;
        try {
            do {
                pumpAgain = false;
                while (open && out.isWritable()) {
                    Delivery delivery = next();
                    if (delivery != null) {
                        send(delivery);
                    } else if (whenWritable != null) {
                        Runnable then = whenWritable;
                        whenWritable = null;
                        then.run();
                    } else {
                        break;
                    }
                }
                if (open) {
                    refill();
                }
            } while (pumpAgain && open);
        } finally {
            pumping = false;
        }
    }

    private void send(Delivery delivery) {
        Flight flight = inFlight.get(delivery.packetId());
        if (flight == null) {
            return;
        }
        switch (policies.deliver(connection.client(), delivery.message().topic())) {
            case DELIVER -> {
                flight.state = State.SENT;
                out.publish(delivery);
            }
            case WITHHOLD -> {
                finish(delivery.packetId(), flight);
                session.room().open();
            }
            case UNKNOWN -> connection.fail("there is no topic policy that decides what it may receive");
        }
    }

    /**
     * Takes a packet identifier for the message: the one that follows from its number, or the next that is free. Since
     * numbers are not used again after a restart, neither is, for a long time, an identifier that the client may still
     * be about to acknowledge.
     *
     * @param target the place it was routed to; null if that is not known any more
     */
    final int takePacketId(long messageId, int qos, long bytes, Target target) {
        int id = (int) (messageId % PACKET_IDS) + 1;
        while (inFlight.containsKey(id)) {
            id = id == PACKET_IDS ? 1 : id + 1;
        }
        inFlight.put(id, new Flight(messageId, qos, bytes, target));
        return id;
    }

    /** Takes up a delivery of an earlier connection under its identifier [MQTT-4.4.0-1]; false if it is in use. */
    final boolean resume(int packetId, long messageId, int qos, long bytes, boolean released) {
        if (inFlight.containsKey(packetId)) {
            return false;
        }
        Flight flight = new Flight(messageId, qos, bytes, null);
        inFlight.put(packetId, flight);
        if (released) {
            flight.state = State.RELEASED;
            out.pubrel(packetId);
        }
        return true;
    }

    final void giveBack(int packetId) {
        inFlight.remove(packetId);
    }

    // ---- what the client answers ------------------------------------------------------------------------------------

    final void puback(int packetId) {
        Flight flight = inFlight.get(packetId);
        if (flight != null && flight.qos == 1 && flight.state == State.SENT) {
            finish(packetId, flight);
            pump();
            session.room().open();
        }
    }

    final void pubrec(int packetId) {
        Flight flight = inFlight.get(packetId);
        if (flight == null) {
            out.pubrel(packetId);   // unknown: lets the client come to an end
            return;
        }
        if (flight.qos != 2) {
            return;
        }
        switch (flight.state) {
            case SENT -> {
                flight.state = State.RELEASING;
                release(packetId, flight.messageId);
            }
            case RELEASED -> out.pubrel(packetId);
            case RESERVED, RELEASING -> {
                // not sent yet, or its PUBREL is about to be
            }
        }
    }

    /** The PUBREC is on disk: from now on PUBREL is repeated and never PUBLISH. */
    final void released(int packetId) {
        Flight flight = inFlight.get(packetId);
        if (open && flight != null) {
            flight.state = State.RELEASED;
            out.pubrel(packetId);
        }
    }

    final void pubcomp(int packetId) {
        Flight flight = inFlight.get(packetId);
        if (flight != null && flight.state == State.RELEASED) {
            finish(packetId, flight);
            pump();
            session.room().open();
        }
    }

    private void finish(int packetId, Flight flight) {
        inFlight.remove(packetId);
        session.unqueued(flight.bytes);
        Holds.Held held = flight.target == null ? null : flight.target.acknowledged();
        if (held == null) {
            forget(flight.messageId);
        } else {
            session.wasPrompt();
            whenForgotten(held::acknowledged);
        }
    }

    /** A delivery that was handed over could not be written: it ends with the connection if it is not acknowledged. */
    final void notStored(int packetId, long bytes) {
        Flight flight = inFlight.get(packetId);
        if (open && flight != null) {
            flight.stored = false;
        } else {
            session.unqueued(bytes);
            session.room().open();
        }
    }

    /** The connection is gone: what was held for its acknowledgement waits for the next one. */
    void close() {
        open = false;
        List<Flight> last = List.copyOf(inFlight.values());
        inFlight.clear();
        for (Flight flight : last) {
            if (flight.target != null && flight.target.held() != null) {
                flight.target.held().settle();
            }
            if (!flight.stored) {
                session.unqueued(flight.bytes);
                session.room().open();
            }
        }
        whenWritable = null;
    }

    private enum State {
        /** Has its packet identifier and was not sent on this connection. */
        RESERVED, SENT, RELEASING, RELEASED
    }

    /** A delivery between taking and giving back its packet identifier. Holds no payload: a repetition reads it anew. */
    private static final class Flight {
        private final long messageId;
        private final int qos;
        private final long bytes;
        private final Target target;
        private State state = State.RESERVED;
        private boolean stored = true;

        Flight(long messageId, int qos, long bytes, Target target) {
            this.messageId = messageId;
            this.qos = qos;
            this.bytes = bytes;
            this.target = target;
        }
    }
}
