// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Section 2 of the checklist, its second half: what a session is, how long it lives, and who may have it (MQTT 3.1.1
 * sections 3.1.2.4 and 4.1).
 */
abstract class SessionSuite extends ConformanceSuite {
    SessionSuite(Subject.Starter starter) {
        super(starter);
    }

    // ---- beginning and end ------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "session present is 1 only for clean session 0 and stored state",
            statements = {"3.1.2-4", "3.2.2-1", "3.2.2-2", "3.2.2-3"})
    void sessionPresentTellsOfStoredState() {
        durable("present").send(Packets.DISCONNECT).expectClosed();
        resumed("present").send(Packets.DISCONNECT).expectClosed();
        resumed("present").abort();                                             // without DISCONNECT, too
        resumed("present").send(Packets.DISCONNECT).expectClosed();
        connected("present").send(Packets.DISCONNECT).expectClosed();           // clean session 1: 0, and the state is gone
        durable("present").send(Packets.DISCONNECT).expectClosed();
    }

    @Test
    @Checks(value = "clean session 1 discards the earlier session and ends with its connection", statements = "3.1.2-6")
    void aCleanSessionLeavesNothing() {
        away("clean", "clean", 1);
        try (PacketClient publisher = connected("p")) {
            publish(publisher, "clean", "for the earlier session", 1);
            connected("clean").expectNothing().subscribed("clean", 1).send(Packets.DISCONNECT).expectClosed();
            publish(publisher, "clean", "for nobody", 1);
            durable("clean").expectNothing().send(Packets.DISCONNECT).expectClosed();
        }
    }

    @Test
    @Checks(value = "a durable session keeps its subscriptions with their QoS", statements = {"3.1.2-4", "3.1.2-5"})
    void subscriptionsStay() {
        durable("keeps").send(Packets.subscribe(1, "keeps/0", 0, "keeps/1", 1, "keeps/2", 2)).expectSuback(1, 0, 1, 2)
                .send(Packets.DISCONNECT).expectClosed();
        try (PacketClient client = resumed("keeps"); PacketClient publisher = connected("p")) {
            for (int qos = 0; qos <= 2; qos++) {
                publish(publisher, "keeps/" + qos, "m", 2);
                take(client, "keeps/" + qos, "m", qos);
            }
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "QoS 1 and 2 messages for a client that is away wait; QoS 0 need not", statements = {"3.1.2-5", "4.5.0-1"},
            lintel = "QoS 0 does not wait", mosquitto = "the same (queue_qos0_messages false)")
    @Tag("MQ-01")
    void messagesWaitForAClientThatIsAway() {
        away("away", "away/#", 2);
        try (PacketClient publisher = connected("p")) {
            for (int i = 0; i < 9; i++) {
                publish(publisher, "away/" + i, "m" + i, i % 3);
            }
        }
        try (PacketClient client = resumed("away")) {
            for (int i : new int[] {1, 2, 4, 5, 7, 8}) {
                takeNext(client, "away/" + i, "m" + i, i % 3);
            }
        }
    }

    @Test
    @Checks(value = "retained messages are not part of a session", statements = "3.1.2-7")
    void retainedMessagesStay() {
        try (PacketClient client = connected("retains")) {
            publish(client, "retained by a session", "stays", 1, true);
            client.send(Packets.DISCONNECT).expectClosed();
        }
        connected("retains").close();
        try (PacketClient later = connected("later")) {
            later.subscribed("retained by a session", 0)
                    .expectDescribed("PUBLISH retained by a session stays qos 0 retain");
        }
    }

    // ---- takeover ---------------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "clean session {0}")
    @ValueSource(booleans = {true, false})
    @Checks(value = "the same client identifier again: the old connection is closed, its will published",
            statements = {"3.1.4-2", "3.1.2-8"}, mosquitto = "forgets the will if both sessions are durable: a fault")
    void aSecondConnectionTakesOver(boolean clean) {
        try (PacketClient listener = connected("listener"); PacketClient old = open()) {
            listener.subscribed("takeover", 0);
            old.send(Packets.connectWithWill("same " + clean, clean, "takeover", "taken over", 0, false)).expectConnack(0, false);
            try (PacketClient now = open()) {
                now.send(Packets.connect("same " + clean, clean, 0)).expectConnack(0, !clean);
                old.expectClosed();
                if (clean || !isMosquitto()) {
                    listener.expectPublish("takeover", "taken over", 0);
                }
                listener.expectNothing();
                now.expectNothing();
            }
        }
    }

    @Test
    @Checks(value = "after a takeover the session goes on with the new connection: subscriptions, and deliveries with DUP",
            statements = {"3.1.4-2", "3.1.2-4", "4.4.0-1"})
    void theSessionGoesOnAfterATakeover() {
        try (PacketClient old = durable("goes on"); PacketClient publisher = connected("p")) {
            old.subscribed("goes on", 1);
            publish(publisher, "goes on", "before", 1);
            int id = expect(old, "PUBLISH goes on before qos 1");   // and is not acknowledged
            try (PacketClient now = resumed("goes on")) {
                old.expectClosed();
                now.expect(Packets.publish("goes on", Packets.utf8("before"), 1, id, true, false)).send(Packets.puback(id));
                publish(publisher, "goes on", "after", 1);
                take(now, "goes on", "after", 1);
                now.expectNothing();
            }
        }
    }

    @Test
    @Checks(value = "clean session 1 takes over from a durable session and ends it", statements = {"3.1.4-2", "3.1.2-6"})
    void aCleanSessionTakesOverFromADurableOne() {
        try (PacketClient old = durable("ends"); PacketClient publisher = connected("p")) {
            old.subscribed("ends", 1);
            try (PacketClient now = connected("ends")) {
                old.expectClosed();
                publish(publisher, "ends", "x", 1);
                now.expectNothing();
            }
        }
        durable("ends").send(Packets.DISCONNECT).expectClosed();
    }

    // ---- the server ends and comes back -----------------------------------------------------------------------------

    /** How the server ends between two connections of a client. */
    enum End {
        /** It does not. */
        NONE {
            @Override
            void of(Subject server) {
                // only the client comes back
            }
        },
        RESTART {
            @Override
            void of(Subject server) {
                server.restart();
            }
        };

        abstract void of(Subject server);
    }

    @ParameterizedTest
    @EnumSource
    @Checks(value = "subscriptions, waiting messages and retained messages are there after the server's restart",
            statements = {"3.1.2-4", "3.1.2-5", "4.1.0-1"})
    @Tag("MQ-01")
    void aSessionOutlivesTheServer(End end) {
        String topic = "outlives/" + end;
        away("outlives " + end, topic, 2);
        try (PacketClient publisher = connected("p")) {
            publish(publisher, topic, "one", 1);
            publish(publisher, topic, "two", 2);
        }
        end.of(server);
        try (PacketClient client = resumed("outlives " + end); PacketClient publisher = connected("p")) {
            take(client, topic, "one", 1);
            take(client, topic, "two", 2);
            publish(publisher, topic, "three", 1);
            take(client, topic, "three", 1);
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "1 000 acknowledged QoS 1 messages, kill -9, restart: all are there", statements = {"4.3.2-2", "4.5.0-1"},
            lintel = "acknowledged means synced", mosquitto = "none is: it writes its database every 30 minutes and at its end")
    @Tag("MQ-01")
    void acknowledgedMessagesSurviveAKill() {
        away("survives", "survives", 1);
        try (PacketClient publisher = connected("p")) {
            for (int i = 1; i <= 1_000; i++) {
                publisher.send(Packets.publish("survives", "m" + i, 1, i)).expectPuback(i);
            }
        }
        server.kill();
        if (isMosquitto()) {
            durable("survives").expectNothing().send(Packets.DISCONNECT).expectClosed();
            return;
        }
        try (PacketClient client = resumed("survives")) {
            for (int i = 1; i <= 1_000; i++) {
                take(client, "survives", "m" + i, 1);
            }
            client.expectNothing();
        }
    }
}
