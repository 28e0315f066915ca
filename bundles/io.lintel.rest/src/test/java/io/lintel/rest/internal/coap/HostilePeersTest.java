// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.RecordingCse;

/** Peers that make mistakes, overload, or use the door against others. */
class HostilePeersTest {
    private DoorFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new DoorFixture(Map.of("maxRequests", 4));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static byte[] message(int type, int code, int mid, int[] numbers, String... values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) (0x40 | type << 4 | 1), (byte) code, (byte) (mid >> 8), (byte) mid, 9});
        int last = 0;
        for (int i = 0; i < numbers.length; i++) {
            byte[] value = values[i].getBytes(StandardCharsets.UTF_8);
            option(bytes, numbers[i] - last, value);
            last = numbers[i];
        }
        return bytes.toByteArray();
    }

    private static void option(ByteArrayOutputStream bytes, int delta, byte[] value) {
        int high = delta < 13 ? delta : delta < 269 ? 13 : 14;
        int low = value.length < 13 ? value.length : value.length < 269 ? 13 : 14;
        bytes.write(high << 4 | low);
        for (int[] part : new int[][] {{high, delta}, {low, value.length}}) {
            if (part[0] == 13) {
                bytes.write(part[1] - 13);
            } else if (part[0] == 14) {
                bytes.write(part[1] - 269 >> 8);
                bytes.write(part[1] - 269);
            }
        }
        bytes.writeBytes(value);
    }

    private Datagrams.Datagram exchange(byte[] message) throws Exception {
        try (Datagrams socket = new Datagrams(fixture.door.port())) {
            return socket.exchange(message);
        }
    }

    private void assertServes() throws Exception {
        assertThat(fixture.send(fixture.request(Code.GET, "x", "alive")).getCode()).isEqualTo(ResponseCode.CONTENT);
    }

    @ParameterizedTest
    @CsvSource({"1,0x82,If-Match", "5,0x82,If-None-Match", "9,0x82,OSCORE", "19,0x82,Q-Block1", "31,0x82,Q-Block2",
            "35,0xa5,Proxy-Uri", "39,0xa5,Proxy-Scheme", "65003,0x82,unknown", "65002,0x45,elective", "60,0x45,Size1"})
    void criticalOptionsThatMeanNothingHereAreNotPassedOver(int number, String code, String name) throws Exception {
        int rqi = 257;
        int[] numbers = number < 11 ? new int[] {number, 11, rqi} : number < rqi ? new int[] {11, number, rqi}
                : new int[] {11, rqi, number};
        String[] values = number < 11 ? new String[] {"v", "x", "q1"} : number < rqi ? new String[] {"x", "v", "q1"}
                : new String[] {"x", "q1", "v"};
        if (number == 5) {
            values[0] = "";
        }
        Datagrams.Datagram answer = exchange(message(0, 1, 77, numbers, values));
        assertThat(answer.code()).as(name).isEqualTo(Integer.decode(code));
    }

    @ParameterizedTest
    @CsvSource({"257,0x82", "279,0x82", "256,0x45"})
    void anOptionThatStandsTwiceIsBadIfItIsCritical(int number, String code) throws Exception {
        int[] numbers = number == 256 ? new int[] {11, 256, 256, 257} : number == 257 ? new int[] {11, 257, 257}
                : new int[] {11, 257, 279, 279};
        Datagrams.Datagram answer = exchange(message(0, 1, 78, numbers, "x", "q1", "q2", "q3"));
        assertThat(answer.code()).isEqualTo(Integer.decode(code));
        if (number == 256) {
            assertThat(fixture.cse.request().from()).as("the first counts").contains("q1");
        }
    }

    @Test
    void whatIsNoRequestIsResetOrIgnored() throws Exception {
        try (Datagrams socket = new Datagrams(fixture.door.port())) {
            Datagrams.Datagram pong = socket.exchange(new byte[] {0x40, 0, 1, 2});
            assertThat(pong.type()).as("a ping is answered with a reset").isEqualTo(3);
            socket.send(new byte[] {0x60, 0x45, 0, 1});
            socket.send(new byte[] {0x70, 0, 0, 2});
            assertThat(socket.isQuietFor(200)).as("acknowledgements and resets nobody waits for").isTrue();
            Datagrams.Datagram reset = socket.exchange(new byte[] {0x41, 0x45, 0, 3, 7});
            assertThat(reset.type()).as("a confirmable response nobody waits for").isEqualTo(3);
        }
        assertServes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "ffffffff", "41010001", "40", "4001000fff", "7f017d34", "4f010001", "49010001",
            "40010002b1", "40010003d1", "40010004e101", "40010005f1", "400100061f", "40e00007ff", "80010008"})
    void garbageDoesNotEndTheDoor(String hex) throws Exception {
        try (Datagrams socket = new Datagrams(fixture.door.port())) {
            socket.send(java.util.HexFormat.of().parseHex(hex));
        }
        assertServes();
    }

    /** Any bytes in any option: every confirmable message that can be read at all is answered, and the door lives. */
    @Test
    void anyOptionsAreAnsweredOrRejected() throws Exception {
        Random random = new Random(20260801);
        int[] interesting = {1, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 17, 20, 23, 27, 28, 35, 39, 60, 252, 256, 257, 258, 259, 260,
            261, 262, 263, 264, 265, 266, 267, 268, 269, 270, 271, 272, 275, 279, 283, 291, 292, 295, 299, 303, 307, 311, 319,
            323, 327, 331, 335, 339, 65_000, 65_001};
        int answered = 0;
        try (Datagrams socket = new Datagrams(fixture.door.port())) {
            for (int round = 0; round < 1_500; round++) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.writeBytes(new byte[] {0x42, (byte) (1 + random.nextInt(5)), (byte) (round >> 8), (byte) round, 1, 2});
                int last = 0;
                int from = random.nextInt(interesting.length);
                for (int i = from; i < interesting.length; i += 1 + random.nextInt(8)) {
                    byte[] value = new byte[random.nextInt(random.nextInt(10) == 0 ? 300 : 9)];
                    random.nextBytes(value);
                    option(bytes, interesting[i] - last, value);
                    last = interesting[i];
                }
                if (random.nextBoolean()) {
                    bytes.write(0xff);
                    byte[] payload = new byte[1 + random.nextInt(40)];
                    random.nextBytes(payload);
                    bytes.writeBytes(payload);
                }
                Datagrams.Datagram answer = socket.exchange(bytes.toByteArray(), "round " + round);
                assertThat(answer.bytes()[2] << 8 & 0xff00 | answer.bytes()[3] & 0xff).as("round " + round).isEqualTo(round);
                assertThat(answer.type()).isIn(2, 3);
                assertThat(answer.code()).as("round " + round).isNotEqualTo(0xa0);
                answered++;
                while (fixture.cse.waiting() > 0) {
                    fixture.cse.request();
                }
            }
        }
        assertThat(answered).isEqualTo(1_500);
        assertServes();
    }

    /** The same for bytes that are hardly CoAP at all; nothing is expected of them but that the next request is served. */
    @Test
    void anyBytesAreSurvived() throws Exception {
        Random random = new Random(7);
        byte[] valid = message(0, 1, 1, new int[] {11, 12, 256, 257}, "mn-name", "2", "C1", "r1");
        try (Datagrams socket = new Datagrams(fixture.door.port())) {
            for (int round = 0; round < 3_000; round++) {
                byte[] mutant = java.util.Arrays.copyOf(valid, 1 + random.nextInt(valid.length + 20));
                for (int i = 0; i < 3; i++) {
                    mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
                }
                socket.send(mutant);
            }
        }
        assertServes();
    }

    @Test
    void moreRequestsThanAllowedAreToldToComeLater() throws Exception {
        CompletableFuture<ResponsePrimitive> later = new CompletableFuture<>();
        fixture.cse.answersLater(request -> later);
        List<Request> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Request request = fixture.request(Code.GET, "slow", "r" + i);
            fixture.client.sendRequest(request);
            fixture.cse.request();
            waiting.add(request);
        }
        Response refused = fixture.send(fixture.request(Code.GET, "slow", "r9"));
        assertThat(refused.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
        assertThat(DoorFixture.rsc(refused)).isEqualTo(5103);
        assertThat(refused.getOptions().getMaxAge()).isEqualTo(2);
        later.complete(ResponsePrimitive.builder(2000, "r").build());
        for (Request request : waiting) {
            assertThat(request.waitForResponse(10_000)).isNotNull();
        }
        fixture.cse.answers(request -> RecordingCse.ok(request).build());
        assertServes();
    }

    /** A small request in somebody else's name draws little, and four bytes before that; who is there gets all. */
    @Test
    void nobodyIsMadeToSendMuchToSomebodyElse() throws Exception {
        fixture.cse.answers(request -> RecordingCse.ok(request).content(new Content("m2m:cnt",
                Attributes.of("lbl", "z".repeat(900)))).build());
        byte[] small = message(0, 1, 99, new int[] {11, 257}, "x", "q");
        try (Datagrams victim = new Datagrams(fixture.door.port()).mute()) {
            int received = 0;
            victim.send(small);
            Datagrams.Datagram acknowledgement = victim.receive();
            received += acknowledgement.bytes().length;
            Datagrams.Datagram answer = victim.receive();
            received += answer.bytes().length;
            assertThat(answer.code()).isEqualTo(0x45);
            assertThat(answer.bytes().length).as("for a request of " + small.length).isLessThanOrEqualTo(80);
            assertThat(received).isLessThan(90);
        }
        try (Datagrams client = new Datagrams(fixture.door.port())) {
            assertThat(client.exchange(small).bytes().length).isGreaterThan(900);
            byte[] second = message(0, 1, 100, new int[] {11, 257}, "x", "q");
            assertThat(client.mute().exchange(second).bytes().length).as("once is enough").isGreaterThan(900);
        }
    }

    @Test
    void aLaterBlockIsNoWayAroundThat() throws Exception {
        fixture.cse.answers(request -> RecordingCse.ok(request).content(new Content("m2m:cnt",
                Attributes.of("lbl", "z".repeat(4_000)))).build());
        byte[] block = message(0, 1, 101, new int[] {11, 23, 257}, "x", "\u0016", "q");
        try (Datagrams victim = new Datagrams(fixture.door.port()).mute()) {
            victim.send(block);
            assertThat(victim.receive().bytes().length).isLessThan(10);
            assertThat(victim.receive().bytes().length).isLessThanOrEqualTo(80);
        }
    }

    @Test
    void manyRequestsAtOnceAreAllAnswered() throws Exception {
        fixture.close();
        fixture = new DoorFixture(Map.of());
        List<Request> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Request request = fixture.request(Code.GET, "x", "r" + i);
            fixture.client.sendRequest(request);
            all.add(request);
        }
        for (Request request : all) {
            assertThat(request.waitForResponse(TimeUnit.SECONDS.toMillis(20))).isNotNull();
        }
    }
}
