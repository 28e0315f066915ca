// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static io.lintel.mqtt.server.internal.Packets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Section 4 of the checklist, the server as sender: deliveries, their handshakes, their order, and what is sent again
 * (MQTT 3.1.1 sections 4.3, 4.4 and 4.6).
 */
abstract class QosOutboundSuite extends ConformanceSuite {
    private static final int IN_FLIGHT = 5;

    QosOutboundSuite(Subject.Starter starter) {
        super(starter);
    }

    @Override
    Setup setup() {
        return Setup.DEFAULTS.lintel("maxInFlight", IN_FLIGHT).mosquitto("max_inflight_messages " + IN_FLIGHT);
    }

    private static byte[] again(String topic, String payload, int qos, int id) {
        return Packets.publish(topic, utf8(payload), qos, id, true, false);
    }

    // ---- one delivery -----------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "published with {0}, granted {1}")
    @CsvSource({"0, 0", "0, 1", "0, 2", "1, 0", "1, 1", "1, 2", "2, 0", "2, 1", "2, 2"})
    @Checks(value = "delivered with the lower of the published and the granted QoS", statements = {"3.8.4-6", "4.3.1-1"})
    void deliversWithTheLowerQos(int published, int granted) {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("lower", granted);
            publish(publisher, "lower", "x", published);
            take(subscriber, "lower", "x", Math.min(published, granted));
            subscriber.expectNothing();
        }
    }

    @Test
    @Checks(value = "QoS 2 as sender: PUBREC gives PUBREL, PUBREC again gives PUBREL again, PUBCOMP ends it",
            statements = "4.3.3-1")
    void repeatsPubrelForARepeatedPubrec() {
        try (PacketClient subscriber = connected("subscriber"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("pubrec", 2);
            publish(publisher, "pubrec", "x", 2);
            int id = expect(subscriber, "PUBLISH pubrec x qos 2");
            subscriber.send(Packets.pubrec(id)).expect(Packets.pubrel(id));
            subscriber.send(Packets.pubrec(id)).expect(Packets.pubrel(id));
            subscriber.send(Packets.pubcomp(id)).expectNothing();
        }
    }

    @Test
    @Checks(value = "acknowledgements of unknown identifiers are ignored; PUBREC may get its PUBREL", statements = "4.3.3")
    void unknownAcknowledgementsDoNoHarm() {
        try (PacketClient client = connected("unknown")) {
            expectIgnored(client, Packets.puback(9));
            expectIgnored(client, Packets.pubcomp(9));
            client.send(Packets.pubrec(9)).expect(Packets.pubrel(9)).expectNothing();
        }
    }

    @Test
    @Checks(value = "an acknowledgement of the wrong kind does not acknowledge", statements = {"4.3.2-1", "4.3.3-1"},
            lintel = "ignores it", mosquitto = "closes the connection")
    void acknowledgementsOfTheWrongKind() {
        try (PacketClient client = durable("wrong kind"); PacketClient publisher = connected("publisher")) {
            client.send(Packets.subscribe(1, "wrong/1", 1, "wrong/2", 2)).expectSuback(1, 1, 2);
            publish(publisher, "wrong/1", "x", 1);
            publish(publisher, "wrong/2", "y", 2);
            int one = expect(client, "PUBLISH wrong/1 x qos 1");
            int two = expect(client, "PUBLISH wrong/2 y qos 2");
            if (isMosquitto()) {
                expectClosedFor(client, Packets.puback(two));
            } else {
                expectIgnored(client, Packets.puback(two));
                expectIgnored(client, Packets.pubcomp(two));   // before its PUBREC
                expectIgnored(client, Packets.pubcomp(one));
                client.abort();
            }
            try (PacketClient back = resumed("wrong kind")) {
                back.expect(again("wrong/1", "x", 1, one)).expect(again("wrong/2", "y", 2, two));
            }
        }
    }

    // ---- in flight --------------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "clean session {0}")
    @ValueSource(booleans = {true, false})
    @Checks(value = "no more than the in-flight limit is sent unacknowledged; each acknowledgement lets one more out",
            statements = "4.6.0-6")
    void keepsTheInFlightLimit(boolean clean) {
        String topic = "limit " + clean;
        try (PacketClient subscriber = clean ? connected(topic) : durable(topic);
                PacketClient publisher = connected("publisher")) {
            subscriber.subscribed(topic, 1);
            for (int i = 1; i <= IN_FLIGHT + 3; i++) {
                publish(publisher, topic, "m" + i, 1);
            }
            Set<Integer> inFlight = new HashSet<>();
            int first = 0;
            for (int i = 1; i <= IN_FLIGHT; i++) {
                int id = expect(subscriber, "PUBLISH " + topic + " m" + i + " qos 1");
                first = i == 1 ? id : first;
                inFlight.add(id);
            }
            assertThat(inFlight).hasSize(IN_FLIGHT).doesNotContain(0);                             // [MQTT-2.3.1-4]
            subscriber.expectNothing();
            subscriber.send(Packets.puback(first));
            int next = expect(subscriber, "PUBLISH " + topic + " m" + (IN_FLIGHT + 1) + " qos 1");
            if (isMosquitto()) {
                expect(subscriber, "PUBLISH " + topic + " m" + (IN_FLIGHT + 2) + " qos 1");
                expect(subscriber, "PUBLISH " + topic + " m" + (IN_FLIGHT + 3) + " qos 1");
                subscriber.expectNothing();
                return;
            }
            subscriber.expectNothing();
            inFlight.remove(first);
            inFlight.add(next);
            inFlight.forEach(id -> subscriber.send(Packets.puback(id)));
            take(subscriber, topic, "m" + (IN_FLIGHT + 2), 1);
            take(subscriber, topic, "m" + (IN_FLIGHT + 3), 1);
            subscriber.expectNothing();
        }
    }

    @Test
    @Checks(value = "QoS 2 takes its place in flight until PUBCOMP", statements = {"2.3.1-3", "4.3.3-1"})
    void aQos2DeliveryIsInFlightUntilPubcomp() {
        try (PacketClient subscriber = connected("until pubcomp"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("until pubcomp", 2);
            int[] ids = new int[IN_FLIGHT];
            for (int i = 0; i <= IN_FLIGHT; i++) {
                publish(publisher, "until pubcomp", "m" + i, 2);
            }
            for (int i = 0; i < IN_FLIGHT; i++) {
                ids[i] = expect(subscriber, "PUBLISH until pubcomp m" + i + " qos 2");
            }
            for (int id : ids) {
                subscriber.send(Packets.pubrec(id)).expect(Packets.pubrel(id));
            }
            subscriber.expectNothing();
            subscriber.send(Packets.pubcomp(ids[0]));
            expect(subscriber, "PUBLISH until pubcomp m" + IN_FLIGHT + " qos 2");
        }
    }

    // ---- again at the next connection -------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(SessionSuite.End.class)
    @Checks(value = "at the next connection: PUBLISH with DUP 1 and its identifier, or PUBREL, in original order",
            statements = {"3.3.1-1", "4.4.0-1", "4.6.0-1"})
    void sendsAgainWhatWasNotAcknowledged(SessionSuite.End end) {
        String topic = "again/" + end;
        int a;
        int b;
        int c;
        int d;
        int e;
        try (PacketClient client = durable("again " + end); PacketClient publisher = connected("publisher")) {
            client.subscribed(topic, 2);
            publish(publisher, topic, "a", 1);
            publish(publisher, topic, "b", 2);
            publish(publisher, topic, "c", 2);
            publish(publisher, topic, "d", 1);
            publish(publisher, topic, "e", 1);
            publish(publisher, topic, "f", 1);   // there is no place in flight for it
            a = expect(client, "PUBLISH " + topic + " a qos 1");
            b = expect(client, "PUBLISH " + topic + " b qos 2");
            c = expect(client, "PUBLISH " + topic + " c qos 2");
            d = expect(client, "PUBLISH " + topic + " d qos 1");
            e = expect(client, "PUBLISH " + topic + " e qos 1");
            client.send(Packets.pubrec(b)).expect(Packets.pubrel(b));   // b is released, d acknowledged, the others not
            client.send(Packets.puback(d));
            take(client, topic, "f", 1);
            client.expectNothing().abort();
        }
        end.of(server);
        try (PacketClient client = resumed("again " + end)) {
            if (isMosquitto()) {
                client.expect(again(topic, "a", 1, a)).expect(Packets.pubrel(b));
            } else {
                client.expect(Packets.pubrel(b)).expect(again(topic, "a", 1, a));
            }
            client.expect(again(topic, "c", 2, c)).expect(again(topic, "e", 1, e)).expectNothing();
            client.send(Packets.puback(a), Packets.pubcomp(b), Packets.puback(e));
            acknowledge(client, c, 2);
            client.expectNothing().send(Packets.DISCONNECT).expectClosed();
        }
        resumed("again " + end).expectNothing().close();   // nothing is left
    }

    @ParameterizedTest
    @EnumSource(SessionSuite.End.class)
    @Checks(value = "PUBREL is sent again until PUBCOMP, at each connection", statements = {"4.3.3-1", "4.4.0-1"})
    void pubrelIsResumed(SessionSuite.End end) {
        String topic = "resumed/" + end;
        int id;
        try (PacketClient client = durable("resumed " + end); PacketClient publisher = connected("publisher")) {
            client.subscribed(topic, 2);
            publish(publisher, topic, "x", 2);
            id = expect(client, "PUBLISH " + topic + " x qos 2");
            client.send(Packets.pubrec(id)).expect(Packets.pubrel(id)).abort();
        }
        for (int i = 0; i < 2; i++) {
            end.of(server);
            resumed("resumed " + end).expect(Packets.pubrel(id)).expectNothing().abort();
        }
        try (PacketClient client = resumed("resumed " + end)) {
            client.expect(Packets.pubrel(id)).send(Packets.pubcomp(id)).expectNothing();
        }
        resumed("resumed " + end).expectNothing().close();
    }

    @Test
    @Checks(value = "nothing is sent again on a living connection", statements = "4.4.0-1")
    void nothingIsSentAgainOnALivingConnection() {
        try (PacketClient client = durable("living"); PacketClient publisher = connected("publisher")) {
            client.subscribed("living", 1);
            publish(publisher, "living", "x", 1);
            int id = expect(client, "PUBLISH living x qos 1");
            publish(publisher, "living", "y", 1);
            take(client, "living", "y", 1);
            client.expectNothing().send(Packets.puback(id)).expectNothing();
        }
    }

    // ---- order ------------------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "QoS {0}")
    @ValueSource(ints = {0, 1, 2})
    @Checks(value = "messages of one publisher, topic and QoS reach each subscriber in order",
            statements = {"4.6.0-5", "4.6.0-6"})
    void keepsTheOrderOfOnePublisherAndTopic(int qos) {
        try (PacketClient one = connected("in memory"); PacketClient two = durable("on disk " + qos);
                PacketClient publisher = connected("p")) {
            one.subscribed("order/+", 2);
            two.subscribed("order/#", 2);
            for (int i = 1; i <= 100; i++) {
                publish(publisher, "order/" + qos, "m" + i, qos);
            }
            for (int i = 1; i <= 100; i++) {
                takeNext(one, "order/" + qos, "m" + i, qos);
                takeNext(two, "order/" + qos, "m" + i, qos);
            }
        }
    }

    @Test
    @Checks(value = "acknowledged to the publisher: every matching durable session owns the message, connected or not",
            statements = "4.5.0-1")
    void everyMatchingSessionOwnsTheMessage() {
        away("owner 1", "owned", 1);
        away("owner 2", "+", 2);
        try (PacketClient connected = durable("owner 3"); PacketClient publisher = connected("publisher")) {
            connected.subscribed("#", 1);
            publish(publisher, "owned", "x", 2);
            connected.abort();   // it had no time to take it
        }
        int[] effective = {1, 2, 1};
        for (int i = 1; i <= 3; i++) {
            try (PacketClient owner = resumed("owner " + i)) {
                PacketClient.Packet packet = owner.receive();
                assertThat(packet.describe().replace(" dup", "")).isEqualTo("PUBLISH owned x qos " + effective[i - 1]);
                acknowledge(owner, packet.packetId(), packet.qos());
                owner.expectNothing();
            }
        }
    }
}
