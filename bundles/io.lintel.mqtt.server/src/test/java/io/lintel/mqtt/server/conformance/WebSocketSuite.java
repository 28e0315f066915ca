// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static io.lintel.mqtt.server.internal.Packets.bytes;
import static io.lintel.mqtt.server.internal.Packets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 8 of the checklist: MQTT over WebSocket (MQTT 3.1.1 section 6). */
abstract class WebSocketSuite extends ConformanceSuite {
    private static final byte[] CONNACK = bytes(0x20, 2, 0, 0);
    private static final byte[] PINGRESP = bytes(0xd0, 0);

    WebSocketSuite(Subject.Starter starter) {
        super(starter);
    }

    @Override
    Setup setup() {
        return Setup.DEFAULTS.webSocket();
    }

    private WebSocketPeer upgraded() {
        return new WebSocketPeer(server.webSocketPort(), "mqtt").upgraded();
    }

    private WebSocketPeer connectedPeer(String clientId) {
        return upgraded().send(WebSocketPeer.BINARY, Packets.connect(clientId, true, 0)).expect(CONNACK);
    }

    @Test
    @Checks(value = "the client offers subprotocol `mqtt`, and the server answers `mqtt`", statements = {"6.0.0-3", "6.0.0-4"})
    void answersTheSubprotocol() {
        try (WebSocketPeer peer = new WebSocketPeer(server.webSocketPort(), "mqtt")) {
            assertThat(peer.answer().toLowerCase(Locale.ROOT)).startsWith("http/1.1 101 ")
                    .contains("\r\nsec-websocket-protocol: mqtt\r\n");
        }
    }

    @Test
    @Checks(value = "several subprotocols are offered: the server takes `mqtt`", statements = {"6.0.0-3", "6.0.0-4"})
    void picksTheSubprotocol() {
        try (WebSocketPeer peer = new WebSocketPeer(server.webSocketPort(), "chat, mqtt")) {
            assertThat(peer.answer().toLowerCase(Locale.ROOT)).startsWith("http/1.1 101 ")
                    .contains("\r\nsec-websocket-protocol: mqtt\r\n");
        }
    }

    @Test
    @Checks(value = "a client that does not offer `mqtt` is not served", statements = "6.0.0-3")
    void anotherSubprotocol() {
        try (WebSocketPeer peer = new WebSocketPeer(server.webSocketPort(), "chat")) {
            assertThat(peer.answer()).doesNotStartWith("HTTP/1.1 101 ");
        }
    }

    @Test
    @Checks(value = "packets come in binary frames, one in one", statements = "6.0.0-1")
    void onePacketInOneFrame() {
        try (WebSocketPeer peer = connectedPeer("one in one")) {
            peer.send(WebSocketPeer.BINARY, Packets.subscribe(1, "ws", 0)).expect(bytes(0x90, 3, 0, 1, 0));
            byte[] publish = Packets.publish("ws", "x", 0, 0);
            peer.send(WebSocketPeer.BINARY, publish).expect(publish);
            peer.send(WebSocketPeer.BINARY, Packets.PINGREQ).expect(PINGRESP);
        }
    }

    @Test
    @Checks(value = "a packet may be split over frames, each byte in one of its own, and a frame may be empty",
            statements = "6.0.0-2")
    void aPacketOverManyFrames() {
        try (WebSocketPeer peer = upgraded()) {
            for (byte b : Packets.connect("split", true, 0)) {
                peer.send(WebSocketPeer.BINARY, bytes(b & 0xff));
            }
            peer.expect(CONNACK).send(WebSocketPeer.BINARY, new byte[0]);
            peer.send(WebSocketPeer.BINARY, Packets.PINGREQ).expect(PINGRESP);
        }
    }

    @Test
    @Checks(value = "a frame may hold several packets, the last one not whole", statements = "6.0.0-2")
    void manyPacketsInOneFrame() {
        byte[] all = Packets.body().raw(Packets.connect("many", true, 0)).raw(Packets.subscribe(1, "ws many", 0))
                .raw(Packets.publish("ws many", "x", 0, 0)).raw(Packets.PINGREQ).bytes();
        try (WebSocketPeer peer = upgraded()) {
            peer.send(WebSocketPeer.BINARY, Arrays.copyOf(all, all.length - 1)).expect(CONNACK)
                    .expect(bytes(0x90, 3, 0, 1, 0)).expect(Packets.publish("ws many", "x", 0, 0));
            peer.send(WebSocketPeer.BINARY, bytes(0)).expect(PINGRESP);
        }
    }

    @Test
    @Checks(value = "a message of several frames (continuation), with a PING between them", statements = "6.0.0-2")
    void aFragmentedMessage() {
        byte[] connect = Packets.connect("fragments", true, 0);
        try (WebSocketPeer peer = upgraded()) {
            peer.send(WebSocketPeer.BINARY, false, true, Arrays.copyOf(connect, 5));
            peer.send(WebSocketPeer.PING, utf8("still there?")).expectFrame(WebSocketPeer.PONG, utf8("still there?"));
            peer.send(WebSocketPeer.CONTINUATION, true, true, Arrays.copyOfRange(connect, 5, connect.length));
            peer.expect(CONNACK);
        }
    }

    @ParameterizedTest(name = "connected before: {0}")
    @ValueSource(booleans = {true, false})
    @Checks(value = "a text frame: closed", statements = "6.0.0-1", mosquitto = "takes it as a binary one: a fault")
    void closesForATextFrame(boolean connected) {
        try (WebSocketPeer peer = connected ? connectedPeer("text") : upgraded()) {
            peer.send(WebSocketPeer.TEXT, connected ? Packets.PINGREQ : Packets.connect("text", true, 0));
            if (isMosquitto()) {
                peer.expect(connected ? PINGRESP : CONNACK);
            } else {
                peer.expectClosed();
            }
        }
    }

    @Test
    @Checks(value = "a frame without mask: closed", statements = "RFC 6455 5.1", mosquitto = "takes it")
    void closesForAFrameWithoutMask() {
        try (WebSocketPeer peer = connectedPeer("unmasked")) {
            peer.send(WebSocketPeer.BINARY, true, false, Packets.PINGREQ);
            if (isMosquitto()) {
                peer.expect(PINGRESP);
            } else {
                peer.expectClosed();
            }
        }
    }

    @Test
    @Checks(value = "a protocol error of MQTT closes the WebSocket", statements = "4.8.0-1")
    void closesForAProtocolError() {
        try (WebSocketPeer peer = connectedPeer("error")) {
            peer.send(WebSocketPeer.BINARY, bytes(0xf0, 0)).expectClosed();
        }
    }

    @Test
    @Checks(value = "a close frame is no DISCONNECT: the will is published; after DISCONNECT it is not",
            statements = {"3.1.2-8", "3.14.4-3"})
    void theWillOverAWebSocket() {
        try (PacketClient listener = connected("listener"); WebSocketPeer closes = upgraded();
                WebSocketPeer leaves = upgraded()) {
            listener.subscribed("will/#", 0);
            leaves.send(WebSocketPeer.BINARY, Packets.connectWithWill("leaves", true, "will/leaves", "gone", 0, false))
                    .expect(CONNACK).send(WebSocketPeer.BINARY, Packets.DISCONNECT).expectClosed();
            closes.send(WebSocketPeer.BINARY, Packets.connectWithWill("closes", true, "will/closes", "gone", 0, false))
                    .expect(CONNACK).send(WebSocketPeer.CLOSE, bytes(0x03, 0xe8)).expectClosed();
            listener.expectPublish("will/closes", "gone", 0);
            listener.expectNothing();
        }
    }
}
