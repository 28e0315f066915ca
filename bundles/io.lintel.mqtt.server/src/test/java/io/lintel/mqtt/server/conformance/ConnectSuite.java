// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2 of the checklist: CONNECT and CONNACK. */
abstract class ConnectSuite extends ConformanceSuite {
    private static final int MOST_SESSIONS = 5;

    ConnectSuite(Subject.Starter starter) {
        super(starter);
    }

    @Override
    Setup setup() {
        return Setup.DEFAULTS.lintel("maxSessions", MOST_SESSIONS).policy(new PolicyByName(), PolicyByName.ACL);
    }

    /** CONNECT with these flags and these strings behind the keep alive. */
    private static byte[] connect(int flags, String... strings) {
        Packets packet = Packets.body().string("MQTT").one(4, flags).two(0);
        for (String string : strings) {
            packet.string(string);
        }
        return packet.as(0x10);
    }

    // ---- the first packet -------------------------------------------------------------------------------------------

    static Stream<Arguments> notConnect() {
        return PacketParsingSuite.GOOD.entrySet().stream().map(good -> Arguments.of(good.getKey(), good.getValue()));
    }

    @ParameterizedTest(name = "{0} first")
    @MethodSource("notConnect")
    @Checks(value = "first packet is not CONNECT", statements = "3.1.0-1")
    void closesWithoutConnect(String type, byte[] packet) {
        try (PacketClient client = open()) {
            expectClosedFor(client, packet);
        }
    }

