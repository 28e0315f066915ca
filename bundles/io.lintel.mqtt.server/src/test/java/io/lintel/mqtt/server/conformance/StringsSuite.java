// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static io.lintel.mqtt.server.internal.Packets.bytes;
import static io.lintel.mqtt.server.internal.Packets.utf8;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 1 of the checklist, its strings: UTF-8 and nothing else (MQTT 3.1.1 section 1.5.3). */
abstract class StringsSuite extends ConformanceSuite {
    StringsSuite(Subject.Starter starter) {
        super(starter);
    }

    /** Ill-formed UTF-8 of each kind (Unicode, table 3-7). */
    static Stream<Arguments> illFormed() {
        return Stream.of(
                Arguments.of("U+0000", bytes('a', 0x00, 'b')),                                    // [MQTT-1.5.3-2]
                Arguments.of("surrogate U+D800", bytes(0xed, 0xa0, 0x80)),                        // [MQTT-1.5.3-1]
                Arguments.of("surrogate U+DFFF", bytes(0xed, 0xbf, 0xbf)),
                Arguments.of("pair of surrogates", bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)),
                Arguments.of("overlong U+0000 in two bytes", bytes(0xc0, 0x80)),
                Arguments.of("overlong '/' in two bytes", bytes(0xc0, 0xaf)),
                Arguments.of("overlong U+007F in two bytes", bytes(0xc1, 0xbf)),
                Arguments.of("overlong '/' in three bytes", bytes(0xe0, 0x80, 0xaf)),
                Arguments.of("overlong U+07FF in three bytes", bytes(0xe0, 0x9f, 0xbf)),
                Arguments.of("overlong '/' in four bytes", bytes(0xf0, 0x80, 0x80, 0xaf)),
                Arguments.of("overlong U+FFFF in four bytes", bytes(0xf0, 0x8f, 0xbf, 0xbf)),
                Arguments.of("U+110000", bytes(0xf4, 0x90, 0x80, 0x80)),
                Arguments.of("lead F5", bytes(0xf5, 0x80, 0x80, 0x80)),
                Arguments.of("five bytes", bytes(0xf8, 0x88, 0x80, 0x80, 0x80)),
                Arguments.of("six bytes", bytes(0xfc, 0x84, 0x80, 0x80, 0x80, 0x80)),
                Arguments.of("byte FE", bytes(0xfe)),
                Arguments.of("byte FF", bytes(0xff)),
                Arguments.of("a follower alone", bytes(0x80)),
                Arguments.of("a lead of two alone", bytes(0xc3)),
                Arguments.of("a lead of three and one follower", bytes(0xe2, 0x82)),
                Arguments.of("a lead of four and two followers", bytes(0xf0, 0x9f, 0x98)),
                Arguments.of("a lead followed by ASCII", bytes(0xc3, 'a')),
                Arguments.of("a second byte that is none", bytes(0xe2, 0x28, 0xa1)),
                Arguments.of("a third byte that is none", bytes(0xe2, 0x82, 0x28)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("illFormed")
    @Checks(value = "ill-formed UTF-8 of each kind in a topic name", statements = {"1.5.3-1", "1.5.3-2", "3.3.2-1"})
    void closesForAnIllFormedTopicName(String kind, byte[] text) {
        try (PacketClient client = connected("utf-8")) {
            expectClosedFor(client, Packets.body().binary(text).raw(utf8("payload")).as(0x30));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("illFormed")
    @Checks(value = "ill-formed UTF-8 of each kind in a topic filter of SUBSCRIBE",
            statements = {"1.5.3-1", "1.5.3-2", "3.8.3-1"})
    void closesForAnIllFormedFilter(String kind, byte[] text) {
        try (PacketClient client = connected("utf-8")) {
            expectClosedFor(client, Packets.body().two(9).binary(text).one(0).as(0x82));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("illFormed")
    @Checks(value = "ill-formed UTF-8 of each kind in a topic filter of UNSUBSCRIBE",
            statements = {"1.5.3-1", "1.5.3-2", "3.10.3-1"})
    void closesForAnIllFormedFilterOfUnsubscribe(String kind, byte[] text) {
        try (PacketClient client = connected("utf-8")) {
            expectClosedFor(client, Packets.body().two(9).binary(text).as(0xa2));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("illFormed")
    @Checks(value = "ill-formed UTF-8 of each kind in a client identifier, a will topic and a user name",
            statements = {"1.5.3-1", "1.5.3-2", "3.1.3-4", "3.1.3-10", "3.1.3-11"})
    void closesForAnIllFormedStringInConnect(String kind, byte[] text) {
        Stream.of(
                Packets.body().string("MQTT").one(4, 0x02).two(0).binary(text),
                Packets.body().string("MQTT").one(4, 0x06).two(0).string("c").binary(text).string("will"),
                Packets.body().string("MQTT").one(4, 0x82).two(0).string("c").binary(text)).forEach(connect -> {
                    try (PacketClient client = open()) {
                        expectClosedFor(client, connect.as(0x10));
                    }
                });
    }

    @Test
    @Checks(value = "U+FEFF is a character like others and is kept", statements = "1.5.3-3")
    void keepsTheByteOrderMark() {
        try (PacketClient client = connected("bom")) {
            client.send(Packets.subscribe(1, "\uFEFFt", 0)).expectSuback(1, 0);
            byte[] with = Packets.publish("\uFEFFt", "\uFEFFx", 0, 0);
            client.send(Packets.publish("t", "another topic", 0, 0), with).expect(with);   // 30 .. 00 04 EF BB BF 74 EF BB BF 78
        }
    }

    @Test
    @Checks(value = "well-formed UTF-8 of one to four bytes at the ends of each range", statements = "1.5.3-1")
    void takesWellFormedStrings() {
        try (PacketClient client = connected("well-formed")) {
            for (int codePoint : new int[] {0x20, 0x7e, 0xa0, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10fffd}) {
                String topic = "u/" + Character.toString(codePoint);
                client.subscribed(topic, 0);
                byte[] packet = Packets.publish(topic, "x", 0, 0);
                client.send(packet).expect(packet);
            }
        }
    }

    @ParameterizedTest(name = "U+{0}")
    @ValueSource(strings = {"0001", "001F", "007F", "009F", "FFFE", "FDD0", "1FFFF"})
    @Checks(value = "control and non-characters in a string: the server may close", statements = "1.5.3",
            lintel = "takes them in topics", mosquitto = "closes: allowed")
    void controlCharactersInTopics(String codePoint) {
        byte[] packet = Packets.publish("c/" + Character.toString(Integer.parseInt(codePoint, 16)), "x", 0, 0);
        try (PacketClient client = connected("control")) {
            client.subscribed("c/+", 0);
            if (isMosquitto()) {
                expectClosedFor(client, packet);
            } else {
                client.send(packet).expect(packet);
            }
        }
    }

    @Test
    @Checks(value = "a topic name of 65 535 bytes", statements = "1.5.3")
    void takesTheLongestString() {
        String longest = "x".repeat(65_535);
        try (PacketClient client = connected("longest")) {
            client.subscribed(longest, 0);
            byte[] packet = Packets.publish(longest, "y", 0, 0);
            client.send(packet).expect(packet);
        }
    }
}
