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
 * Sessions with clean session 0 across connections and across the death of the server's process (MQTT 3.1.1 sections
 * 3.1.2.4, 4.1 and 4.4). What is left after a kill is what was synced at that moment.
 */
class DurableSessionTest {
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** The client comes back, to the same process or to another one over the same store. */
    private void comesBack(boolean afterKill) {
        if (afterKill) {
            server = server.killedAndRestarted();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messagesWaitInOrderForAClientThatIsAway(boolean afterKill) {
        server.connectedDurably("away").subscribed("t", 2).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 250; i++) {
                int qos = i % 3;
                publisher.send(Packets.publish("t", "m" + i, qos, i));
                if (qos == 1) {
                    publisher.expectPuback(i);
                } else if (qos == 2) {
                    publisher.expect(Packets.pubrec(i));
                }
            }
        }
        assertThat(server.session("away").orElseThrow().queuedMessages()).isEqualTo(167);   // QoS 0 does not wait
        comesBack(afterKill);
        assertThat(server.session("away").orElseThrow().queuedMessages()).isEqualTo(167);
        try (PacketClient client = server.resumed("away")) {
            for (int i = 1; i <= 250; i++) {
                if (i % 3 == 1) {
                    client.send(Packets.puback(expectFirst(client, "PUBLISH t m" + i + " qos 1")));
                } else if (i % 3 == 2) {
                    client.send(Packets.pubrec(expectFirst(client, "PUBLISH t m" + i + " qos 2")));
                }
            }
        }
    }