    @Test
    @Checks(value = "first bytes are of another protocol", statements = {"3.1.0-1", "3.2.2-6"})
    void closesForHttp() {
        try (PacketClient client = open()) {
            expectClosedFor(client, Packets.utf8("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }
    }

    @Test
    @Checks(value = "second CONNECT on a connection: closed, and its will published", statements = {"3.1.0-2", "3.1.2-8"},
            mosquitto = "closes, but forgets the will, though it publishes it for other protocol errors: a fault")
    void closesForASecondConnect() {
        try (PacketClient listener = connected("listener"); PacketClient client = open()) {
            listener.subscribed("will/second", 0);
            client.send(Packets.connectWithWill("twice", true, "will/second", "gone", 0, false)).expectConnack(0, false);
            expectClosedFor(client, Packets.connect("twice", true, 0));
            if (isMosquitto()) {
                listener.expectNothing();
            } else {
                listener.expectPublish("will/second", "gone", 0);
            }
        }
    }

    @Test
    @Checks(value = "second CONNECT in the same TCP segment", statements = "3.1.0-2", lintel = "the CONNACK of the first is sent")
    void closesForASecondConnectAtOnce() {
        try (PacketClient client = open()) {
            client.send(twice(Packets.connect("at once", true, 0))).expectConnack(0, false).expectClosed();
        }
    }

    private static byte[] twice(byte[] packet) {
        return Packets.body().raw(packet).raw(packet).bytes();
    }

    // ---- protocol name and level ------------------------------------------------------------------------------------

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"mqtt", "MQT", "MQTTT", "", "XXXX"})
    @Checks(value = "protocol name is wrong", statements = "3.1.2-1")
    void closesForAnotherProtocolName(String name) {
        try (PacketClient client = open()) {
            expectClosedFor(client, Packets.body().string(name).one(4, 2).two(0).string("c").as(0x10));
        }
    }

    @Test
    @Checks(value = "MQTT 3.1 (`MQIsdp`, level 3): the server may speak other versions", statements = "3.1.2-1",
            lintel = "closes: speaks 3.1.1 only", mosquitto = "accepts: speaks 3.1 too")
    @Tag("MQ-12")
    void mqtt31() {
        byte[] connect = Packets.body().string("MQIsdp").one(3, 2).two(0).string("c").as(0x10);
        try (PacketClient client = open()) {
            if (isMosquitto()) {
                client.send(connect).expectConnack(0, false);
            } else {
                expectClosedFor(client, connect);
            }
        }
    }

    @ParameterizedTest(name = "level {0}")
    @ValueSource(ints = {0, 1, 2, 3, 6, 127, 132, 255})
    @Checks(value = "protocol level is not supported: CONNACK 0x01, then closed", statements = {"3.1.2-2", "3.2.2-4", "3.2.2-5"},
            mosquitto = "takes level 132 for 4 with the bridge bit, which only bridges use")
    @Tag("MQ-12")
    void refusesAnotherLevel(int level) {
        try (PacketClient client = open()) {
            client.send(Packets.body().string("MQTT").one(level, 2).two(0).string("c").as(0x10));
            if (isMosquitto() && level == 132) {
                client.expectConnack(0, false);
            } else {
                client.expectConnack(1, false).expectClosed();
            }
        }
    }

    @Test
    @Checks(value = "MQTT 5 (level 5)", statements = "3.1.2-2", lintel = "CONNACK 0x01, which a client of both versions expects",
            mosquitto = "accepts: speaks 5 too, with a CONNACK of that version")
    @Tag("MQ-12")
    void mqtt5() {
        // behind the keep alive comes the length of the properties, 0
        byte[] connect = Packets.body().string("MQTT").one(5, 2).two(0).one(0).string("five").as(0x10);
        try (PacketClient client = open()) {
            client.send(connect);
            if (isMosquitto()) {
                // properties: topic alias maximum 10, server keep alive 65 535, receive maximum 20
                client.expect(0x20, 12, 0, 0, 9, 0x22, 0, 10, 0x13, 0xff, 0xff, 0x21, 0, 20);
            } else {
                client.expectConnack(1, false).expectClosed();
            }
        }
    }

    // ---- flags and payload ------------------------------------------------------------------------------------------

    static Stream<Arguments> flagsThatDoNotFit() {
        return Stream.of(
                Arguments.of("reserved flag", connect(0x03, "c")),                                         // [MQTT-3.1.2-3]
                Arguments.of("will QoS 1 without will", connect(0x0a, "c")),                               // [MQTT-3.1.2-13]
                Arguments.of("will QoS 2 without will", connect(0x12, "c")),
                Arguments.of("will retain without will", connect(0x22, "c")),                              // [MQTT-3.1.2-15]
                Arguments.of("will QoS 3", connect(0x1e, "c", "t", "w")),                                  // [MQTT-3.1.2-14]
                Arguments.of("password without user name", connect(0x42, "c", "p")),                       // [MQTT-3.1.2-22]
                Arguments.of("no client identifier at all", connect(0x02)),                                // [MQTT-3.1.3-3]
                Arguments.of("will announced, nothing there", connect(0x06, "c")),                         // [MQTT-3.1.2-9]
                Arguments.of("will announced, message missing", connect(0x06, "c", "t")),
                Arguments.of("will not announced", connect(0x02, "c", "t", "w")),
                Arguments.of("user name announced and missing", connect(0x82, "c")),                       // [MQTT-3.1.2-19]
                Arguments.of("user name not announced", connect(0x02, "c", "u")),                          // [MQTT-3.1.2-18]
                Arguments.of("password announced and missing", connect(0xc2, "c", "u")),                   // [MQTT-3.1.2-21]
                Arguments.of("password not announced", connect(0x82, "c", "u", "p")));                     // [MQTT-3.1.2-20]
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("flagsThatDoNotFit")
    @Checks(value = "CONNECT flags that do not fit together or to the payload",
            statements = {"3.1.2-3", "3.1.2-9", "3.1.2-11 to 3.1.2-15", "3.1.2-18 to 3.1.2-22", "3.1.3-1", "3.1.3-3", "3.1.4-1"})
    void closesForFlagsThatDoNotFit(String what, byte[] connect) {
        try (PacketClient client = open()) {
            expectClosedFor(client, connect);
        }
    }

    @ParameterizedTest(name = "cut to {0} bytes")
    @MethodSource("truncations")
    @Checks(value = "CONNECT with all fields, cut short at each byte", statements = {"3.1.3-1", "4.8.0-1"})
    void closesForAConnectThatIsTooShort(int length) {
        byte[] whole = connect(0xee, "c", "t", "w", "u", "p");
        byte[] packet = Arrays.copyOf(whole, length);
        packet[1] = (byte) (length - 2);
        try (PacketClient client = open()) {
            expectClosedFor(client, packet);
        }
    }

    static IntStream truncations() {
        return IntStream.range(2, connect(0xee, "c", "t", "w", "u", "p").length);
    }

    @ParameterizedTest(name = "will topic \"{0}\"")
    @ValueSource(strings = {"", "t/#", "t/+", "#", "+"})
    @Checks(value = "will topic that is no topic name", statements = {"3.3.2-2", "4.7.1-1", "4.7.3-1"})
    void closesForAWillTopicThatIsNone(String topic) {
        try (PacketClient client = open()) {
            expectClosedFor(client, connect(0x06, "c", topic, "w"));
        }
    }

    @Test
    @Checks(value = "all fields at once, in their order", statements = "3.1.3-1")
    void takesAllFields() {
        try (PacketClient listener = connected("listener"); PacketClient client = open()) {
            listener.subscribed("free/+", 2);
            // will retain, will QoS 1, will flag, user name, password, clean session
            client.send(connect(0xee, "all fields", "free/all", "fields", Subject.SOMEONE, Subject.PASSWORD))
                    .expectConnack(0, false);
            client.abort();
            listener.expectPublishAndAcknowledge("free/all", "fields");
        }
    }

    // ---- client identifier ------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "client identifier empty, clean session 1: each gets one of its own", statements = {"3.1.3-6", "3.1.3-7"})
    void givesIdentifiersToCleanSessions() {
        try (PacketClient one = connected(""); PacketClient two = connected("")) {
            one.expectNothing();   // the second did not take over from it
            two.expectNothing();
        }
    }

    @Test
    @Checks(value = "client identifier empty, clean session 0: CONNACK 0x02, then closed", statements = {"3.1.3-8", "3.2.2-4"})
    void refusesADurableSessionWithoutIdentifier() {
        try (PacketClient client = open()) {
            client.send(Packets.connect("", false, 0)).expectConnack(2, false).expectClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "abcdefghijklmnopqrstuvw", "ABCDEFGHIJKLMNOPQRSTUVW", "xyzXYZ0123456789"})
    @Checks(value = "client identifiers of 1 to 23 letters and digits must be taken", statements = "3.1.3-5")
    void takesPlainIdentifiers(String clientId) {
        connected(clientId).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C::/mn-cse", "A::mn-cse:CAE_01.x-y", "ä€😀", " ", "a/b+c#d",
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"})
    @Checks(value = "longer and other client identifiers may be taken", statements = {"3.1.3-4", "3.1.3-5"})
    void takesOtherIdentifiers(String clientId) {
        connected(clientId).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u007f", "\u0085"})
    @Checks(value = "client identifier that the server does not take: CONNACK 0x02, then closed", statements = "3.1.3-9",
            lintel = "control characters, and more than 1 024 characters",
            mosquitto = "closes for control characters: 1.5.3 allows that")
    void refusesIdentifiersThatCannotBeShown(String clientId) {
        try (PacketClient client = open()) {
            if (isMosquitto()) {
                expectClosedFor(client, Packets.connect(clientId, true, 0));
            } else {
                client.send(Packets.connect(clientId, true, 0)).expectConnack(2, false).expectClosed();
            }
        }
    }

    // ---- CONNACK ----------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "accepted: CONNACK 0x00 is the first packet to the client, whatever comes behind CONNECT",
            statements = {"3.2.0-1", "3.1.4-4"})
    void connackComesFirst() {
        away("first", "first", 1);
        try (PacketClient publisher = connected("p")) {
            publish(publisher, "first", "waiting", 1);
        }
        try (PacketClient client = open()) {
            client.send(Packets.connect("first", false, 0), Packets.PINGREQ);
            client.expect(0x20, 2, 1, 0);
        }
    }

    @Test
    @Checks(value = "packets behind CONNECT, before its CONNACK, are processed when it is accepted", statements = "3.1.4-5")
    void packetsMayFollowConnectAtOnce() {
        try (PacketClient client = open()) {
            client.send(Packets.connect("eager", true, 0), Packets.subscribe(1, "eager", 0), Packets.publish("eager", "x", 0, 0),
                    Packets.publish("nobody", "x", 1, 2));
            client.expectConnack(0, false).expectSuback(1, 0).expectPublish("eager", "x", 0);
            client.expectPuback(2);
        }
    }

    @ParameterizedTest(name = "{0}: code {1}")
    @CsvSource({"REFUSE_IDENTIFIER, 2", "REFUSE_CREDENTIALS, 4", "REFUSE_NOT_AUTHORIZED, 5"})
    @Checks(value = "refused: CONNACK with its code and session present 0, then closed; nothing behind it is processed",
            statements = {"3.1.3-9", "3.2.2-4", "3.2.2-5", "3.1.4-5"}, lintel = "the topic policy decides",
            mosquitto = "shown with the empty identifier, which it refuses by itself")
    void nothingIsProcessedAfterARefusal(String clientId, int code) {
        try (PacketClient listener = connected("listener"); PacketClient client = open()) {
            listener.subscribed("refused", 0);
            client.send(isMosquitto() ? Packets.connect("", false, 0) : Packets.connect(clientId, false, 0),
                    Packets.publish("refused", "no", 0, 0));
            client.expect(0x20, 2, 0, isMosquitto() ? 2 : code).expectClosed();
            listener.expectNothing();
        }
    }

    @Test
    @Checks(value = "server out of service: CONNACK 0x03, then closed", statements = {"3.2.2-4", "3.2.2-5"},
            lintel = "here for want of a place for another durable session; clean sessions are served",
            mosquitto = "has no such limit and accepts")
    void noPlaceForAnotherSession() {
        String[] ids = new String[MOST_SESSIONS + 1];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "place " + i;
            try (PacketClient client = open()) {
                client.send(Packets.connect(ids[i], false, 0));
                PacketClient.Packet connack = client.receive();
                if (i == MOST_SESSIONS) {   // there were some of other tests, perhaps
                    assertThat(connack.describe()).isEqualTo(isMosquitto() ? "20 02 00 00" : "20 02 00 03");
                }
            }
        }
        for (String id : ids) {
            connected(id).send(Packets.DISCONNECT).expectClosed();   // makes room
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"someone, wrong", "nobody, something", "someone, ''"})
    @Checks(value = "bad user name or password: CONNACK 0x04, then closed", statements = {"3.2.2-4", "3.2.2-5"},
            mosquitto = "0x05")
    @Tag("MQ-18")
    void badUserNameOrPassword(String user, String password) {
        try (PacketClient client = open()) {
            client.send(connect(0xc2, "bad", user, password)).expectConnack(isMosquitto() ? 5 : 4, false).expectClosed();
        }
    }

    @Test
    @Checks(value = "user name without a password: the server may ask for one", statements = "3.1.2-22",
            lintel = "0x04 for a user that has one", mosquitto = "0x05")
    @Tag("MQ-18")
    void userNameAlone() {
        try (PacketClient client = open()) {
            client.send(connect(0x82, "alone", Subject.SOMEONE)).expectConnack(isMosquitto() ? 5 : 4, false).expectClosed();
        }
    }

    @Test
    @Checks(value = "will topic that the client may not publish to", statements = "3.1.2-8", lintel = "CONNACK 0x05",
            mosquitto = "accepts, and drops the will at publication: allowed")
    void willThatIsNotAllowed() {
        try (PacketClient listener = connected("listener"); PacketClient client = open()) {
            listener.subscribed("+/will", 0);
            client.send(Packets.connectWithWill("w", true, "secret/will", "gone", 0, false));
            if (isMosquitto()) {
                client.expectConnack(0, false);
            } else {
                client.expectConnack(5, false).expectClosed();
            }
            client.abort();
            publish(listener, "elsewhere", "x", 1);   // the end of that connection is noticed by now or never was to be
            listener.expectNothing();
        }
    }
}
