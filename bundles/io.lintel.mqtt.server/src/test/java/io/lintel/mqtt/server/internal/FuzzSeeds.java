// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.io.ByteArrayOutputStream;
import java.util.stream.Stream;

/** Where fuzzing begins: what well-behaved clients say, and some of what is wrong with packets. */
final class FuzzSeeds {
    /** What begins a WebSocket (RFC 6455 1.3). */
    static final byte[] HANDSHAKE = Packets.utf8("GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n"
            + "Sec-WebSocket-Version: 13\r\n\r\n");
    private static final byte[] CONNECT = Packets.connect("a", true, 60);

    private FuzzSeeds() {
    }

    /** One client's side of a connection each. */
    static Stream<byte[]> conversations() {
        return Stream.of(
                all(CONNECT, Packets.subscribe(1, "a/+", 1, "#", 2), Packets.publish("a/b", "payload", 1, 2), Packets.PINGREQ,
                        Packets.unsubscribe(3, "a/+"), Packets.DISCONNECT),
                all(Packets.connectWithWill("b", false, "will/b", "gone", 2, true), Packets.publish("q2", "x", 2, 7),
                        Packets.pubrel(7), Packets.puback(1), Packets.pubrec(2), Packets.pubcomp(2)),
                all(Packets.body().string("MQTT").one(4, 0xc2).two(10).string("c").string("user").binary(new byte[] {1, 0, 2})
                        .as(0x10), Packets.retained("r/ä€𐍈", "kept", 0, 0), Packets.retained("r", "", 1, 9)),
                all(Packets.body().string("MQTT").one(5, 2).two(0).string("five").as(0x10)),
                all(CONNECT, Packets.publish("x".repeat(200), new byte[300], 1, 65_535, true, false)),
                all(CONNECT, Packets.bytes(0x30, 0xff, 0xff, 0xff, 0xff, 1)),
                all(CONNECT, Packets.subscribe(1, "a/#/b", 1)),
                all(CONNECT, Packets.body().two(1).binary(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}).one(0).as(0x82)),
                all(CONNECT, Packets.publish("$SYS/x", "y", 1, 1), Packets.publish("$own/x", "y", 0, 0)));
    }

    /** Stories for {@link FuzzStory}; slot, then the operands of the step. */
    static Stream<byte[]> stories() {
        return Stream.concat(episodes(), Stream.of(all(episodes().toArray(byte[][]::new))));   // a long one lets long ones follow
    }

    private static Stream<byte[]> episodes() {
        return Stream.of(
                story(0, durable(0, 0), subscribe(0, 7, 1), write(), step(FuzzStep.CONNECT, 1, 1, 1), publish(1, 1, 2, 1),
                        step(FuzzStep.ACKNOWLEDGE_ALL, 0), write(), publish(1, 1, 2, 2), step(FuzzStep.ABORT, 0), write(),
                        publish(1, 1, 3, 3), write(), durable(2, 0), write(), step(FuzzStep.ACKNOWLEDGE_ALL, 2)),
                story(2, durable(0, 0), subscribe(0, 2, 2), write(), durable(1, 1), write(),
                        step(FuzzStep.PUBLISH_2, 1, 1, 2, 1), write(), step(FuzzStep.RELEASE, 1, 1), write(),
                        step(FuzzStep.PUBREC, 0, 2), write(), step(FuzzStep.ABORT, 0), durable(0, 0), write(),
                        step(FuzzStep.ACKNOWLEDGE_ALL, 0), write()),
                story(1, step(FuzzStep.CONNECT_WITH_WILL, 0, 0, 0x0b, 1), durable(1, 1), subscribe(1, 2, 1), write(),
                        step(FuzzStep.ABORT, 0), write(), step(FuzzStep.KILL), durable(1, 1), write(),
                        step(FuzzStep.ACKNOWLEDGE_ALL, 1), step(FuzzStep.DROP_SESSION, 1), write()),
                story(3, durable(0, 0), subscribe(0, 0, 1), write(), step(FuzzStep.STALL, 0), step(FuzzStep.CONNECT, 1, 1, 1),
                        publish(1, 0, 4, 1), publish(1, 0, 4, 2), publish(1, 0, 4, 3), publish(1, 0, 4, 4), write(),
                        step(FuzzStep.WAIT), step(FuzzStep.GO_ON, 0), step(FuzzStep.ACKNOWLEDGE_ALL, 0), write()),
                story(8, durable(0, 0), subscribe(0, 0, 1), write(), step(FuzzStep.CONNECT, 1, 1, 1),
                        step(FuzzStep.DISK_FULL), publish(1, 0, 2, 1), write(), step(FuzzStep.WAIT), step(FuzzStep.DISK_FREE),
                        write(), step(FuzzStep.RETAIN, 1, 1, 3, 2, 1), write(), durable(2, 0), write()));
    }

    private static byte[] story(int setup, byte[]... steps) {
        return all(new byte[] {(byte) setup}, all(steps));
    }

    private static byte[] durable(int slot, int clientId) {
        return step(FuzzStep.CONNECT, slot, clientId, 0);
    }

    private static byte[] subscribe(int slot, int filter, int qos) {
        return step(FuzzStep.SUBSCRIBE, slot, 1, filter, qos);
    }

    private static byte[] publish(int slot, int topic, int size, int packetId) {
        return step(FuzzStep.PUBLISH_1, slot, topic, size, packetId);
    }

    private static byte[] write() {
        return step(FuzzStep.WRITE_AND_READ);
    }

    private static byte[] step(FuzzStep step, int... operands) {
        return all(new byte[] {(byte) step.ordinal()}, Packets.bytes(operands));
    }

    /** A whole WebSocket frame, masked with zeros. */
    static byte[] frame(int opcode, byte[] payload) {
        byte[] length = payload.length < 126 ? Packets.bytes(0x80 | payload.length)
                : Packets.bytes(0xfe, payload.length >> 8, payload.length & 0xff);
        return all(Packets.bytes(0x80 | opcode), length, new byte[4], payload);
    }

    static byte[] all(byte[]... packets) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] packet : packets) {
            bytes.writeBytes(packet);
        }
        return bytes.toByteArray();
    }
}
