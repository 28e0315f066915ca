// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static io.lintel.mqtt.server.internal.FrameClient.BINARY;
import static io.lintel.mqtt.server.internal.FrameClient.CLOSE;
import static io.lintel.mqtt.server.internal.FrameClient.CONTINUATION;
import static io.lintel.mqtt.server.internal.FrameClient.PING;
import static io.lintel.mqtt.server.internal.FrameClient.PONG;
import static io.lintel.mqtt.server.internal.FrameClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.tls.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MQTT over WebSocket (MQTT 3.1.1 section 6, RFC 6455). */
class WebSocketTest {
    private static final byte[] CONNACK = {0x20, 2, 0, 0};
    private static final byte[] PINGRESP = {(byte) 0xd0, 0};

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(new InMemorySessionStore(), new PasswordTest.Seen(), Map.of("maxPacketBytes", 100_000))
                .listening("ws", Map.of("transport", "ws"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private FrameClient connected(String clientId) {
        return FrameClient.open(server.port("ws")).send(BINARY, true, Packets.connect(clientId, true, 0)).expect(BINARY, CONNACK);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Test
    void severalPacketsInOneFrameAndOnePacketInSeveral() {
        try (FrameClient client = FrameClient.open(server.port("ws"))) {
            // [MQTT-6.0.0-2]
            client.send(BINARY, true, join(Packets.connect("c", true, 0), Packets.PINGREQ, Packets.subscribe(1, "t", 0)));
            client.expect(BINARY, CONNACK).expect(BINARY, PINGRESP)
                    .expect(BINARY, (byte) 0x90, (byte) 3, (byte) 0, (byte) 1, (byte) 0);
            byte[] publish = Packets.publish("t", "in pieces", 0, 0);
            for (byte piece : publish) {
                client.send(BINARY, true, new byte[] {piece});
            }
            client.expect(BINARY, publish);
            assertThat(server.session("c").orElseThrow().connection().orElseThrow().listener()).isEqualTo("ws");
        }
    }

    @Test
    void aMessageInFragmentsWithAPingBetween() {
        try (FrameClient client = connected("c")) {
            client.send(BINARY, true, Packets.subscribe(1, "t", 0)).receive(BINARY);
            byte[] publish = Packets.publish("t", "fragments", 0, 0);
            client.send(BINARY, false, Arrays.copyOf(publish, 3)).send(CONTINUATION, false, new byte[0])
                    .send(PING, true, new byte[] {7, 8}).send(CONTINUATION, true, Arrays.copyOfRange(publish, 3, publish.length));
            client.expect(PONG, (byte) 7, (byte) 8).expect(BINARY, publish);
        }
    }

    @Test
    void aTextFrameEndsTheConnection() {
        try (FrameClient client = connected("c")) {
            client.send(TEXT, true, Packets.PINGREQ).expectClose(1003);                                  // [MQTT-6.0.0-1]
        }
    }

    @Test
    void aCloseFrameIsAnsweredAndLeavesTheWill() {
        try (PacketClient other = server.connected("other").subscribed("will", 0);
                FrameClient client = FrameClient.open(server.port("ws"))) {
            client.send(BINARY, true, Packets.connectWithWill("c", true, "will", "gone", 0, false)).expect(BINARY, CONNACK);
            client.send(CLOSE, true, new byte[] {3, (byte) 0xe8}).expectClose(1000);
            other.expectPublish("will", "gone", 0);
        }
    }

    @Test
    void disconnectEndsInACloseFrame() {
        try (FrameClient client = connected("c")) {
            client.send(BINARY, true, Packets.DISCONNECT).expectClose(1000);
        }
    }

    @Test
    void framesThatBreakTheProtocolEndTheConnection() {
        try (FrameClient client = connected("unmasked")) {
            client.sendRaw(new byte[] {(byte) 0x82, 2, (byte) 0xc0, 0}).expectClose(1002);
        }
        try (FrameClient client = connected("continues nothing")) {
            client.send(CONTINUATION, true, Packets.PINGREQ).expectClose(1002);
        }
        try (FrameClient client = connected("too large")) {
            client.sendRaw(new byte[] {(byte) 0x82, (byte) 0xff, 0, 0, 0, 0, 0, 2, 0, 0, 1, 2, 3, 4}).expectClose(1009);
        }
        try (FrameClient client = connected("compressed")) {
            client.sendRaw(FrameClient.frame(BINARY | 0x40, true, Packets.PINGREQ)).expectClose(1002);
        }
    }

    @Test
    void aRefusedConnectIsToldBeforeTheEnd() {
        try (FrameClient client = FrameClient.open(server.port("ws"))) {
            client.send(BINARY, true, Packets.connect("c", true, "nobody", "x"))
                    .expect(BINARY, (byte) 0x20, (byte) 2, (byte) 0, (byte) 4).expectClose(1000);
        }
    }

    @Test
    void aClientThatSaysNothingIsClosedInTime() {
        TestServer impatient = TestServer.start(Map.of("connectTimeoutMillis", 300)).listening("ws", Map.of("transport", "ws"));
        try (FrameClient silent = new FrameClient(impatient.port("ws"));
                FrameClient shaken = FrameClient.open(impatient.port("ws"))) {
            silent.expectEnd();
            shaken.expectClose(1000);
        } finally {
            impatient.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /other, Sec-X: y, 404, MQTT over WebSocket is at /mqtt",
        "POST /mqtt, Content-Length: 0, 405, begins with GET",
        "GET /mqtt, Origin: https://evil.example, 403, https://evil.example may not connect",
        "GET /mqtt, Origin: null, 403, may not connect"
    })
    void refusesWithASentence(String request, String header, int status, String sentence) {
        try (FrameClient client = new FrameClient(server.port("ws"))) {
            assertThat(client.ask(request + " HTTP/1.1", FrameClient.upgrade(header))).startsWith("HTTP/1.1 " + status + " ");
            assertThat(client.rest()).contains(sentence);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Protocol: mqttv3.1, Sec-WebSocket-Protocol, 400, The subprotocol must be mqtt",
        "X: y, Sec-WebSocket-Protocol, 400, The subprotocol must be mqtt",
        "X: y, Upgrade, 426, Upgrade: websocket",
        "Sec-WebSocket-Version: 8, Sec-WebSocket-Version, 426, is 13",
        "Sec-WebSocket-Key: short, Sec-WebSocket-Key, 400, Sec-WebSocket-Key"
    })
    void refusesWhatIsNoHandshakeForMqtt(String instead, String of, int status, String sentence) {
        String[] headers = Arrays.stream(FrameClient.upgrade(instead))
                .filter(line -> line.equals(instead) || !line.startsWith(of + ":")).toArray(String[]::new);
        try (FrameClient client = new FrameClient(server.port("ws"))) {
            assertThat(client.ask("GET /mqtt HTTP/1.1", headers)).startsWith("HTTP/1.1 " + status + " ");
            assertThat(client.rest()).contains(sentence);
        }
    }

    @Test
    void headersHaveALimit() {
        try (FrameClient client = new FrameClient(server.port("ws"))) {
            assertThat(client.ask("GET /mqtt HTTP/1.1", FrameClient.upgrade("X: " + "y".repeat(20_000))))
                    .startsWith("HTTP/1.1 431 ");
        }
        try (FrameClient client = new FrameClient(server.port("ws"))) {
            assertThat(client.ask("GET /" + "y".repeat(20_000) + " HTTP/1.1")).startsWith("HTTP/1.1 431 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1", "http://127.0.0.1:8181", "https://127.0.0.1:9"})
    void pagesOfThisHostAreWelcome(String origin) {
        try (FrameClient client = new FrameClient(server.port("ws"))) {
            assertThat(client.ask("GET /mqtt HTTP/1.1", FrameClient.upgrade("Origin: " + origin))).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void aForeignNameThatPointsHereIsNotThisHost() {
        String[] headers = FrameClient.upgrade("Origin: http://evil.example:8083");
        headers[0] = "Host: evil.example:8083";
        try (FrameClient client = new FrameClient(server.port("ws"))) {
            assertThat(client.ask("GET /mqtt HTTP/1.1", headers)).startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void configuredPagesAreWelcomeAndNoOthers() {
        server.listening("pages", Map.of("transport", "ws", "origins", "https://page.example, http://other.example:8080"));
        for (String origin : new String[] {"https://page.example", "http://other.example:8080"}) {
            try (FrameClient client = new FrameClient(server.port("pages"))) {
                assertThat(client.ask("GET /mqtt HTTP/1.1", FrameClient.upgrade("Origin: " + origin)))
                        .startsWith("HTTP/1.1 101 ");
            }
        }
        for (String origin : new String[] {"http://page.example", "https://page.example:444", "http://127.0.0.1"}) {
            try (FrameClient client = new FrameClient(server.port("pages"))) {
                assertThat(client.ask("GET /mqtt HTTP/1.1", FrameClient.upgrade("Origin: " + origin)))
                        .startsWith("HTTP/1.1 403 ");
            }
        }
    }

    @Test
    void pahoOverWebSocketAndOverBoth() throws Exception {
        TestCertificates certificates = new TestCertificates(server.home().resolve("etc/tls"));
        server.listening("wss", Map.of("transport", "wss", "authentication", "certificate"));
        for (String scheme : new String[] {"ws", "wss"}) {
            MqttAsyncClient client = new MqttAsyncClient(scheme + "://localhost:" + server.port(scheme) + "/mqtt", "paho",
                    new MemoryPersistence());
            MqttConnectOptions options = new MqttConnectOptions();
            if (scheme.equals("wss")) {
                options.setSocketFactory(certificates.client(certificates.issue("paho")).getSocketFactory());
            }
            BlockingQueue<String> received = new LinkedBlockingQueue<>();
            client.connect(options).waitForCompletion(20_000);
            client.subscribe("t", 2, (topic, message) -> received.add(topic + " " + message.getPayload().length))
                    .waitForCompletion(10_000);
            for (int size : new int[] {0, 100, 200, 70_000}) {
                client.publish("t", new byte[size], 2, false).waitForCompletion(10_000);
                assertThat(received.poll(60, TimeUnit.SECONDS)).isEqualTo("t " + size);
            }
            client.disconnect().waitForCompletion(10_000);
            client.close();
        }
    }
}
