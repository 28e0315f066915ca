// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.internal.Publication.Target;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Sends to a client with clean session 1: what waits for it is in memory and ends with the connection [MQTT-3.1.2-6]. */
final class MemoryOutbound extends Outbound {
    private final Deque<Delivery> waiting = new ArrayDeque<>(1);

    MemoryOutbound(Session session, Connection connection, Broker broker) {
        super(session, connection, broker);
    }

    @Override
    int reserve(Target target, StoredMessage message, boolean now) {
        return 0;
    }

    @Override
    void arrived(Delivery delivery) {
        if (isOpen()) {
            waiting.add(delivery);
            pump();
        }
    }

    @Override
    void cancelled(int packetId, long bytes) {
        // nothing was reserved
    }

    @Override
    Delivery next() {
        if (waiting.isEmpty() || !hasSlot()) {
            return null;
        }
        Delivery delivery = waiting.poll();
        return delivery.withPacketId(takePacketId(delivery.message().id(), delivery.qos(), delivery.bytes(), null));
    }

    /** What waits and was not sent, later than the message of this number. */
    List<Delivery> page(long after, int most) {
        return waiting.stream().filter(delivery -> delivery.message().id() > after).limit(most).toList();
    }

    @Override
    void forget(long messageId) {
        // kept nowhere else
    }

    @Override
    void whenForgotten(Runnable then) {
        then.run();
    }

    @Override
    void release(int packetId, long messageId) {
        released(packetId);
    }

    @Override
    void refill() {
        // all there is waits here
    }

    @Override
    void close() {
        super.close();
        waiting.clear();
    }
}
