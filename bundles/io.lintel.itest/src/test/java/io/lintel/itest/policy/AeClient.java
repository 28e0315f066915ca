// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.policy;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
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

/** An MQTT client of the tests: says what the server answered, and keeps what arrives. */
final class AeClient implements AutoCloseable {
    private static final long SECONDS = 60;
    private static final int FAILURE = 0x80;

    /** What arrived. */
    record Message(String topic, String payload) {
    }

    private final MqttAsyncClient client;
    private final String id;
    private final BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
    private final CountDownLatch lost = new CountDownLatch(1);

    AeClient(String uri, String id, MqttConnectOptions options) throws MqttException {
        this.id = id;
        client = new MqttAsyncClient(uri, id, new MemoryPersistence());
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                lost.countDown();
            }

            @Override
            public void messageArrived(String topic, MqttMessage message) {
                arrived.add(new Message(topic, new String(message.getPayload(), StandardCharsets.UTF_8)));
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {
                // told by the token
            }
        });
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(true);
        options.setConnectionTimeout((int) SECONDS);
        options.setHttpsHostnameVerificationEnabled(false);   // the node's certificate names it by host, and it is on loopback
        IMqttToken token = client.connect(options);
        token.waitForCompletion(SECONDS * 1_000);
    }

    String id() {
        return id;
    }

    boolean subscribes(String filter) throws MqttException {
        IMqttToken token = client.subscribe(filter, 1);
        token.waitForCompletion(SECONDS * 1_000);
        return token.getGrantedQos()[0] != FAILURE;
    }

    /** Whether it was acknowledged; if not, the server has closed the connection. */
    boolean publishes(String topic, String payload, boolean retain) throws InterruptedException {
        try {
            client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, retain).waitForCompletion(SECONDS * 1_000);
            return true;
        } catch (MqttException e) {
            if (!lost.await(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("neither acknowledged nor disconnected", e);
            }
            return false;
        }
    }

    /** Whether the server still answers. */
    boolean isConnected() throws MqttException {
        if (!client.isConnected()) {
            return false;
        }
        client.unsubscribe("fence").waitForCompletion(SECONDS * 1_000);
        return true;
    }

    Message next(String what) throws InterruptedException {
        Message message = arrived.poll(SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError(id + " waited " + SECONDS + " s in vain for " + what);
        }
        return message;
    }

    /** What arrived and nobody looked at, after everything the server has sent up to now. */
    Message unexpected() throws MqttException, InterruptedException {
        client.unsubscribe("fence").waitForCompletion(SECONDS * 1_000);
        return arrived.poll(200, TimeUnit.MILLISECONDS);   // Paho hands messages over on another thread than answers
    }

    @Override
    public void close() {
        try {
            if (client.isConnected()) {
                client.disconnect(0).waitForCompletion(SECONDS * 1_000);
            }
            client.close();
        } catch (MqttException e) {
            // a connection that the server has just ended is not quite closed yet, and nobody waits for it
        }
    }
}
