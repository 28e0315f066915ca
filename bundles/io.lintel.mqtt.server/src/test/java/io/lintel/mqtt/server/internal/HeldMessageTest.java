// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * QoS 1 messages that are delivered before they are on disk: the publisher's PUBACK waits for the receivers'
 * acknowledgements or for the disk, whichever comes first, so that whatever dies with the process was not acknowledged.
 */
class HeldMessageTest {
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(Map.of("holdMillis", 10_000));
        TestServer.eventually("numbers are reserved", () -> server.store().unitsWritten() > 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whatAllReceiversAcknowledgeAtOnceNeedsNoDisk() {
        try (PacketClient one = server.connectedDurably("one").subscribed("t", 1);
                PacketClient two = server.connectedDurably("two").subscribed("t", 2);
                PacketClient silent = server.connectedDurably("silent").subscribed("silent", 1);
                PacketClient publisher = server.connected("publisher")) {
            server.store().stopDisk();
            int before = server.store().unitsAsked();
            publisher.send(Packets.publish("silent", "x", 1, 9));                  // alone, and so held for a moment only
            silent.expectPublish("silent", "x", 1);
            TestServer.eventually("it is journaled", () -> server.store().unitsAsked() == before + 1);

            publisher.send(Packets.publish("t", "a", 1, 1), Packets.publish("t", "b", 1, 2));
            int first = one.expectPublish("t", "a", 1);
            one.send(Packets.puback(one.expectPublish("t", "b", 1)), Packets.puback(first)).expectNothing();
            two.expectPublishAndAcknowledge("t", "a").expectPublishAndAcknowledge("t", "b").expectNothing();
            server.store().resumeDisk();
            publisher.expectPuback(9).expectPuback(1).expectPuback(2);             // in the order of arrival [MQTT-4.6.0-2]
            assertThat(server.store().unitsAsked()).isEqualTo(before + 1);
        }
        assertThat(server.session("one").orElseThrow().queuedMessages()).isZero();
        assertThat(server.session("two").orElseThrow().queuedBytes()).isZero();
        assertThat(server.store().messages()).as("the one for the silent client").isEqualTo(1);
    }

    @Test
    void whatIsNotAcknowledgedSoonIsWrittenAndThenAcknowledged() {
        try (PacketClient receiver = server.connectedDurably("receiver").subscribed("t", 1);
                PacketClient publisher = server.connected("publisher")) {
            server.store().stopDisk();
            int before = server.store().unitsAsked();
            publisher.send(Packets.publish("t", "a", 1, 1));
            int id = receiver.expectPublish("t", "a", 1);
            TestServer.eventually("it is journaled", () -> server.store().unitsAsked() > before);
            publisher.expectNothing();
            server.store().resumeDisk();
            publisher.expectPuback(1);
            assertThat(server.store().queued("receiver")).isEqualTo(1);
            receiver.send(Packets.puback(id));
            TestServer.eventually("it is done", () -> server.store().messages() == 0);
            assertThat(server.session("receiver").orElseThrow().queuedMessages()).isZero();
        }
    }

    @Test
    void aReceiverThatWasLateIsNotWaitedForNextTime() {
        try (PacketClient receiver = server.connectedDurably("receiver").subscribed("t", 1);
                PacketClient publisher = server.connected("publisher")) {
            publisher.send(Packets.publish("t", "late", 1, 1)).expectPuback(1);
            receiver.expectPublish("t", "late", 1);
            server.store().stopDisk();
            int before = server.store().unitsAsked();
            publisher.send(Packets.publish("t", "next", 1, 2));
            receiver.expectPublishAndAcknowledge("t", "next").expectNothing();
            assertThat(server.store().unitsAsked()).isGreaterThan(before);
            publisher.expectNothing();
            server.store().resumeDisk();
            publisher.expectPuback(2);
        }
    }

    @Test
    void aReceiverThatLeavesFindsWhatItDidNotAcknowledge() {
        try (PacketClient publisher = server.connected("publisher")) {
            int id;
            try (PacketClient receiver = server.connectedDurably("receiver").subscribed("t", 1)) {
                publisher.send(Packets.publish("t", "a", 1, 1), Packets.publish("t", "b", 1, 2));
                receiver.expectPublishAndAcknowledge("t", "a");
                id = receiver.expectPublish("t", "b", 1);
                receiver.abort();
            }
            publisher.expectPuback(1).expectPuback(2);
            server = server.killedAndRestarted();
            try (PacketClient receiver = server.resumed("receiver")) {
                receiver.expect(Packets.publish("t", Packets.utf8("b"), 1, id, true, false));           // [MQTT-4.4.0-1]
                receiver.send(Packets.puback(id)).expectNothing();
            }
        }
    }

    @Test
    void whatDiesWithTheProcessWasNotAcknowledgedAndItsIdentifierIsNotUsedForAnother() {
        int lost;
        try (PacketClient receiver = server.connectedDurably("receiver").subscribed("t", 1);
                PacketClient publisher = server.connectedDurably("publisher")) {
            server.store().stopDisk();
            publisher.send(Packets.publish("t", "a", 1, 1)).expectNothing();
            lost = receiver.expectPublish("t", "a", 1);
            InMemorySessionStore left = server.store().afterKill();
            server.store().resumeDisk();
            server.close();
            server = TestServer.start(left);
        }
        try (PacketClient receiver = server.resumed("receiver"); PacketClient publisher = server.resumed("publisher")) {
            receiver.send(Packets.puback(lost)).expectNothing();                            // of the life before
            publisher.send(Packets.publish("t", Packets.utf8("a"), 1, 1, true, false));
            int id = receiver.expectPublish("t", "a", 1);
            assertThat(id).isNotEqualTo(lost);
            receiver.send(Packets.puback(id));
            publisher.expectPuback(1);
        }
    }

    @Test
    void orderHoldsBetweenWhatWasHeldAndWhatWasWrittenAtOnce() {
        int first;
        int second;
        try (PacketClient receiver = server.connectedDurably("receiver").subscribed("t/#", 1);
                PacketClient publisher = server.connected("publisher")) {
            server.connectedDurably("away").subscribed("t/both", 1).send(Packets.DISCONNECT).expectClosed();
            publisher.send(Packets.publish("t/one", "held", 1, 1), Packets.publish("t/both", "written", 1, 2));
            first = receiver.expectPublish("t/one", "held", 1);
            second = receiver.expectPublish("t/both", "written", 1);
            publisher.expectPuback(1).expectPuback(2);
            receiver.abort();
        }
        server = server.killedAndRestarted();
        try (PacketClient receiver = server.resumed("receiver"); PacketClient away = server.resumed("away")) {
            receiver.expect(Packets.publish("t/one", Packets.utf8("held"), 1, first, true, false));
            receiver.expect(Packets.publish("t/both", Packets.utf8("written"), 1, second, true, false));
            receiver.send(Packets.puback(first), Packets.puback(second)).expectNothing();
            away.expectPublishAndAcknowledge("t/both", "written");
        }
        TestServer.eventually("nothing is left", () -> server.store().messages() == 0);
    }

    @Test
    void whatIsNewDoesNotOvertakeWhatWaitsForItsIdentifier() {
        server.close();
        server = TestServer.start(Map.of("maxInFlight", 2));
        server.connectedDurably("receiver").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("publisher")) {
            for (int i = 1; i <= 3; i++) {
                publisher.send(Packets.publish("t", "m" + i, 1, i)).expectPuback(i);
            }
            try (PacketClient receiver = server.resumed("receiver")) {
                int first = receiver.expectPublish("t", "m1", 1);
                int second = receiver.expectPublish("t", "m2", 1);
                server.store().stopDisk();
                receiver.send(Packets.puback(first), Packets.puback(second)).expectNothing();
                publisher.send(Packets.publish("t", "m4", 1, 4)).expectNothing();
                receiver.expectNothing();
                server.store().resumeDisk();
                receiver.expectPublishAndAcknowledge("t", "m3").expectPublishAndAcknowledge("t", "m4");
                publisher.expectPuback(4);
            }
        }
    }

