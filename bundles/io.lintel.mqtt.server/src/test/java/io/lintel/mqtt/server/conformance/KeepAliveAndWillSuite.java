// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static io.lintel.mqtt.server.internal.Packets.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3 of the checklist: keep alive, will, DISCONNECT. */
abstract class KeepAliveAndWillSuite extends ConformanceSuite {
    KeepAliveAndWillSuite(Subject.Starter starter) {
        super(starter);
    }

    @Override
    Setup setup() {
        return Setup.DEFAULTS.lintel("connectTimeoutMillis", 500);
    }

    private static byte[] connect(String clientId, int keepAlive, String willTopic) {
        return Packets.body().string("MQTT").one(4, 0x06).two(keepAlive).string(clientId).string(willTopic).string("gone")
                .as(0x10);
    }

    private PacketClient withWill(String clientId, String topic, int qos, boolean retain) {
        return open().send(Packets.connectWithWill(clientId, true, topic, "gone", qos, retain)).expectConnack(0, false);
    }

    // ---- keep alive -------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "no packet within 1.5 times the keep alive: closed, will published; any packet keeps it alive; 0 is off",
            statements = {"3.1.2-23", "3.1.2-24", "3.1.2-8", "3.12.4-1"}, mosquitto = "looks every few seconds only")
    @Tag("MQ-17")
    void closesAfterOneAndAHalfKeepAlive() {
        try (PacketClient listener = connected("listener"); PacketClient quiet = open(); PacketClient pinging = open();
                PacketClient busy = open(); PacketClient off = connected("off")) {
            listener.subscribed("will/keep alive", 0);
            pinging.send(Packets.connect("pinging", true, 1)).expectConnack(0, false);
            busy.send(Packets.connect("busy", true, 1)).expectConnack(0, false);
            quiet.send(connect("quiet", 1, "will/keep alive")).expectConnack(0, false);
            long start = System.nanoTime();
            CompletableFuture<Duration> silent = CompletableFuture.supplyAsync(() -> {
                quiet.expectClosed();
                return Duration.ofNanos(System.nanoTime() - start);
            });
            while (!silent.isDone()) {
                pinging.send(0xc0, 0).expect(0xd0, 0);
                busy.send(Packets.puback(9));
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            }
            assertThat(silent.join()).isBetween(Duration.ofMillis(1_400), Duration.ofMillis(isMosquitto() ? 8_000 : 4_000));
            listener.expectPublish("will/keep alive", "gone", 0);
            pinging.expectNothing();
            busy.expectNothing();
            off.expectNothing();
        }
    }

    @Test
    @Checks(value = "no CONNECT in time: closed", statements = "3.1.4-1", lintel = "after connectTimeoutMillis, here 0.5 s",
            mosquitto = "after about 90 s, not to be set: only shown to be longer than ours")
    void closesASilentConnection() {
        try (PacketClient silent = open(); PacketClient half = open().send(0x10, 20, 0, 4)) {
            if (isMosquitto()) {
                half.send(Packets.body().raw(Packets.utf8("MQTT")).one(4, 2, 0, 0).string("12345678").bytes())
                        .expectConnack(0, false);
                silent.send(Packets.connect("late", true, 0)).expectConnack(0, false);
            } else {
                silent.expectClosed();
                half.expectClosed();
            }
        }
    }

    // ---- will -------------------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "QoS {0}")
    @ValueSource(ints = {0, 1, 2})
    @Checks(value = "the connection ends without DISCONNECT: the will is published with its QoS",
            statements = {"3.1.2-8", "3.1.2-12"})
    void publishesTheWillOfAClientThatDies(int qos) {
        try (PacketClient listener = connected("listener")) {
            listener.subscribed("will/dies", 2);
            PacketClient reset = withWill("reset", "will/dies", qos, false);
            listener.expectNothing();
            reset.abort();                                   // RST
            take(listener, "will/dies", "gone", qos);
            withWill("ends", "will/dies", qos, false).close();   // FIN
            take(listener, "will/dies", "gone", qos);
            listener.expectNothing();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"a forbidden type, 0xf0 0x00", "QoS 3, 0x36 0x05 0x00 0x01 0x74 0x00 0x01",
        "a fifth length byte, 0x30 0x80 0x80 0x80 0x80 0x01", "identifier 0, 0x82 0x06 0x00 0x00 0x00 0x01 0x74 0x00"})
    @Checks(value = "the server closes for a protocol error: the will is published", statements = {"3.1.2-8", "4.8.0-1"})
    void publishesTheWillAfterAProtocolError(String what, String packet) {
        String[] each = packet.split(" ");
        byte[] wrong = new byte[each.length];
        for (int i = 0; i < each.length; i++) {
            wrong[i] = (byte) Integer.decode(each[i]).intValue();
        }
        try (PacketClient listener = connected("listener"); PacketClient client = withWill("error", "will/error", 0, false)) {
            listener.subscribed("will/error", 0);
            client.sendAnyway(wrong).expectClosed();
            listener.expectPublish("will/error", "gone", 0);
        }
    }

    @Test
    @Checks(value = "no will after DISCONNECT", statements = {"3.1.2-10", "3.14.4-3"})
    void publishesNoWillAfterDisconnect() {
        try (PacketClient listener = connected("listener"); PacketClient client = withWill("leaves", "will/leaves", 0, false)) {
            listener.subscribed("will/leaves", 0);
            client.send(Packets.DISCONNECT).expectClosed();
            listener.expectNothing();
        }
    }

    @Test
    @Checks(value = "DISCONNECT: the server closes, and takes nothing behind it", statements = {"3.14.4-1", "3.14.4-2"})
    void takesNothingAfterDisconnect() {
        try (PacketClient listener = connected("listener"); PacketClient client = connected("behind")) {
            listener.subscribed("behind", 0);
            client.send(Packets.body().raw(Packets.DISCONNECT).raw(Packets.publish("behind", "x", 0, 0)).bytes()).expectClosed();
            listener.expectNothing();
        }
    }

    @Test
    @Checks(value = "a will belongs to its connection: the next one of the session has its own or none",
            statements = {"3.1.2-8", "3.1.2-10"})
    void aWillIsPublishedOnce() {
        try (PacketClient listener = connected("listener")) {
            listener.subscribed("will/once", 0);
            open().send(Packets.connectWithWill("once", false, "will/once", "gone", 0, false)).expectConnack(0, false).abort();
            listener.expectPublish("will/once", "gone", 0);
            resumed("once").abort();
            resumed("once").send(Packets.DISCONNECT).expectClosed();
            listener.expectNothing();
        }
    }

    @Test
    @Checks(value = "will retain 1: it is kept for later subscribers", statements = "3.1.2-17")
    void keepsARetainedWill() {
        try (PacketClient standing = connected("standing")) {
            standing.subscribed("will/kept", 0);
            withWill("kept", "will/kept", 1, true).abort();
            standing.expectPublish("will/kept", "gone", 0);
        }
        try (PacketClient later = connected("later")) {
            later.subscribed("will/kept", 1);
            later.send(Packets.puback(expect(later, "PUBLISH will/kept gone qos 1 retain"))).expectNothing();
        }
    }

    @Test
    @Checks(value = "will retain 0: it is not kept", statements = "3.1.2-16")
    void doesNotKeepAWillThatIsNotRetained() {
        try (PacketClient standing = connected("standing")) {
            standing.subscribed("will/not kept", 0);
            withWill("not kept", "will/not kept", 1, false).abort();
            standing.expectPublish("will/not kept", "gone", 0);
        }
        try (PacketClient later = connected("later")) {
            later.subscribed("will/not kept", 1).expectNothing();
        }
    }

    @Test
    @Checks(value = "an empty will message with will retain 1 clears the retained message", statements = {"3.1.2-17", "3.3.1-10"})
    void anEmptyRetainedWillClears() {
        try (PacketClient client = connected("sets"); PacketClient standing = connected("standing")) {
            publish(client, "will/clears", "kept", 1, true);
            standing.subscribed("will/clears", 0).expectDescribed("PUBLISH will/clears kept qos 0 retain");
            open().send(Packets.connectWithWill("clears", true, "will/clears", "", 0, true)).expectConnack(0, false).abort();
            standing.expectPublish("will/clears", "", 0);
            client.subscribed("will/clears", 0).expectNothing();
        }
    }

    @Test
    @Checks(value = "a will message is bytes, not text", statements = "3.1.3-10")
    void aWillMessageIsBytes() {
        byte[] message = bytes(0x00, 0xff, 0xc0, 0x80);
        try (PacketClient listener = connected("listener"); PacketClient client = open()) {
            listener.subscribed("will/bytes", 0);
            client.send(Packets.body().string("MQTT").one(4, 0x06).two(0).string("bytes").string("will/bytes").binary(message)
                    .as(0x10)).expectConnack(0, false).abort();
            listener.expect(Packets.publish("will/bytes", message, 0, 0, false, false));
        }
    }

    @Test
    @Checks(value = "the server ends: wills are published, at the latest when it is back", statements = "3.1.2-8")
    void publishesWillsWhenItEnds() {
        away("will listener", "will/end", 1);
        PacketClient client = withWill("end", "will/end", 1, false);
        server.restart();
        client.expectClosed();
        try (PacketClient listener = resumed("will listener")) {
            take(listener, "will/end", "gone", 1);
            listener.expectNothing();
        }
    }
}
