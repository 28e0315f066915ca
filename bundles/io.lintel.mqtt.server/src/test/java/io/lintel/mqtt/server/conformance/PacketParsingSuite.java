// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static io.lintel.mqtt.server.internal.Packets.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 1 of the checklist: how packets are cut out of the stream of bytes, and what makes one malformed. */
abstract class PacketParsingSuite extends ConformanceSuite {
    private static final int MOST_BYTES = 3_000_000;

    PacketParsingSuite(Subject.Starter starter) {
        super(starter);
    }

    @Override
    Setup setup() {
        // Mosquitto holds remaining length + 1 against its setting, so the same limit is four bytes less there
        return Setup.DEFAULTS.lintel("maxPacketBytes", MOST_BYTES).mosquitto("max_packet_size " + (MOST_BYTES - 4));
    }

    /** One good packet of each type that a client sends after CONNECT. Behind the first byte comes the remaining length. */
    static final Map<String, byte[]> GOOD = good();

    private static Map<String, byte[]> good() {
        Map<String, byte[]> good = new LinkedHashMap<>();
        good.put("PUBLISH", bytes(0x32, 6, 0, 1, 't', 0, 9, 'x'));       // QoS 1, topic "t", identifier 9, payload "x"
        good.put("PUBACK", bytes(0x40, 2, 0, 9));
        good.put("PUBREC", bytes(0x50, 2, 0, 9));
        good.put("PUBREL", bytes(0x62, 2, 0, 9));
        good.put("PUBCOMP", bytes(0x70, 2, 0, 9));
        good.put("SUBSCRIBE", bytes(0x82, 6, 0, 9, 0, 1, 't', 0));       // identifier 9, filter "t", QoS 0
        good.put("UNSUBSCRIBE", bytes(0xa2, 5, 0, 9, 0, 1, 't'));
        good.put("PINGREQ", bytes(0xc0, 0));
        good.put("DISCONNECT", bytes(0xe0, 0));
        return good;
    }

    /** Mosquitto takes the packet as if it were a good one, and gives the answer to that. */
    private static void expectTakenAsGood(PacketClient client, String type, byte[] packet) {
        client.send(packet);
        switch (type) {
            case "PINGREQ" -> client.expect(0xd0, 0);
            case "PUBREC" -> client.expect(0x62, 2, 0, 9);
            case "PUBREL" -> client.expect(0x70, 2, 0, 9);
            default -> {
                // PUBACK and PUBCOMP of an unknown identifier: no answer
            }
        }
        client.expectNothing();
    }

    // ---- the fixed header -------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "first byte {0}")
    @ValueSource(ints = {0x00, 0x02, 0x0f, 0xf0, 0xf2, 0xff})
    @Checks(value = "packet types 0 and 15 are forbidden", statements = {"2.2.1", "4.8.0-1"})
    void closesForAForbiddenType(int first) {
        try (PacketClient client = connected("forbidden type")) {
            expectClosedFor(client, bytes(first, 2, 0, 1));
        }
    }

    @ParameterizedTest(name = "{0} from a client")
    @MethodSource("packetsOfServers")
    @Checks(value = "CONNACK, SUBACK, UNSUBACK and PINGRESP from a client", statements = "4.8.0-1",
            mosquitto = "ignores all but CONNACK: its bridges, which get them rightly, share the code")
    void closesForWhatOnlyServersSend(String type, byte[] packet) {
        try (PacketClient client = connected("wrong direction")) {
            if (isMosquitto() && !type.equals("CONNACK")) {
                expectIgnored(client, packet);
            } else {
                expectClosedFor(client, packet);
            }
        }
    }

    static Stream<Arguments> packetsOfServers() {
        return Stream.of(
                Arguments.of("CONNACK", bytes(0x20, 2, 0, 0)),
                Arguments.of("SUBACK", bytes(0x90, 3, 0, 1, 0)),
                Arguments.of("UNSUBACK", bytes(0xb0, 2, 0, 1)),
                Arguments.of("PINGRESP", bytes(0xd0, 0)));
    }

