// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * What all suites share: one server for a suite, and clients for it. A suite says in bytes what MQTT 3.1.1 asks of a
 * server; {@link LintelConformanceTest} and {@link MosquittoConformanceTest} run each against their server. Tests of one
 * suite share its server, so each has client identifiers and topics of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ConformanceSuite {
    private final Subject.Starter starter;
    protected Subject server;

    ConformanceSuite(Subject.Starter starter) {
        this.starter = starter;
    }

    /** What differs from the defaults of both servers. */
    Setup setup() {
        return Setup.DEFAULTS;
    }

    @BeforeAll
    final void start() {
        server = starter.start(setup());
    }

    @AfterAll
    final void stop() {
        try (PacketClient client = connected("after all")) {
            client.expectNothing();   // whatever the tests did, it serves
        } finally {
            server.close();
        }
    }

    final boolean isMosquitto() {
        return server.isMosquitto();
    }

    // ---- clients ----------------------------------------------------------------------------------------------------

    /** A network connection on which nothing was sent. */
    final PacketClient open() {
        return PacketClient.open(server.port());
    }

    /** Connected with clean session 1. */
    final PacketClient connected(String clientId) {
        return PacketClient.connected(server.port(), clientId, true);
    }

    /** Connected with clean session 0 to a session that was not there. */
    final PacketClient durable(String clientId) {
        return PacketClient.connected(server.port(), clientId, false);
    }

    /** Connected with clean session 0 to a session that was there. */
    final PacketClient resumed(String clientId) {
        return PacketClient.resumed(server.port(), clientId);
    }

    /** A durable session with one subscription, whose client is away. */
    final void away(String clientId, String filter, int qos) {
        durable(clientId).subscribed(filter, qos).send(Packets.DISCONNECT).expectClosed();
    }

    // ---- handshakes that a test is not about ------------------------------------------------------------------------

    /** Publishes and completes the handshake, so that the server owns the message and has delivered it. */
    static void publish(PacketClient publisher, String topic, String payload, int qos) {
        publish(publisher, topic, payload, qos, false);
    }

    static void publish(PacketClient publisher, String topic, String payload, int qos, boolean retain) {
        int id = 65_000;
        publisher.send(Packets.publish(topic, Packets.utf8(payload), qos, id, false, retain));
        switch (qos) {
            case 1 -> publisher.expectPuback(id);
            case 2 -> publisher.expect(Packets.pubrec(id)).send(Packets.pubrel(id)).expect(Packets.pubcomp(id));
            default -> publisher.expectNothing();
        }
    }

    /** Takes the next packet, which is this PUBLISH ("PUBLISH topic payload qos n", then "dup" and "retain"), and its id. */
    static int expect(PacketClient client, String description) {
        PacketClient.Packet packet = client.receive();
        assertThat(packet.describe()).isEqualTo(description);
        return packet.packetId();
    }

    /** Takes a delivery of this quality of service and completes the handshake. */
    static void take(PacketClient client, String topic, String payload, int qos) {
        acknowledge(client, expect(client, "PUBLISH " + topic + " " + payload + " qos " + qos), qos);
    }

    static void acknowledge(PacketClient client, int packetId, int qos) {
        if (qos == 1) {
            client.send(Packets.puback(packetId));
        } else if (qos == 2) {
            client.send(Packets.pubrec(packetId)).expect(Packets.pubrel(packetId)).send(Packets.pubcomp(packetId));
        }
    }

    /**
     * Takes the next PUBLISH, which is this one, while handshakes of QoS 2 deliveries before it may still be going on: each
     * delivery is answered at once, and PUBRELs in between with PUBCOMP.
     */
    static void takeNext(PacketClient client, String topic, String payload, int qos) {
        PacketClient.Packet packet = client.receive();
        while (packet.type() == 6) {
            client.send(Packets.pubcomp(packet.packetId()));
            packet = client.receive();
        }
        assertThat(packet.describe()).isEqualTo("PUBLISH " + topic + " " + payload + " qos " + qos);
        if (qos > 0) {
            client.send(qos == 1 ? Packets.puback(packet.packetId()) : Packets.pubrec(packet.packetId()));
        }
    }

    /**
     * The server closes the connection for these bytes without any answer: behind them goes a PINGREQ, whose PINGRESP
     * would be there first if the server had let them pass.
     */
    static void expectClosedFor(PacketClient client, byte[] bytes) {
        client.sendAnyway(bytes).sendAnyway(Packets.PINGREQ).expectClosed();
    }

    /** The server takes these bytes and answers nothing to them but serves on. */
    static void expectIgnored(PacketClient client, byte[] bytes) {
        client.send(bytes).expectNothing();
    }
}
