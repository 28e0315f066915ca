// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PUBLISH at the three qualities of service, between clients of one server (MQTT 3.1.1 sections 3.3 and 4.3). */
class PublishTest {
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(Map.of("maxInFlight", 3));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachQualityOfServiceReachesItsSubscriber(boolean clean) {
        try (PacketClient subscriber = PacketClient.connected(server.port(), "subscriber", clean);
                PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("home/+/state", 2);

            publisher.send(Packets.publish("home/lamp/state", "zero", 0, 0));
            subscriber.expectPublish("home/lamp/state", "zero", 0);

            publisher.send(Packets.publish("home/lamp/state", "one", 1, 7)).expectPuback(7);
            subscriber.send(Packets.puback(subscriber.expectPublish("home/lamp/state", "one", 1)));

            // C ─PUBLISH 8─► S ─PUBREC 8─► C ─PUBREL 8─► S ─PUBCOMP 8─► C
            publisher.send(Packets.publish("home/lamp/state", "two", 2, 8)).expect(Packets.pubrec(8));
            publisher.send(Packets.pubrel(8)).expect(Packets.pubcomp(8));
            int id = subscriber.expectPublish("home/lamp/state", "two", 2);
            subscriber.send(Packets.pubrec(id)).expect(Packets.pubrel(id)).send(Packets.pubcomp(id)).expectNothing();
            TestServer.eventually("the queue is empty",
                    () -> server.session("subscriber").orElseThrow().queuedMessages() == 0);
        }
    }

    @Test
    void deliversWithTheLowerOfPublishedAndGrantedQoS() {
        try (PacketClient zero = server.connected("zero"); PacketClient one = server.connected("one");
                PacketClient publisher = server.connected("publisher")) {
            zero.subscribed("t", 0);
            one.subscribed("t", 1);
            publisher.send(Packets.publish("t", "a", 2, 1)).expect(Packets.pubrec(1));
            zero.expectPublish("t", "a", 0);
            one.expectPublishAndAcknowledge("t", "a");
            publisher.send(Packets.publish("t", "b", 0, 0));
            one.expectPublish("t", "b", 0);
        }
    }

    @Test
    void aRepeatedQos2PublishIsDeliveredOnce() {
        try (PacketClient subscriber = server.connected("subscriber"); PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("t", 1);
            publisher.send(Packets.publish("t", "once", 2, 5)).expect(Packets.pubrec(5));
            publisher.send(Packets.publish("t", Packets.utf8("once"), 2, 5, true, false)).expect(Packets.pubrec(5));
            publisher.send(Packets.pubrel(5)).expect(Packets.pubcomp(5));
            publisher.send(Packets.pubrel(5)).expect(Packets.pubcomp(5));   // unknown by now; must not hang
            publisher.send(Packets.publish("t", "next", 2, 5)).expect(Packets.pubrec(5));   // the id may be used again
            subscriber.expectPublishAndAcknowledge("t", "once");
            subscriber.expectPublishAndAcknowledge("t", "next").expectNothing();
        }
    }

    @Test
    void aQos1PublishWithDupIsANewMessage() {
        try (PacketClient subscriber = server.connected("subscriber"); PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("t", 1);
            publisher.send(Packets.publish("t", "a", 1, 5)).expectPuback(5);
            publisher.send(Packets.publish("t", Packets.utf8("a"), 1, 5, true, false)).expectPuback(5);
            subscriber.expectPublishAndAcknowledge("t", "a");
            // DUP is the server's own and not the publisher's [MQTT-3.3.1-3]
            subscriber.expectPublishAndAcknowledge("t", "a").expectNothing();
        }
    }

    @Test
    void acknowledgesInOrderOfArrivalAlsoWhenOnlySomeNeedTheDisk() {
        try (PacketClient durable = server.connectedDurably("durable"); PacketClient publisher = server.connected("publisher")) {
            durable.subscribed("to/disk", 1);
            server.store().stopDisk();
            publisher.send(Packets.publish("to/disk", "a", 1, 1), Packets.publish("to/nobody", "b", 1, 2),
                    Packets.publish("to/nobody", "c", 2, 3), Packets.publish("to/disk", "d", 2, 4)).expectNothing();
            server.store().resumeDisk();
            publisher.expectPuback(1).expectPuback(2).expect(Packets.pubrec(3)).expect(Packets.pubrec(4));
        }
    }

    @Test
    void acknowledgesOnlyWhatIsOnDisk() {
        try (PacketClient durable = server.connectedDurably("durable"); PacketClient publisher = server.connected("publisher")) {
            durable.subscribed("t", 2);
            server.store().stopDisk();
            publisher.send(Packets.publish("t", "a", 1, 1), Packets.publish("t", "b", 2, 2)).expectNothing();
            int id = durable.expectPublish("t", "a", 1);   // who has it already need not wait for the disk
            durable.expectNothing();
            server.store().resumeDisk();
            publisher.expectPuback(1).expect(Packets.pubrec(2));
            durable.send(Packets.puback(id)).expectPublish("t", "b", 2);
        }
    }