    /** The next PUBLISH, acknowledging the PUBRELs before it. */
    private static int expectFirst(PacketClient client, String publish) {
        while (true) {
            PacketClient.Packet packet = client.receive();
            if (packet.type() == 6) {
                client.send(Packets.pubcomp(packet.packetId()));
            } else {
                assertThat(packet.describe()).isEqualTo(publish);
                return packet.packetId();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void repeatsWhatWasNotAcknowledgedWithDupAndItsIdentifiers(boolean afterKill) {
        int[] ids = new int[4];
        try (PacketClient client = server.connectedDurably("c").subscribed("t", 2);
                PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t", "a", 1, 1)).expectPuback(1);
            publisher.send(Packets.publish("t", "b", 2, 2)).expect(Packets.pubrec(2));
            publisher.send(Packets.publish("t", "c", 2, 3)).expect(Packets.pubrec(3));
            publisher.send(Packets.publish("t", "d", 1, 4)).expectPuback(4);
            ids[0] = client.expectPublish("t", "a", 1);
            ids[1] = client.expectPublish("t", "b", 2);
            ids[2] = client.expectPublish("t", "c", 2);
            ids[3] = client.expectPublish("t", "d", 1);
            // b is received and released, a, c and d are not acknowledged
            client.send(Packets.pubrec(ids[1])).expect(Packets.pubrel(ids[1]));
            client.abort();
        }
        comesBack(afterKill);
        try (PacketClient client = server.resumed("c")) {                                               // [MQTT-4.4.0-1]
            client.expect(Packets.pubrel(ids[1]));
            client.expect(Packets.publish("t", Packets.utf8("a"), 1, ids[0], true, false));
            client.expect(Packets.publish("t", Packets.utf8("c"), 2, ids[2], true, false));
            client.expect(Packets.publish("t", Packets.utf8("d"), 1, ids[3], true, false));
            client.send(Packets.pubcomp(ids[1]), Packets.puback(ids[0]), Packets.puback(ids[3]), Packets.pubrec(ids[2]))
                    .expect(Packets.pubrel(ids[2])).send(Packets.pubcomp(ids[2])).expectNothing();
        }
        TestServer.eventually("nothing is left", () -> server.store().messages() == 0 && server.store().queued("c") == 0);
        try (PacketClient client = server.resumed("c")) {
            client.expectNothing();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQos2PublisherThatComesBackIsNotHeardTwice(boolean afterKill) {
        server.connectedDurably("sub").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connectedDurably("pub")) {
            publisher.send(Packets.publish("t", "once", 2, 77)).expect(Packets.pubrec(77));
            publisher.abort();   // the PUBREC is lost on the way, say
        }
        comesBack(afterKill);
        try (PacketClient publisher = server.resumed("pub")) {
            publisher.send(Packets.publish("t", Packets.utf8("once"), 2, 77, true, false)).expect(Packets.pubrec(77));
            publisher.send(Packets.pubrel(77)).expect(Packets.pubcomp(77));
            publisher.send(Packets.publish("t", "another", 2, 77)).expect(Packets.pubrec(77));
        }
        try (PacketClient subscriber = server.resumed("sub")) {
            subscriber.expectPublishAndAcknowledge("t", "once");
            subscriber.expectPublishAndAcknowledge("t", "another").expectNothing();
        }
    }

    /**
     * A client that loses two connections while the disk takes its time asks three times for the release of an identifier.
     * When it has the PUBCOMP it uses the identifier for another message; a release that comes late may not free it.
     *
     * @return the third connection, with that message not acknowledged yet
     */
    private PacketClient takenAnewWhileAReleaseFromBeforeIsOnItsWay() {
        server.connectedDurably("sub").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        int asked;
        try (PacketClient first = server.connectedDurably("pub")) {
            first.send(Packets.publish("t", "once", 2, 77)).expect(Packets.pubrec(77));
            server.store().stopDisk();
            asked = server.store().unitsAsked();
            first.send(Packets.pubrel(77)).expectNothing();
            TestServer.eventually("its release is on its way", () -> server.store().unitsAsked() == asked + 1);
            first.abort();
        }
        try (PacketClient second = server.resumed("pub")) {
            second.send(Packets.pubrel(77)).expectNothing();
            server.store().writeOne();
            TestServer.eventually("what gathered is on its way", () -> server.store().unitsAsked() == asked + 2);
            second.abort();
        }
        PacketClient third = server.resumed("pub");
        third.send(Packets.pubrel(77)).expect(Packets.pubcomp(77));
        third.send(Packets.publish("t", "another", 2, 77)).expectNothing();
        server.store().resumeDisk();
        return third.expect(Packets.pubrec(77));
    }

    @Test
    void anIdentifierThatIsTakenAnewIsNotFreedByAReleaseFromBefore() {
        takenAnewWhileAReleaseFromBeforeIsOnItsWay().abort();   // the PUBREC is lost on the way, say
        try (PacketClient publisher = server.resumed("pub")) {
            publisher.send(Packets.publish("t", Packets.utf8("another"), 2, 77, true, false)).expect(Packets.pubrec(77));
        }
        try (PacketClient subscriber = server.resumed("sub")) {
            subscriber.expectPublishAndAcknowledge("t", "once");
            subscriber.expectPublishAndAcknowledge("t", "another").expectNothing();
        }
    }

    /** Else what comes under it after a kill would pass for a repetition, and be acknowledged and lost. */
    @Test
    void anIdentifierThatWasTakenAnewIsReleasedOnDisk() {
        try (PacketClient publisher = takenAnewWhileAReleaseFromBeforeIsOnItsWay()) {
            publisher.send(Packets.pubrel(77)).expect(Packets.pubcomp(77));
        }
        server = server.killedAndRestarted();
        try (PacketClient publisher = server.resumed("pub")) {
            publisher.send(Packets.publish("t", "a third", 2, 77)).expect(Packets.pubrec(77));
        }
        try (PacketClient subscriber = server.resumed("sub")) {
            subscriber.expectPublishAndAcknowledge("t", "once");
            subscriber.expectPublishAndAcknowledge("t", "another");
            subscriber.expectPublishAndAcknowledge("t", "a third").expectNothing();
        }
    }

    @Test
    void aKillBetweenPublishAndPubackLosesNothingThatWasAcknowledged() {
        server.connectedDurably("sub").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t", "acknowledged", 1, 1)).expectPuback(1);
            server.store().stopDisk();
            publisher.send(Packets.publish("t", "not acknowledged", 1, 2)).expectNothing();
            InMemorySessionStore left = server.store().afterKill();
            server.store().resumeDisk();
            server.close();
            server = TestServer.start(left);
        }
        try (PacketClient subscriber = server.resumed("sub")) {
            subscriber.expectPublishAndAcknowledge("t", "acknowledged").expectNothing();
        }
    }

    @Test
    void aFullDiskIsNotAcknowledgedAndLosesNothing() {
        try (PacketClient subscriber = server.connectedDurably("sub").subscribed("t", 2);
                PacketClient publisher = server.connectedDurably("pub")) {
            publisher.send(Packets.publish("t", "before", 1, 1)).expectPuback(1);
            int id = subscriber.expectPublish("t", "before", 1);
            server.store().failing(true);
            subscriber.send(Packets.puback(id)).expectNothing();   // its removal has to wait for the disk
            publisher.send(Packets.publish("t", "refused", 2, 2)).expectClosed();
            server.store().failing(false);
            try (PacketClient again = server.resumed("pub")) {
                again.send(Packets.publish("t", Packets.utf8("refused"), 2, 2, true, false)).expect(Packets.pubrec(2));
            }
            subscriber.send(Packets.pubrec(subscriber.expectPublish("t", "refused", 2)));
            TestServer.eventually("the first one is removed", () -> server.store().queued("sub") == 1);
            assertThat(server.session("sub").orElseThrow().queuedMessages()).isEqualTo(1);
        }
    }

    @Test
    void aStoreThatIsBusyForAMomentIsWaitedFor() {
        try (PacketClient subscriber = server.connectedDurably("sub").subscribed("t", 1);
                PacketClient publisher = server.connected("p")) {
            server.store().failing(true);
            publisher.send(Packets.publish("t", "1", 1, 1), Packets.publish("t", "2", 1, 2)).expectNothing();
            int refusals = server.store().unitsAsked();
            TestServer.eventually("it is asked again", () -> server.store().unitsAsked() > refusals);
            server.store().failing(false);
            publisher.expectPuback(1).expectPuback(2);
            subscriber.expectPublishAndAcknowledge("t", "1");
            subscriber.expectPublishAndAcknowledge("t", "2").expectNothing();
        }
    }

    @Test
    void subscriptionsAreOnDiskBeforeTheirSuback() {
        try (PacketClient client = server.connectedDurably("c")) {
            server.store().stopDisk();
            client.send(Packets.subscribe(1, "t", 1)).expectNothing();
            server.store().resumeDisk();
            client.expectSuback(1, 1);
        }
        server = server.killedAndRestarted();
        try (PacketClient publisher = server.connected("p"); PacketClient client = server.resumed("c")) {
            publisher.send(Packets.publish("t", "x", 1, 1)).expectPuback(1);
            client.expectPublishAndAcknowledge("t", "x");
        }
    }

    @Test
    void aLongQueueIsReadPageByPage() {
        server.connectedDurably("c").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 2_000; i++) {
                publisher.send(Packets.publish("t", "m" + i, 1, i % 90 + 1)).expectPuback(i % 90 + 1);
            }
            try (PacketClient client = server.resumed("c")) {
                for (int i = 1; i <= 1_000; i++) {
                    client.expectPublishAndAcknowledge("t", "m" + i);
                }
                // new ones queue up behind while the old ones are read
                for (int i = 2_001; i <= 2_100; i++) {
                    publisher.send(Packets.publish("t", "m" + i, 1, 91)).expectPuback(91);
                }
                for (int i = 1_001; i <= 2_100; i++) {
                    client.expectPublishAndAcknowledge("t", "m" + i);
                }
                client.expectNothing();
                assertThat(server.store().pagesRead()).isGreaterThan(10);
                // and from then on they come directly
                int pages = server.store().pagesRead();
                publisher.send(Packets.publish("t", "direct", 1, 92)).expectPuback(92);
                client.expectPublishAndAcknowledge("t", "direct");
                assertThat(server.store().pagesRead()).isEqualTo(pages);
            }
        }
    }

    @Test
    void aMessageIsStoredOnceForManySessions() {
        for (int i = 0; i < 10; i++) {
            server.connectedDurably("c" + i).subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        }
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t", "x", 1, 1)).expectPuback(1);
        }
        assertThat(server.store().messages()).isEqualTo(1);
        for (int i = 0; i < 10; i++) {
            try (PacketClient client = server.resumed("c" + i)) {
                client.expectPublishAndAcknowledge("t", "x").expectNothing();
            }
        }
        TestServer.eventually("nobody waits for it", () -> server.store().messages() == 0);
    }

    @Test
    void aServerWithFewPlacesRefusesAnotherDurableSession() {
        try (TestServer small = TestServer.start(Map.of("maxSessions", 1)); PacketClient first = small.connectedDurably("one");
                PacketClient second = PacketClient.open(small.port())) {
            second.send(Packets.connect("two", false, 0)).expectConnack(3, false).expectClosed();
            first.expectNothing();
        }
    }
}
