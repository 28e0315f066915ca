// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PUBLISH does to the disk, and what it does not. The standard is in {@code conformance}. */
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
}
