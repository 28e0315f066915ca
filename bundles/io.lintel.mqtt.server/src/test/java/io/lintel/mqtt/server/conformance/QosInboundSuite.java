// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static io.lintel.mqtt.server.internal.Packets.utf8;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Section 4 of the checklist, the server as receiver: what a client publishes, and the handshakes of QoS 1 and 2 from the
 * client to the server (MQTT 3.1.1 section 4.3).
 */
abstract class QosInboundSuite extends ConformanceSuite {
    QosInboundSuite(Subject.Starter starter) {
        super(starter);
    }

    private static byte[] repeated(String topic, String payload, int qos, int id) {
        return Packets.publish(topic, utf8(payload), qos, id, true, false);
    }

    // ---- one message ------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "answers: none for QoS 0, PUBACK for 1, PUBREC for 2, and PUBCOMP for PUBREL",
            statements = {"3.3.4-1", "4.3.1", "4.3.2", "4.3.3"})
    void answersByQualityOfService() {
        try (PacketClient client = connected("answers")) {
            client.send(Packets.publish("nobody", "x", 0, 0)).expectNothing();
            client.send(0x32, 7, 0, 1, 't', 0x12, 0x34, 'o', 'k').expect(0x40, 2, 0x12, 0x34);
            client.send(0x34, 7, 0, 1, 't', 0x12, 0x34, 'o', 'k').expect(0x50, 2, 0x12, 0x34);
            client.send(0x62, 2, 0x12, 0x34).expect(0x70, 2, 0x12, 0x34);
            client.expectNothing();
        }
    }

    @ParameterizedTest(name = "QoS {0}")
    @ValueSource(ints = {0, 1, 2})
    @Checks(value = "an empty payload is a message", statements = "3.3.3")
    void anEmptyPayloadIsAMessage(int qos) {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("empty", 2);
            publish(publisher, "empty", "", qos);
            take(subscriber, "empty", "", qos);
        }
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "+", "#", "a/+", "a/#", "a+", "+a", "a#", "a/+/b"})
    @Checks(value = "a topic name is not empty and has no wildcard", statements = {"3.3.2-1", "3.3.2-2", "4.7.1-1", "4.7.3-1"})
    void closesForATopicNameThatIsNone(String topic) {
        try (PacketClient client = connected("topic name")) {
            expectClosedFor(client, Packets.publish(topic, "x", 0, 0));
        }
    }

    @Test
    @Checks(value = "DUP with QoS 0: a client must not, the server may close", statements = "3.3.1-2",
            lintel = "takes it, and sends it on with DUP 0")
    void dupWithQos0() {
        try (PacketClient client = connected("dup 0")) {
            client.subscribed("dup 0", 0);
            client.send(repeated("dup 0", "x", 0, 0)).expect(Packets.publish("dup 0", "x", 0, 0));
        }
    }

    @ParameterizedTest(name = "QoS {0}")
    @ValueSource(ints = {1, 2})
    @Checks(value = "DUP of the publisher is not passed on: the server's own is for its own redelivery",
            statements = {"3.3.1-1", "3.3.1-3"})
    void dupIsNotPassedOn(int qos) {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("dup", 2);
            publisher.send(repeated("dup", "again", qos, 5));
            if (qos == 1) {
                publisher.expectPuback(5);
            } else {
                publisher.expect(Packets.pubrec(5)).send(Packets.pubrel(5)).expect(Packets.pubcomp(5));
            }
            take(subscriber, "dup", "again", qos);   // says "dup" if it has it
        }
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {1, 255, 262_144, 1_000_000})
    @Checks(value = "a payload is bytes and comes out as it went in", statements = "3.3.3")
    void payloadsAreBytes(int length) {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) (i * 31 + (i >> 8));
        }
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("bytes", 0);
            publisher.send(Packets.publish("bytes", payload, 1, 1, false, false)).expectPuback(1);
            subscriber.expect(Packets.publish("bytes", payload, 0, 0, false, false));
        }
    }

    // ---- QoS 1 ------------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "QoS 1: after PUBACK the same identifier is a new message, even with DUP 1", statements = "4.3.2-2")
    void aQos1PublishAfterItsPubackIsANewMessage() {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("qos 1", 1);
            publisher.send(Packets.publish("qos 1", "a", 1, 5)).expectPuback(5);
            publisher.send(repeated("qos 1", "a", 1, 5)).expectPuback(5);
            take(subscriber, "qos 1", "a", 1);
            take(subscriber, "qos 1", "a", 1);
            subscriber.expectNothing();
        }
    }

    // ---- QoS 2 ------------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "QoS 2, identifier known: PUBREC again and no second delivery", statements = "4.3.3-2")
    void aRepeatedQos2PublishIsDeliveredOnce() {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("qos 2", 2);
            publisher.send(Packets.publish("qos 2", "once", 2, 5)).expect(Packets.pubrec(5));
            publisher.send(repeated("qos 2", "once", 2, 5)).expect(Packets.pubrec(5));
            publisher.send(Packets.pubrel(5)).expect(Packets.pubcomp(5));
            take(subscriber, "qos 2", "once", 2);
            subscriber.expectNothing();
        }
    }

    @Test
    @Checks(value = "QoS 2, identifier known, DUP 0, which a client must not send: the identifier decides; so does it for more",
            statements = {"3.3.1-1", "4.3.3-2"}, lintel = "PUBREC each time", mosquitto = "closes at the second repetition")
    void aRepeatedQos2PublishWithoutDup() {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("without dup", 0);
            publisher.send(Packets.publish("without dup", "once", 2, 5)).expect(Packets.pubrec(5));
            publisher.send(Packets.publish("without dup", "once", 2, 5)).expect(Packets.pubrec(5));
            if (isMosquitto()) {
                expectClosedFor(publisher, repeated("without dup", "once", 2, 5));
                return;
            }
            publisher.send(repeated("without dup", "once", 2, 5)).expect(Packets.pubrec(5));
            publisher.send(Packets.pubrel(5)).expect(Packets.pubcomp(5));
            subscriber.expectPublish("without dup", "once", 0);
            subscriber.expectNothing();
        }
    }

    @Test
    @Checks(value = "QoS 2: after PUBREL the identifier is free for a new message", statements = {"4.3.3-2", "2.3.1-3"})
    void pubrelFreesTheIdentifier() {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("frees", 1);
            publish(publisher, "frees", "one", 2);
            publish(publisher, "frees", "two", 2);   // the same identifier
            take(subscriber, "frees", "one", 1);
            take(subscriber, "frees", "two", 1);
            subscriber.expectNothing();
        }
    }

    @Test
    @Checks(value = "QoS 2: PUBREL repeated, or for an identifier unknown, is answered with PUBCOMP", statements = "4.3.3-2")
    void anUnknownPubrelIsAnswered() {
        try (PacketClient client = connected("pubrel")) {
            client.send(Packets.publish("nobody", "x", 2, 5)).expect(Packets.pubrec(5));
            client.send(Packets.pubrel(5)).expect(Packets.pubcomp(5));
            client.send(Packets.pubrel(5)).expect(Packets.pubcomp(5));
            client.send(Packets.pubrel(77)).expect(Packets.pubcomp(77)).expectNothing();
        }
    }

    // ---- order ------------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "PUBACK and PUBREC come in the order of the PUBLISHes, PUBCOMP in that of the PUBRELs",
            statements = {"4.6.0-2", "4.6.0-3", "4.6.0-4"})
    void acknowledgesInOrderOfArrival() {
        away("order", "order/durable", 2);   // some messages go to disk, others do not
        try (PacketClient publisher = connected("publisher")) {
            publisher.send(Packets.publish("order/durable", "a", 1, 9), Packets.publish("order/nobody", "b", 1, 8),
                    Packets.publish("order/durable", "c", 2, 7), Packets.publish("order/nobody", "d", 2, 6),
                    Packets.publish("order/nobody", "e", 1, 5));
            publisher.expectPuback(9).expectPuback(8).expect(Packets.pubrec(7)).expect(Packets.pubrec(6)).expectPuback(5);
            publisher.send(Packets.pubrel(6), Packets.pubrel(7)).expect(Packets.pubcomp(6)).expect(Packets.pubcomp(7));
        }
    }

    // ---- across connections -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(SessionSuite.End.class)
    @Checks(value = "a QoS 2 PUBLISH repeated after a reconnect, or after the server's restart, is delivered once",
            statements = {"4.1.0-1", "4.3.3-2", "4.4.0-1"})
    void aQos2PublisherThatComesBackIsNotHeardTwice(SessionSuite.End end) {
        String topic = "twice/" + end;
        away("hears " + end, topic, 1);
        try (PacketClient publisher = durable("says " + end)) {
            publisher.send(Packets.publish(topic, "once", 2, 77)).expect(Packets.pubrec(77));
            publisher.abort();   // the PUBREC is lost on the way, say
        }
        end.of(server);
        try (PacketClient publisher = resumed("says " + end)) {
            publisher.send(repeated(topic, "once", 2, 77)).expect(Packets.pubrec(77));
            publisher.send(Packets.pubrel(77)).expect(Packets.pubcomp(77));
            publisher.send(Packets.publish(topic, "another", 2, 77)).expect(Packets.pubrec(77));
            publisher.send(Packets.pubrel(77)).expect(Packets.pubcomp(77));
        }
        try (PacketClient subscriber = resumed("hears " + end)) {
            take(subscriber, topic, "once", 1);
            take(subscriber, topic, "another", 1);
            subscriber.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource(SessionSuite.End.class)
    @Checks(value = "PUBREL after a reconnect, or after the server's restart: PUBCOMP, and the message is delivered",
            statements = {"4.1.0-1", "4.3.3-2", "4.4.0-1"})
    void aPubrelMayComeOnTheNextConnection(SessionSuite.End end) {
        String topic = "pubrel/" + end;
        away("gets " + end, topic, 1);
        try (PacketClient publisher = durable("releases " + end)) {
            publisher.send(Packets.publish(topic, "x", 2, 77)).expect(Packets.pubrec(77));
            publisher.abort();
        }
        end.of(server);
        try (PacketClient publisher = resumed("releases " + end)) {
            publisher.send(Packets.pubrel(77)).expect(Packets.pubcomp(77));
        }
        try (PacketClient subscriber = resumed("gets " + end)) {
            take(subscriber, topic, "x", 1);
            subscriber.expectNothing();
        }
    }

    @Test
    @Checks(value = "clean session 1 forgets the QoS 2 identifiers: what comes under one is a new message",
            statements = "3.1.2-6")
    void aCleanSessionForgetsIdentifiers() {
        try (PacketClient subscriber = connected("subscriber")) {
            subscriber.subscribed("forgets", 1);
            try (PacketClient publisher = durable("forgets")) {
                publish(publisher, "nobody", "x", 1);
                publisher.send(Packets.publish("forgets", "one", 2, 5)).expect(Packets.pubrec(5)).abort();
            }
            try (PacketClient publisher = connected("forgets")) {
                publisher.send(Packets.publish("forgets", "two", 2, 5)).expect(Packets.pubrec(5));
                publisher.send(Packets.pubrel(5)).expect(Packets.pubcomp(5));
            }
            if (!isMosquitto()) {
                take(subscriber, "forgets", "one", 1);   // delivered with its PUBLISH
            }
            take(subscriber, "forgets", "two", 1);
            subscriber.expectNothing();
        }
    }

    @Test
    @Checks(value = "QoS 2 is delivered with its PUBLISH (method B) or with its PUBREL (method A)", statements = "4.3.3",
            lintel = "with the PUBLISH", mosquitto = "with the PUBREL")
    void whenAQos2MessageIsDelivered() {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("when", 0);
            publisher.send(Packets.publish("when", "x", 2, 5)).expect(Packets.pubrec(5));
            if (isMosquitto()) {
                subscriber.expectNothing();
            } else {
                subscriber.expectPublish("when", "x", 0);
            }
            publisher.send(Packets.pubrel(5)).expect(Packets.pubcomp(5));
            if (isMosquitto()) {
                subscriber.expectPublish("when", "x", 0);
            }
            subscriber.expectNothing();
        }
    }
}