    @Test
    void whatIsOnDiskDoesNotWaitBehindWhatIsHeld() {
        server.close();
        server = TestServer.start(Map.of("maxInFlight", 2, "holdMillis", 10_000));
        TestServer.eventually("numbers are reserved", () -> server.store().unitsWritten() > 0);
        try (PacketClient a = server.connectedDurably("a").subscribed("a", 1);
                PacketClient b = server.connectedDurably("b").subscribed("b", 1);
                PacketClient one = server.connected("one"); PacketClient two = server.connected("two")) {
            two.send(Packets.publish("b", "1", 1, 1), Packets.publish("b", "2", 1, 2));
            int first = b.expectPublish("b", "1", 1);
            int second = b.expectPublish("b", "2", 1);
            one.send(Packets.publish("a", "1", 1, 1), Packets.publish("a", "held", 1, 2));
            a.send(Packets.puback(a.expectPublish("a", "1", 1)));
            int held = a.expectPublish("a", "held", 1);
            one.expectPuback(1).send(Packets.publish("b", "3", 1, 3)).expectNothing();      // b has no slot for it
            TestServer.eventually("it is on disk", () -> server.store().queued("b") >= 1);
            two.send(Packets.publish("b", "4", 1, 4));
            TestServer.eventually("it is on disk too", () -> server.session("b").orElseThrow().queuedMessages() == 4
                    && server.store().queued("b") >= 2);
            b.send(Packets.puback(first), Packets.puback(second));
            b.expectPublishAndAcknowledge("b", "3").expectPublishAndAcknowledge("b", "4");
            a.send(Packets.puback(held));
            one.expectPuback(2).expectPuback(3);
        }
    }

