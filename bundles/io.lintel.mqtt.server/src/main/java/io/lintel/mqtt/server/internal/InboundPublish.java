// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.util.List;

/**
 * What one client publishes: asks the policy, waits for room, has it journaled, and acknowledges it in the order of
 * arrival [MQTT-4.6.0-2, -3] when it is on disk. QoS 2 is method B of MQTT 3.1.1 section 4.3.3: the message goes on with
 * its PUBLISH, and its packet identifier is kept until PUBREL. Lives as long as the connection; belongs to the event
 * loop.
 */
final class InboundPublish {
    private final Connection connection;
    private final Session session;
    private final Broker broker;
    private final AcknowledgeOrder order;
    private WaitForRoom wait;

    InboundPublish(Connection connection, Session session, Broker broker) {
        this.connection = connection;
        this.session = session;
        this.broker = broker;
        this.order = new AcknowledgeOrder(connection, broker.router(), broker.unfinished().get(session.clientId()));
    }

    /** Takes the message over, its buffer too. */
    void publish(MqttPublishMessage packet) {
        Packet publish;
        try {
            publish = new Packet(packet.variableHeader().topicName(), ByteBufUtil.getBytes(packet.payload()),
                    packet.fixedHeader().qosLevel().value(), packet.fixedHeader().isRetain(),
                    packet.variableHeader().packetId());
        } finally {
            packet.release();
        }
        broker.counters().add(Counter.MESSAGES_IN, 1);
        broker.counters().add(Counter.PAYLOAD_IN, publish.payload.length);
        session.traffic().messageIn();
        if (publish.qos == 2 && session.inboundIds().get(publish.packetId)) {
            repeated(publish.packetId);
            return;
        }
        if (SysTopics.isServers(publish.topic)) {
            order.acknowledge(publish.qos, publish.packetId);
            return;
        }
        connection.hold();
        broker.policies().publish(connection.client(), publish.topic, publish.retain, decision -> {
            if (!connection.isOpen()) {
                return;
            }
            switch (decision) {
                case ALLOW -> admit(publish);
                case DROP -> {
                    refused(publish.topic, "dropped by the policy");
                    order.acknowledge(publish.qos, publish.packetId);
                    connection.proceed();
                }
                case DISCONNECT -> {
                    refused(publish.topic, "refused by the policy");
                    connection.close("the policy refuses to take " + publish.topic);
                }
            }
        });
    }

    private void refused(String topic, String how) {
        broker.counters().add(Counter.MESSAGES_REFUSED, 1);
        session.traffic().refused();
        if (broker.traces().isOpen()) {
            broker.traces().note(connection, "REFUSED", topic, how);
        }
    }

    /**
     * A QoS 2 PUBLISH whose identifier is taken: PUBREC again and no second delivery. The first one may still be on its
     * way to disk, from this connection or one before, and may fail there.
     */
    private void repeated(int packetId) {
        AcknowledgeOrder.Entry entry = order.enter(null, 2, packetId, true);
        broker.journal().barrier(() -> order.decided(entry, session.inboundIds().get(packetId)
                ? null : new IllegalStateException("the first PUBLISH with identifier " + packetId + " was not stored")));
    }

    private void admit(Packet publish) {
        if (order.size() >= broker.limits().publishing().unacknowledged()) {
            order.whenShorter(() -> admit(publish));
            return;
        }
        Publication publication = broker.router().plan(publish.topic, publish.payload, publish.qos, publish.retain);
        if (!broker.router().mayRetain(publication)) {
            connection.close("no room for another retained message");
            return;
        }
        Router.Obstacle obstacle = broker.router().obstacle(publication);
        if (obstacle == null) {
            wait = null;
            commit(publish, publication);
            connection.proceed();
            return;
        }
        if (wait == null) {
            wait = new WaitForRoom(broker, broker.limits().queues().patienceMillis(), () -> admit(publish), this::turnAway);
        }
        wait.at(obstacle);
    }

    private void turnAway() {
        broker.counters().add(Counter.PUBLISHERS_TURNED_AWAY, 1);
        connection.close("a queue it publishes to is full");
    }

    private void commit(Packet publish, Publication publication) {
        if (publish.qos < 2 && !publish.retain && order.isCaughtUp()) {
            boolean alone = order.size() == 0;
            AcknowledgeOrder.Entry entry = order.enter(publication, publish.qos, publish.packetId, true);
            broker.router().deliverNow(publication, alone, failure -> order.decided(entry, failure));
            return;
        }
        boolean exactlyOnce = publish.qos == 2;
        SessionChange taken = null;
        if (exactlyOnce) {
            session.inboundIds().set(publish.packetId);
            if (session.isDurable()) {
                taken = new SessionChange.InboundIdTaken(session.clientId(), publish.packetId);
            }
        }
        AcknowledgeOrder.Entry entry = order.enter(publication, publish.qos, publish.packetId, false);
        broker.router().commit(publication, taken, failure -> {
            if (failure != null && exactlyOnce) {
                session.inboundIds().clear(publish.packetId);
            }
            order.decided(entry, failure);
        });
    }

    /**
     * Acknowledged when the identifier's release is on disk, since the client may use it for a new message then. A release
     * that an earlier connection asked for may still be on its way, and is waited for: a second one could end after the
     * identifier was taken anew, and its new message would then be heard twice.
     */
    void pubrel(int packetId) {
        if (!session.inboundIds().get(packetId)) {
            connection.out().pubcomp(packetId);
        } else if (!session.isDurable()) {
            session.inboundIds().clear(packetId);
            connection.out().pubcomp(packetId);
        } else if (session.releasing().get(packetId)) {
            broker.journal().barrier(() -> released(packetId, session.inboundIds().get(packetId)));
        } else {
            session.releasing().set(packetId);
            SessionChange released = new SessionChange.InboundIdReleased(session.clientId(), packetId);
            broker.journal().write(List.of(released), 0, failure -> {
                session.releasing().clear(packetId);
                if (failure == null) {
                    session.inboundIds().clear(packetId);
                }
                released(packetId, failure != null);
            });
        }
    }

    private void released(int packetId, boolean failed) {
        if (failed) {
            connection.fail("the journal failed");
        } else {
            connection.out().pubcomp(packetId);
        }
    }

    /** The connection is gone: what waits for room was never taken; what is being journaled takes effect. */
    void close() {
        if (wait != null) {
            wait.cancel();
            wait = null;
        }
        if (!order.isCaughtUp()) {
            broker.unfinished().put(session.clientId(), order);
            order.whenCaughtUp(() -> broker.unfinished().remove(session.clientId(), order));
        }
    }

    private record Packet(String topic, byte[] payload, int qos, boolean retain, int packetId) {
    }
}
