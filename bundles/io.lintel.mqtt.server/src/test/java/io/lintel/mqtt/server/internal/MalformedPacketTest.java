// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What MQTT 3.1.1 forbids ends the connection, without an answer and without harm to others (sections 2 and 4.8). */
class MalformedPacketTest {
    private static final int MOST_BYTES = 3_000_000;
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("maxPacketBytes", MOST_BYTES, "connectTimeoutMillis", 60_000));
    }

    @AfterAll
    static void stop() {
        try (PacketClient client = server.connected("still served")) {
            client.expectNothing();
        }
        server.close();
    }

    private static Arguments packet(String what, byte[] bytes) {
        return Arguments.of(what, bytes);
    }

    private static Arguments packet(String what, int... bytes) {
        return Arguments.of(what, Packets.bytes(bytes));
    }

    static Stream<Arguments> forbiddenAfterConnect() {
        Stream<Arguments> flags = IntStream.of(4, 5, 6, 7, 8, 10, 12, 14).boxed().flatMap(type -> {
            int right = type == 6 || type == 8 || type == 10 ? 2 : 0;
            return IntStream.range(0, 16).filter(nibble -> nibble != right).mapToObj(nibble -> packet(
                    "type " + type + " with flags " + nibble, type << 4 | nibble, 2, 0, 1));                   // [MQTT-2.2.2-2]
        });
        Stream<Arguments> others = Stream.of(
                packet("type 0", 0x00, 0),
                packet("type 15", 0xf0, 0),
                packet("CONNACK from a client", 0x20, 2, 0, 0),
                packet("SUBACK from a client", 0x90, 3, 0, 1, 0),
                packet("UNSUBACK from a client", 0xb0, 2, 0, 1),
                packet("PINGRESP from a client", 0xd0, 0),
                packet("a second CONNECT", Packets.connect("malformed", true, 0)),                      // [MQTT-3.1.0-2]
                packet("PUBLISH QoS 3", 0x36, 5, 0, 1, 't', 0, 1),                                      // [MQTT-3.3.1-4]
                packet("PUBLISH QoS 1 with identifier 0", 0x32, 5, 0, 1, 't', 0, 0),                    // [MQTT-2.3.1-1]
                packet("PUBLISH QoS 1 without identifier", 0x32, 3, 0, 1, 't'),
                packet("PUBLISH without topic", 0x30, 0),
                packet("PUBLISH with an empty topic", 0x30, 2, 0, 0),                                   // [MQTT-4.7.3-1]
                packet("PUBLISH to a/+", 0x30, 5, 0, 3, 'a', '/', '+'),                                 // [MQTT-3.3.2-2]
                packet("PUBLISH to #", 0x30, 3, 0, 1, '#'),
                packet("topic longer than its packet", 0x30, 4, 0, 3, 'a', 'b'),                        // [MQTT-4.8.0-1]
                packet("U+0000 in a topic", 0x30, 5, 0, 3, 'a', 0, 'b'),                                // [MQTT-1.5.3-2]
                packet("surrogate U+D800 in a topic", 0x30, 5, 0, 3, 0xed, 0xa0, 0x80),                 // [MQTT-1.5.3-1]
                packet("surrogate U+DFFF in a topic", 0x30, 5, 0, 3, 0xed, 0xbf, 0xbf),
                packet("overlong /", 0x30, 4, 0, 2, 0xc0, 0xaf),
                packet("overlong U+0000", 0x30, 4, 0, 2, 0xc0, 0x80),
                packet("overlong in three bytes", 0x30, 5, 0, 3, 0xe0, 0x80, 0xaf),
                packet("overlong in four bytes", 0x30, 6, 0, 4, 0xf0, 0x80, 0x80, 0xaf),
                packet("above U+10FFFF", 0x30, 6, 0, 4, 0xf4, 0x90, 0x80, 0x80),
                packet("a follower alone", 0x30, 3, 0, 1, 0x80),
                packet("a lead alone", 0x30, 3, 0, 1, 0xc3),
                packet("a lead without its follower", 0x30, 4, 0, 2, 0xc3, 'a'),
                packet("byte FF", 0x30, 3, 0, 1, 0xff),
                packet("PUBACK without identifier", 0x40, 0),
                packet("PUBACK with identifier 0", 0x40, 2, 0, 0),
                packet("PUBACK with a byte too many", 0x40, 3, 0, 1, 0),
                packet("PUBREC with half an identifier", 0x50, 1, 0),
                packet("SUBSCRIBE with identifier 0", 0x82, 6, 0, 0, 0, 1, 'a', 0),
                packet("SUBSCRIBE without filter", 0x82, 2, 0, 1),                                      // [MQTT-3.8.3-3]
                packet("SUBSCRIBE with QoS 3", 0x82, 6, 0, 1, 0, 1, 'a', 3),                            // [MQTT-3.8.3-4]
                packet("SUBSCRIBE with a reserved bit", 0x82, 6, 0, 1, 0, 1, 'a', 4),
                packet("SUBSCRIBE with an empty filter", 0x82, 5, 0, 1, 0, 0, 0),
                packet("SUBSCRIBE without QoS", 0x82, 5, 0, 1, 0, 1, 'a'),
                packet("SUBSCRIBE to a#", 0x82, 7, 0, 1, 0, 2, 'a', '#', 0),                            // [MQTT-4.7.1-2]
                packet("SUBSCRIBE to a/#/b", 0x82, 10, 0, 1, 0, 5, 'a', '/', '#', '/', 'b', 0),
                packet("SUBSCRIBE to #/", 0x82, 7, 0, 1, 0, 2, '#', '/', 0),
                packet("SUBSCRIBE to a+", 0x82, 7, 0, 1, 0, 2, 'a', '+', 0),                            // [MQTT-4.7.1-3]
                packet("SUBSCRIBE to +a/b", 0x82, 9, 0, 1, 0, 4, '+', 'a', '/', 'b', 0),
                packet("SUBSCRIBE to ++", 0x82, 7, 0, 1, 0, 2, '+', '+', 0),
                packet("SUBSCRIBE with U+0000", 0x82, 7, 0, 1, 0, 2, 'a', 0, 0),
                packet("UNSUBSCRIBE without filter", 0xa2, 2, 0, 1),                                    // [MQTT-3.10.3-2]
                packet("UNSUBSCRIBE with identifier 0", 0xa2, 5, 0, 0, 0, 1, 'a'),
                packet("UNSUBSCRIBE with a filter too long", 0xa2, 5, 0, 1, 0, 2, 'a'),
                packet("PINGREQ with content", 0xc0, 1, 0),
                packet("DISCONNECT with content", 0xe0, 1, 0),
                packet("a fifth length byte", 0x30, 0xff, 0xff, 0xff, 0xff, 0x01),                      // 2.2.3
                packet("four length bytes that go on", 0x30, 0x80, 0x80, 0x80, 0x80),
                packet("more than the server's limit", 0x30, 0xff, 0xff, 0xff, 0x7f));
        return Stream.concat(flags, others);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forbiddenAfterConnect")
    void closesTheConnection(String what, byte[] bytes) {
        try (PacketClient client = server.connected("malformed")) {
            client.sendAnyway(bytes).expectClosed();
        }
    }

    private static byte[] connect(int flags, String... strings) {
        Packets packet = Packets.body().string("MQTT").one(4, flags).two(0);
        for (String string : strings) {
            packet.string(string);
        }
        return packet.as(0x10);
    }

    static Stream<Arguments> forbiddenConnects() {
        return Stream.of(
                packet("PINGREQ first", Packets.PINGREQ),                                               // [MQTT-3.1.0-1]
                packet("PUBLISH first", Packets.publish("t", "", 0, 0)),
                packet("HTTP", Packets.utf8("GET / HTTP/1.1\r\n\r\n")),
                packet("CONNECT with flags", 0x11, 0),
                packet("protocol name MQIsdp", Packets.body().string("MQIsdp").one(3, 2).two(0).string("c").as(0x10)),
                packet("protocol name mqtt", Packets.body().string("mqtt").one(4, 2).two(0).string("c").as(0x10)),
                packet("reserved flag", connect(0x03, "c")),                                            // [MQTT-3.1.2-3]
                packet("will QoS without will", connect(0x0a, "c")),                                    // [MQTT-3.1.2-13]
                packet("will retain without will", connect(0x22, "c")),                                 // [MQTT-3.1.2-15]
                packet("will QoS 3", connect(0x1e, "c", "t", "w")),                                     // [MQTT-3.1.2-14]
                packet("password without user name", connect(0x42, "c", "p")),                          // [MQTT-3.1.2-22]
                packet("no client identifier at all", connect(0x02)),                                   // [MQTT-3.1.3-3]
                packet("will announced and missing", connect(0x06, "c")),                               // [MQTT-3.1.2-9]
                packet("will message missing", connect(0x06, "c", "t")),
                packet("will topic with wildcard", connect(0x06, "c", "t/#", "w")),
                packet("will topic empty", connect(0x06, "c", "", "w")),
                packet("user name announced and missing", connect(0x82, "c")),                          // [MQTT-3.1.2-19]
                packet("user name not announced", connect(0x02, "c", "u")),                             // [MQTT-3.1.2-18]
                packet("password not announced", connect(0x82, "c", "u", "p")),                         // [MQTT-3.1.2-20]
                packet("ill-formed user name", Packets.body().string("MQTT").one(4, 0x82).two(0).string("c")
                        .binary(Packets.bytes(0xc0, 0x80)).as(0x10)),
                packet("U+0000 in the client identifier", connect(0x02, "a\0b")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forbiddenConnects")
    void closesAConnectionThatDoesNotBeginWell(String what, byte[] bytes) {
        try (PacketClient client = PacketClient.open(server.port())) {
            client.sendAnyway(bytes).expectClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 255})
    void refusesOtherProtocolLevels(int level) {
        try (PacketClient client = PacketClient.open(server.port())) {
            client.send(Packets.body().string("MQTT").one(level, 2).two(0).string("c").as(0x10))
                    .expectConnack(1, false).expectClosed();                                            // [MQTT-3.1.2-2]
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152})
    void takesEveryRemainingLength(int remainingLength) {
        try (PacketClient client = server.connected("long")) {
            if (remainingLength < 3) {
                client.send(remainingLength == 0 ? Packets.PINGREQ : Packets.bytes(0xc0, 0x80, 0x00)).expect(0xd0, 0);
                return;   // 0x80 0x00 is 0 in two bytes, which 3.1.1 does not forbid
            }
            client.subscribed("t", 0);
            byte[] payload = new byte[remainingLength - 3];
            Arrays.fill(payload, (byte) 'x');
            byte[] packet = Packets.publish("t", payload, 0, 0, false, false);
            client.send(packet).expect(packet);
        }
    }

    @Test
    void bytesMayComeInAnyPortions() {
        try (PacketClient client = server.connected("portions")) {
            for (byte b : Packets.subscribe(9, "t/+", 1, "é€😀", 0)) {
                client.send(b & 0xff);   // each in a segment of its own
            }
            client.expectSuback(9, 1, 0);
            // and many packets in one segment
            byte[] publish = Packets.publish("é€😀", "\uFEFFx", 0, 0);
            byte[] all = new byte[publish.length * 3 + 2];
            for (int i = 0; i < 3; i++) {
                System.arraycopy(publish, 0, all, i * publish.length, publish.length);
            }
            System.arraycopy(Packets.PINGREQ, 0, all, publish.length * 3, 2);
            client.send(all);
            for (int i = 0; i < 3; i++) {
                // U+FEFF is a character like others [MQTT-1.5.3-3]; PINGREQ may overtake nothing here
                client.expect(publish);
            }
            client.expect(0xd0, 0);
        }
    }

    @Test
    void closesBeforeItGathersWhatIsTooLong() {
        long before = server.counter(Counter.PACKETS_MALFORMED);
        try (PacketClient client = server.connected("huge")) {
            // 3 000 001 bytes are announced and none is sent
            client.sendAnyway(Packets.bytes(0x30, 0xc1, 0x8d, 0xb7, 0x01)).expectClosed();
        }
        assertThat(server.counter(Counter.PACKETS_MALFORMED)).isEqualTo(before + 1);
    }
}