    /** [MQTT-4.6.0-6] is about a client, whichever connection and session it has. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPublisherThatComesBackDoesNotOvertakeItself(boolean durably) {
        try (PacketClient subscriber = server.connected("subscriber").subscribed("#", 0)) {
            PacketClient before = durably ? server.connectedDurably("publisher") : server.connected("publisher");
            server.store().stopDisk();
            before.send(Packets.publish("t", Packets.utf8("r"), 1, 1, false, true), Packets.publish("t", "1", 1, 2));
            before.expectNothing();
            before.abort();
            if (durably) {
                server.store().resumeDisk();   // its session comes back through the disk
            }
            try (PacketClient again = durably ? server.resumed("publisher") : server.connected("publisher")) {
                again.send(Packets.publish("t", "2", 0, 0)).expectNothing();
                server.store().resumeDisk();
                subscriber.expectDescribed("PUBLISH t r qos 0").expectDescribed("PUBLISH t 1 qos 0")
                        .expectDescribed("PUBLISH t 2 qos 0");
            }
        }
    }

    @Test
    void whatIsHeldIsNotDoneBeforeWhatCameBeforeIt() {
        int first;
        try (PacketClient receiver = server.connectedDurably("receiver").subscribed("t", 1);
                PacketClient publisher = server.connected("publisher")) {
            publisher.send(Packets.publish("t", "old", 1, 1));
            first = receiver.expectPublish("t", "old", 1);
            publisher.expectPuback(1);                                        // it was late, and so is on disk
            for (int i = 2; i <= 17; i++) {                                   // nobody waits for the receiver meanwhile
                publisher.send(Packets.publish("t", "m" + i, 1, i));
                receiver.expectPublishAndAcknowledge("t", "m" + i);
                publisher.expectPuback(i);
            }
            TestServer.eventually("these are done", () -> server.store().queued("receiver") == 1);
            server.store().stopDisk();
            receiver.send(Packets.puback(first));
            publisher.send(Packets.publish("t", "new", 1, 18));
            receiver.expectPublishAndAcknowledge("t", "new").expectNothing();
            publisher.expectNothing();      // a kill would bring the old one again, and it must not have the last word
            server.store().resumeDisk();
            publisher.expectPuback(18);
            assertThat(server.store().messages()).isZero();
        }
    }

    @Test
    void aDiskThatFailsLeavesNoTraceInTheQueues() {
        try (PacketClient receiver = server.connectedDurably("receiver").subscribed("t", 1);
                PacketClient publisher = server.connected("publisher")) {
            server.store().failing(true);
            publisher.send(Packets.publish("t", "a", 1, 1), Packets.publish("t", "b", 1, 2));
            int first = receiver.expectPublish("t", "a", 1);
            receiver.expectPublish("t", "b", 1);
            publisher.expectClosed();                                                       // it sends again [MQTT-4.8.0-2]
            receiver.send(Packets.puback(first)).expectNothing();
            assertThat(server.session("receiver").orElseThrow().queuedMessages()).isEqualTo(1);
            receiver.abort();
            TestServer.eventually("the queue is empty",
                    () -> server.session("receiver").orElseThrow().queuedMessages() == 0);
            server.store().failing(false);
        }
        try (PacketClient receiver = server.resumed("receiver"); PacketClient publisher = server.connected("publisher")) {
            publisher.send(Packets.publish("t", "b", 1, 2));
            receiver.expectPublishAndAcknowledge("t", "b");
            publisher.expectPuback(2);
        }
    }
}
