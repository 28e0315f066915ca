// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the client that the MQTT binding uses. */
class PahoTest {
    private TestServer server;
    private final List<MqttAsyncClient> clients = new ArrayList<>();

    @BeforeEach
    void start() {
        server = TestServer.start(Map.of("sysSeconds", 1));
    }

    @AfterEach
    void stop() throws MqttException {
        for (MqttAsyncClient client : clients) {
            if (client.isConnected()) {
                client.disconnectForcibly(0, 1_000);
            }
            client.close(true);
        }
        server.close();
    }

    private MqttAsyncClient client(String id, boolean clean, BlockingQueue<String> received) throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient("tcp://127.0.0.1:" + server.port(), id, new MemoryPersistence());
        clients.add(client);
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(clean);
        options.setMaxInflight(100);
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                received.add("lost");
            }

            @Override
            public void messageArrived(String topic, MqttMessage message) {
                received.add(topic + " " + new String(message.getPayload(), StandardCharsets.UTF_8) + " " + message.getQos()
                        + (message.isRetained() ? " retained" : ""));
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {
                // the tokens are waited for
            }
        });
        client.connect(options).waitForCompletion(10_000);
        return client;
    }

    private static String next(BlockingQueue<String> received) throws InterruptedException {
        return String.valueOf(received.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void everyQualityOfServiceBothWays() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        MqttAsyncClient client = client("paho", true, received);
        client.subscribe(new String[] {"a/#", "b"}, new int[] {2, 0}).waitForCompletion(10_000);
        for (int qos = 0; qos <= 2; qos++) {
            client.publish("a/" + qos, new byte[] {'x'}, qos, false).waitForCompletion(10_000);
            assertThat(next(received)).isEqualTo("a/" + qos + " x " + qos);
        }
        client.publish("b", new byte[] {'y'}, 2, true).waitForCompletion(10_000);
        assertThat(next(received)).isEqualTo("b y 0");
        client.unsubscribe("b").waitForCompletion(10_000);
        client.subscribe("b", 1).waitForCompletion(10_000);
        assertThat(next(received)).isEqualTo("b y 1 retained");
    }

    @Test
    void anOfflineQueueSurvivesAKillAndKeepsItsOrder() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        MqttAsyncClient subscriber = client("sub", false, received);
        subscriber.subscribe("q/#", 2).waitForCompletion(10_000);
        subscriber.disconnect().waitForCompletion(10_000);
        MqttAsyncClient publisher = client("pub", true, new LinkedBlockingQueue<>());
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            publisher.publish("q/" + i % 2, ("m" + i).getBytes(StandardCharsets.UTF_8), 2, false).waitForCompletion(10_000);
            expected.add("q/" + i % 2 + " m" + i + " 2");
        }
        server = server.killedAndRestarted();
        client("sub", false, received);
        List<String> all = Collections.synchronizedList(new ArrayList<>());
        while (all.size() < 500) {
            all.add(next(received));
        }
        assertThat(all).isEqualTo(expected);
        TestServer.eventually("all handshakes are done", () -> server.store().queued("sub") == 0);
        assertThat(received).isEmpty();
    }

    @Test
    void takesOver() throws Exception {
        BlockingQueue<String> first = new LinkedBlockingQueue<>();
        client("same", false, first);
        BlockingQueue<String> second = new LinkedBlockingQueue<>();
        MqttAsyncClient now = client("same", false, second);
        assertThat(next(first)).isEqualTo("lost");
        now.subscribe("t", 1).waitForCompletion(10_000);
        now.publish("t", new byte[] {'x'}, 1, false).waitForCompletion(10_000);
        assertThat(next(second)).isEqualTo("t x 1");
    }

    @Test
    void aSubscriptionToSysGetsNumbers() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        client("sys", true, received).subscribe("$SYS/#", 0).waitForCompletion(10_000);
        assertThat(next(received)).startsWith("$SYS/broker/");
    }

    @Test
    void theBlockingClientWorksToo() throws Exception {
        try (MqttClient client = new MqttClient("tcp://127.0.0.1:" + server.port(), MqttClient.generateClientId(),
                new MemoryPersistence())) {
            client.connect();
            client.publish("t", new byte[0], 1, false);
            client.disconnect();
        }
    }
}
