// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.interop;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho for Java, which the MQTT binding uses too. */
class PahoClientTest extends ForeignClientSuite {
    private static final long MILLIS = 10_000;

    @Override
    ForeignClient connect(Endpoint endpoint, String clientId, boolean clean, String will) throws Exception {
        return new Paho(endpoint, clientId, clean, will);
    }

    private static final class Paho implements ForeignClient, MqttCallback {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final MqttAsyncClient client;
        private final boolean present;

        Paho(Endpoint endpoint, String clientId, boolean clean, String will) throws MqttException {
            client = new MqttAsyncClient(endpoint.uri("tcp", "ssl", "ws", "wss"), clientId, new MemoryPersistence());
            client.setCallback(this);
            MqttConnectOptions options = new MqttConnectOptions();
            options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
            options.setCleanSession(clean);
            if (endpoint.transport().isSecure()) {
                options.setSocketFactory(endpoint.tls().getSocketFactory());
                options.setUserName(Endpoint.USER);
                options.setPassword(Endpoint.PASSWORD.toCharArray());
            }
            if (will != null) {
                options.setWill(will, "gone".getBytes(StandardCharsets.UTF_8), 1, false);
            }
            IMqttToken connected = client.connect(options);
            connected.waitForCompletion(MILLIS);
            present = connected.getSessionPresent();
        }

        @Override
        public boolean sessionPresent() {
            return present;
        }

        @Override
        public void subscribe(String filter, int qos) throws MqttException {
            client.subscribe(filter, qos).waitForCompletion(MILLIS);
        }

        @Override
        public void unsubscribe(String filter) throws MqttException {
            client.unsubscribe(filter).waitForCompletion(MILLIS);
        }

        @Override
        public void publish(String topic, byte[] payload, int qos, boolean retain) throws MqttException {
            client.publish(topic, payload, qos, retain).waitForCompletion(MILLIS);
        }

        @Override
        public String next() throws InterruptedException {
            return received.poll(MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void disconnect() throws MqttException {
            client.disconnect().waitForCompletion(MILLIS);
        }

        @Override
        public void die() throws MqttException {
            client.disconnectForcibly(0, 1, false);   // closes the socket without DISCONNECT
        }

        @Override
        public void close() throws MqttException {
            if (client.isConnected()) {
                client.disconnectForcibly(0, 1, false);
            }
            client.close(true);
        }

        @Override
        public void connectionLost(Throwable cause) {
            received.add("lost: " + cause);
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            received.add(ForeignClient.describe(topic, message.getPayload(), message.getQos(), message.isRetained()));
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // the tokens are waited for
        }
    }
}