    @ParameterizedTest(name = "{0} with flags {1}")
    @MethodSource("wrongFlags")
    @Checks(value = "each wrong flag nibble of each packet type",
            statements = {"2.2.2-1", "2.2.2-2", "3.6.1-1", "3.8.1-1", "3.10.1-1", "3.14.1-1"},
            mosquitto = "looks at the flags of PUBREL, SUBSCRIBE, UNSUBSCRIBE and DISCONNECT only")
    void closesForWrongFlags(String type, int flags) {
        byte[] packet = GOOD.get(type).clone();
        packet[0] = (byte) (packet[0] & 0xf0 | flags);
        try (PacketClient client = connected("flags")) {
            if (isMosquitto() && Set.of("PUBACK", "PUBREC", "PUBCOMP", "PINGREQ").contains(type)) {
                expectTakenAsGood(client, type, packet);
            } else {
                expectClosedFor(client, packet);
            }
        }
    }

    static Stream<Arguments> wrongFlags() {
        return GOOD.keySet().stream().filter(type -> !type.equals("PUBLISH")).flatMap(type -> IntStream.range(0, 16)
                .filter(flags -> flags != (GOOD.get(type)[0] & 0x0f)).mapToObj(flags -> Arguments.of(type, flags)));
    }

    @ParameterizedTest(name = "PUBLISH with flags {0}")
    @ValueSource(ints = {0x6, 0x7, 0xe, 0xf})
    @Checks(value = "PUBLISH with both QoS bits set", statements = "3.3.1-4")
    void closesForQos3(int flags) {
        try (PacketClient client = connected("qos 3")) {
            expectClosedFor(client, bytes(0x30 | flags, 6, 0, 1, 't', 0, 9, 'x'));
        }
    }