    @Test
    void manyWritesShareOneUnit() {
        try (PacketClient durable = server.connectedDurably("durable"); PacketClient publisher = server.connected("publisher")) {
            durable.subscribed("t", 1);
            server.store().stopDisk();
            int before = server.store().unitsAsked();
            for (int i = 1; i <= 50; i++) {
                publisher.send(Packets.publish("t", "m" + i, 1, i));
            }
            publisher.expectNothing();
            server.store().resumeDisk();
            for (int i = 1; i <= 50; i++) {
                publisher.expectPuback(i);
            }
            assertThat(server.store().unitsAsked() - before).isLessThan(10);
        }
    }

    @Test
    void needsNoDiskForClientsWithoutDurableSession() {
        try (PacketClient subscriber = server.connected("subscriber"); PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("t", 1);
            server.store().stopDisk();
            publisher.send(Packets.publish("t", "a", 1, 1)).expectPuback(1);
            subscriber.expectPublishAndAcknowledge("t", "a");
            server.store().resumeDisk();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sendsNoMoreThanTheWindowUntilAcknowledged(boolean clean) {
        try (PacketClient subscriber = PacketClient.connected(server.port(), "subscriber", clean);
                PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("t", 1);
            for (int i = 1; i <= 5; i++) {
                publisher.send(Packets.publish("t", "m" + i, 1, i)).expectPuback(i);
            }
            int first = subscriber.expectPublish("t", "m1", 1);
            subscriber.expectPublish("t", "m2", 1);
            subscriber.expectPublish("t", "m3", 1);
            subscriber.expectNothing();
            subscriber.send(Packets.puback(first));
            int fourth = subscriber.expectPublish("t", "m4", 1);
            subscriber.send(Packets.puback(fourth));
            subscriber.expectPublish("t", "m5", 1);
            subscriber.expectNothing();
        }
    }

    @Test
    void identifiersInFlightAreNotGivenAgainWhenTheyComeRound() {
        try (PacketClient subscriber = server.connected("subscriber"); PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("t", 1);
            publisher.send(Packets.publish("t", "first", 1, 1)).expectPuback(1);
            int kept = subscriber.expectPublish("t", "first", 1);
            for (int i = 0; i < 70_000; i++) {
                publisher.send(Packets.publish("t", "x", 1, 2));
                int id = subscriber.expectPublish("t", "x", 1);
                assertThat(id).isNotZero().isNotEqualTo(kept);
                subscriber.send(Packets.puback(id));
                publisher.expectPuback(2);
            }
        }
    }

    @Test
    void unknownAcknowledgementsDoNoHarm() {
        try (PacketClient client = server.connected("client")) {
            client.send(Packets.puback(9)).expectNothing();
            client.send(Packets.pubcomp(9)).expectNothing();
            client.send(Packets.pubrec(9)).expect(Packets.pubrel(9)).expectNothing();
            client.send(Packets.pubrel(9)).expect(Packets.pubcomp(9)).expectNothing();
        }
    }

    @Test
    void repeatsPubrelForARepeatedPubrec() {
        try (PacketClient subscriber = server.connected("subscriber"); PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("t", 2);
            publisher.send(Packets.publish("t", "a", 2, 1)).expect(Packets.pubrec(1));
            int id = subscriber.expectPublish("t", "a", 2);
            subscriber.send(Packets.pubrec(id)).expect(Packets.pubrel(id));
            subscriber.send(Packets.pubrec(id)).expect(Packets.pubrel(id));
            subscriber.send(Packets.pubcomp(id)).expectNothing();
        }
    }

    @Test
    void emptyPayloadIsAMessage() {
        try (PacketClient subscriber = server.connected("subscriber"); PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("t", 0);
            publisher.send(Packets.publish("t", "", 0, 0));
            subscriber.expectPublish("t", "", 0);
        }
    }

    @Test
    void keepsTheOrderOfOnePublisherAndTopic() {
        try (PacketClient subscriber = server.connectedDurably("subscriber");
                PacketClient publisher = server.connected("publisher")) {
            subscriber.subscribed("t", 2);
            for (int i = 1; i <= 300; i++) {
                publisher.send(Packets.publish("t", "m" + i, 1, i));
            }
            for (int i = 1; i <= 300; i++) {
                subscriber.expectPublishAndAcknowledge("t", "m" + i);
            }
            for (int i = 1; i <= 300; i++) {
                publisher.expectPuback(i);
            }
        }
    }
}
