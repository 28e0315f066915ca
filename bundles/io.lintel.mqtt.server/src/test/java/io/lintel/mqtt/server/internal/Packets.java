// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** MQTT 3.1.1 packets as bytes, written from the standard and not with the codec under test. */
public final class Packets {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    public Packets one(int... bytes) {
        for (int b : bytes) {
            body.write(b);
        }
        return this;
    }

    public Packets two(int value) {
        return one(value >> 8 & 0xff, value & 0xff);
    }

    public Packets string(String text) {
        return binary(text.getBytes(StandardCharsets.UTF_8));
    }

    public Packets binary(byte[] bytes) {
        two(bytes.length);
        body.writeBytes(bytes);
        return this;
    }

    public Packets raw(byte[] bytes) {
        body.writeBytes(bytes);
        return this;
    }

    /** As they are. */
    public byte[] bytes() {
        return body.toByteArray();
    }

    /** With the first byte and the remaining length in front. */
    public byte[] as(int firstByte) {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(firstByte);
        int left = body.size();
        do {
            int digit = left & 0x7f;
            left >>= 7;
            packet.write(left > 0 ? digit | 0x80 : digit);
        } while (left > 0);
        packet.writeBytes(body.toByteArray());
        return packet.toByteArray();
    }

    public static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** CONNECT without will and user. */
    public static byte[] connect(String clientId, boolean clean, int keepAlive) {
        return new Packets().string("MQTT").one(4, clean ? 0x02 : 0x00).two(keepAlive).string(clientId).as(0x10);
    }

    /** CONNECT with user name and password; without password if that is null. */
    public static byte[] connect(String clientId, boolean clean, String user, String password) {
        Packets packet = new Packets().string("MQTT").one(4, (clean ? 0x02 : 0) | 0x80 | (password == null ? 0 : 0x40)).two(0)
                .string(clientId).string(user);
        return (password == null ? packet : packet.string(password)).as(0x10);
    }

    public static byte[] connectWithWill(String clientId, boolean clean, String topic, String message, int qos, boolean retain) {
        int flags = (clean ? 0x02 : 0) | 0x04 | qos << 3 | (retain ? 0x20 : 0);
        return new Packets().string("MQTT").one(4, flags).two(0).string(clientId).string(topic).string(message).as(0x10);
    }

    public static byte[] publish(String topic, String payload, int qos, int packetId) {
        return publish(topic, utf8(payload), qos, packetId, false, false);
    }

    public static byte[] publish(String topic, byte[] payload, int qos, int packetId, boolean dup, boolean retain) {
        Packets packet = new Packets().string(topic);
        if (qos > 0) {
            packet.two(packetId);
        }
        return packet.raw(payload).as(0x30 | (dup ? 8 : 0) | qos << 1 | (retain ? 1 : 0));
    }

    public static byte[] retained(String topic, String payload, int qos, int packetId) {
        return publish(topic, utf8(payload), qos, packetId, false, true);
    }

    public static byte[] puback(int packetId) {
        return new Packets().two(packetId).as(0x40);
    }

    public static byte[] pubrec(int packetId) {
        return new Packets().two(packetId).as(0x50);
    }

    public static byte[] pubrel(int packetId) {
        return new Packets().two(packetId).as(0x62);
    }

    public static byte[] pubcomp(int packetId) {
        return new Packets().two(packetId).as(0x70);
    }

    public static byte[] subscribe(int packetId, Object... filtersAndQos) {
        Packets packet = new Packets().two(packetId);
        for (int i = 0; i < filtersAndQos.length; i += 2) {
            packet.string((String) filtersAndQos[i]).one((Integer) filtersAndQos[i + 1]);
        }
        return packet.as(0x82);
    }

    public static byte[] unsubscribe(int packetId, String... filters) {
        Packets packet = new Packets().two(packetId);
        for (String filter : filters) {
            packet.string(filter);
        }
        return packet.as(0xa2);
    }

    public static final byte[] PINGREQ = bytes(0xc0, 0);
    public static final byte[] DISCONNECT = bytes(0xe0, 0);

    private Packets() {
    }

    public static Packets body() {
        return new Packets();
    }
}