    @ParameterizedTest(name = "CONNECT with flags {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Checks(value = "each wrong flag nibble of CONNECT", statements = "2.2.2-2")
    void closesForWrongFlagsOfConnect(int flags) {
        byte[] packet = Packets.connect("flags", true, 0);
        packet[0] |= (byte) flags;
        try (PacketClient client = open()) {
            expectClosedFor(client, packet);
        }
    }

    // ---- remaining length -------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {3, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152})
    @Checks(value = "remaining length of 1, 2, 3 and 4 bytes, at each boundary", statements = "2.2.3")
    void takesEveryRemainingLength(int remainingLength) {
        try (PacketClient client = connected("lengths")) {
            client.subscribed("t", 0);
            byte[] payload = new byte[remainingLength - 3];
            Arrays.fill(payload, (byte) 'x');
            byte[] packet = Packets.publish("t", payload, 0, 0, false, false);
            client.send(packet).expect(packet);
        }
    }

    @Test
    @Checks(value = "remaining length encoded in more bytes than needed is taken", statements = "2.2.3")
    void takesALengthThatIsNotMinimal() {
        try (PacketClient client = connected("not minimal")) {
            client.send(0xc0, 0x80, 0x00).expect(0xd0, 0);
            client.send(0xc0, 0x80, 0x80, 0x80, 0x00).expect(0xd0, 0);
            client.send(0x82, 0x86, 0x80, 0x00, 0, 9, 0, 1, 't', 0).expect(0x90, 3, 0, 9, 0);
        }
    }

    @Test
    @Checks(value = "a fifth length byte is malformed", statements = {"2.2.3", "4.8.0-1"},
            lintel = "judged by the fourth, whose bit 7 is set", mosquitto = "waits for the fifth")
    void closesForAFifthLengthByte() {
        try (PacketClient client = connected("five")) {
            client.send(0x30, 0x80, 0x80, 0x80, 0x80);
            if (isMosquitto()) {
                client.send(0x01);
            }
            client.expectClosed();
        }
    }

    @Test
    @Checks(value = "own maximum packet size: closed by the fixed header, before the body is there", statements = "server limit")
    void closesForAPacketAboveTheLimitBeforeItsBody() {
        byte[] allowed = Packets.publish("big", new byte[MOST_BYTES - 10], 0, 0, false, false);
        assertThat(allowed).hasSize(MOST_BYTES);
        try (PacketClient client = connected("limit")) {
            client.send(allowed).expectNothing();
            // a PUBLISH of 3 000 001 bytes in all: 5 of the fixed header and 2 999 996, of which none is sent
            client.send(0x30, 0xbc, 0x8d, 0xb7, 0x01).expectClosed();
        }
        try (PacketClient client = connected("limit")) {
            client.send(0x30, 0xff, 0xff, 0xff, 0x7f).expectClosed();   // 268 435 455, the most that can be said
        }
    }

    // ---- lengths inside ---------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "{0} of {1} bytes")
    @MethodSource("truncated")
    @Checks(value = "each packet type cut short at each byte: a field runs past the remaining length", statements = "4.8.0-1")
    void closesForABodyThatIsTooShort(String type, int length) {
        byte[] packet = Arrays.copyOf(GOOD.get(type), 2 + length);
        packet[1] = (byte) length;
        try (PacketClient client = connected("short")) {
            expectClosedFor(client, packet);
        }
    }

    static Stream<Arguments> truncated() {
        return GOOD.entrySet().stream().flatMap(good -> {
            int payload = good.getKey().equals("PUBLISH") ? 1 : 0;   // without it, the packet is whole
            int whole = good.getValue().length - 2 - payload;
            return IntStream.range(0, whole).mapToObj(length -> Arguments.of(good.getKey(), length));
        });
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "UNSUBSCRIBE", "PINGREQ", "DISCONNECT"})
    @Checks(value = "each packet type with a byte left over", statements = "4.8.0-1",
            mosquitto = "does not look behind the identifier of an acknowledgement, nor into PINGREQ")
    void closesForABodyThatIsTooLong(String type) {
        byte[] good = GOOD.get(type);
        byte[] packet = Arrays.copyOf(good, good.length + 1);
        packet[1]++;
        try (PacketClient client = connected("left over")) {
            if (isMosquitto() && Set.of("PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "PINGREQ").contains(type)) {
                expectTakenAsGood(client, type, packet);
            } else {
                expectClosedFor(client, packet);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("overruns")
    @Checks(value = "a string longer than its packet", statements = "4.8.0-1")
    void closesForAStringThatRunsPastItsPacket(String what, byte[] packet) {
        try (PacketClient client = connected("overrun")) {
            expectClosedFor(client, packet);
        }
    }

    static Stream<Arguments> overruns() {
        return Stream.of(
                Arguments.of("topic name", bytes(0x30, 4, 0, 3, 'a', 'b')),
                Arguments.of("topic name of 65 535", bytes(0x30, 4, 0xff, 0xff, 'a', 'b')),
                Arguments.of("topic filter of SUBSCRIBE", bytes(0x82, 6, 0, 9, 0, 2, 't', 0)),
                Arguments.of("second filter of SUBSCRIBE", bytes(0x82, 10, 0, 9, 0, 1, 't', 0, 0, 2, 'u', 0)),
                Arguments.of("topic filter of UNSUBSCRIBE", bytes(0xa2, 5, 0, 9, 0, 2, 't')));
    }

    // ---- packet identifiers -----------------------------------------------------------------------------------------

    @ParameterizedTest(name = "{0}")
    @MethodSource("identifiersOfZero")
    @Checks(value = "packet identifier 0 in SUBSCRIBE, UNSUBSCRIBE and PUBLISH with QoS > 0", statements = "2.3.1-1")
    void closesForIdentifierZero(String type, byte[] packet) {
        try (PacketClient client = connected("zero")) {
            expectClosedFor(client, packet);
        }
    }

    static Stream<Arguments> identifiersOfZero() {
        return Stream.of(
                Arguments.of("PUBLISH QoS 1", bytes(0x32, 5, 0, 1, 't', 0, 0)),
                Arguments.of("PUBLISH QoS 2", bytes(0x34, 5, 0, 1, 't', 0, 0)),
                Arguments.of("SUBSCRIBE", bytes(0x82, 6, 0, 0, 0, 1, 't', 0)),
                Arguments.of("UNSUBSCRIBE", bytes(0xa2, 5, 0, 0, 0, 1, 't')));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("acknowledgementsOfZero")
    @Checks(value = "packet identifier 0 in an acknowledgement", statements = "2.3.1")
    void closesForAnAcknowledgementOfZero(String type, byte[] packet) {
        try (PacketClient client = connected("zero")) {
            expectClosedFor(client, packet);
        }
    }

    static Stream<Arguments> acknowledgementsOfZero() {
        return Stream.of(
                Arguments.of("PUBACK", bytes(0x40, 2, 0, 0)),
                Arguments.of("PUBREC", bytes(0x50, 2, 0, 0)),
                Arguments.of("PUBREL", bytes(0x62, 2, 0, 0)),
                Arguments.of("PUBCOMP", bytes(0x70, 2, 0, 0)));
    }

    @Test
    @Checks(value = "PUBLISH with QoS 0 has no packet identifier, in both directions", statements = "2.3.1-5")
    void aQos0PublishHasNoIdentifier() {
        try (PacketClient client = connected("no identifier")) {
            client.subscribed("t", 0);
            // what would be the identifier is the payload's beginning
            client.send(0x30, 6, 0, 1, 't', 0, 0, 'x').expect(0x30, 6, 0, 1, 't', 0, 0, 'x');
        }
    }

    @ParameterizedTest(name = "identifier {0}")
    @ValueSource(ints = {1, 255, 256, 65_535})
    @Checks(value = "acknowledgements carry the identifier of what they acknowledge", statements = {"2.3.1-6", "2.3.1-7"})
    void acknowledgementsCarryTheIdentifier(int id) {
        int high = id >> 8;
        int low = id & 0xff;
        try (PacketClient client = connected("identifiers")) {
            client.send(Packets.publish("nobody", "x", 1, id)).expect(0x40, 2, high, low);      // PUBACK
            client.send(Packets.publish("nobody", "x", 2, id)).expect(0x50, 2, high, low);      // PUBREC
            client.send(Packets.pubrel(id)).expect(0x70, 2, high, low);                         // PUBCOMP
            client.send(Packets.subscribe(id, "s", 1)).expect(0x90, 3, high, low, 1);           // SUBACK
            client.send(Packets.unsubscribe(id, "s")).expect(0xb0, 2, high, low);               // UNSUBACK
        }
    }

    @Test
    @Checks(value = "client and server give their identifiers independently", statements = {"2.3.1-2", "2.3.1-4"})
    void bothSidesUseTheSameIdentifierAtOnce() {
        try (PacketClient client = connected("both sides"); PacketClient other = connected("other side")) {
            client.subscribed("down", 2);
            publish(other, "down", "from the server", 2);
            int id = expect(client, "PUBLISH down from the server qos 2");
            // the client's own message has the identifier of the server's, while that is in flight
            client.send(Packets.publish("up", "from the client", 2, id)).expect(Packets.pubrec(id));
            client.send(Packets.pubrec(id)).expect(Packets.pubrel(id));
            client.send(Packets.pubrel(id)).expect(Packets.pubcomp(id));
            client.send(Packets.pubcomp(id)).expectNothing();
        }
    }

    // ---- portions ---------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "each byte of a packet in a TCP segment of its own", statements = "4.2.0-1")
    void packetsMayComeByteByByte() {
        try (PacketClient client = open()) {
            for (byte b : Packets.body().raw(Packets.connect("byte by byte", true, 0))
                    .raw(Packets.subscribe(9, "t/+", 1, "é€😀", 0)).bytes()) {
                client.send(b & 0xff);
            }
            client.expectConnack(0, false).expectSuback(9, 1, 0);
        }
    }

    @Test
    @Checks(value = "many packets in one TCP segment, the last one not complete", statements = "4.2.0-1")
    void manyPacketsMayComeAtOnce() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Packets.connect("at once", true, 0));
        all.writeBytes(Packets.subscribe(9, "t", 0));
        byte[] publish = Packets.publish("t", "x", 0, 0);
        for (int i = 0; i < 100; i++) {
            all.writeBytes(publish);
        }
        all.write(0xc0);   // half a PINGREQ
        try (PacketClient client = open()) {
            client.send(all.toByteArray()).expectConnack(0, false).expectSuback(9, 0);
            for (int i = 0; i < 100; i++) {
                client.expect(publish);
            }
            client.send(0).expect(0xd0, 0);
        }
    }
}
