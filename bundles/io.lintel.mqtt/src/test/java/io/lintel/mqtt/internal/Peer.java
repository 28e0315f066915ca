// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Primitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Another client of the same server: an AE or CSE as the standard, or one of the known peers, would behave. */
final class Peer implements AutoCloseable {
    /** What arrived. */
    record Received(String topic, byte[] payload, int qos, boolean retained) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        Primitive as(Serialization serialization) {
            return PrimitiveCodec.of(serialization).decode(payload);
        }
    }

    /**
     * How it connects and subscribes.
     *
     * @param cleanSession whether its session ends with its connection
     * @param qos          of its subscriptions
     */
    record Options(boolean cleanSession, int qos) {
    }

    final List<Received> received = new CopyOnWriteArrayList<>();
    private final MqttAsyncClient client;
    private volatile Consumer<Received> reaction = message -> { };

    Peer(int port, String clientId, String... filters) {
        this(port, clientId, new Options(false, 1), filters);
    }

    Peer(int port, String clientId, Options how, String... filters) {
        try {
            client = new MqttAsyncClient("tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
            client.setCallback(new MqttCallbackExtended() {
                @Override
                public void connectComplete(boolean reconnect, String server) {
                    // the session keeps the subscriptions
                }

                @Override
                public void connectionLost(Throwable cause) {
                    // it reconnects by itself
                }

                @Override
                public void messageArrived(String topic, MqttMessage message) {
                    Received arrival = new Received(topic, message.getPayload(), message.getQos(), message.isRetained());
                    received.add(arrival);
                    reaction.accept(arrival);
                }

                @Override
                public void deliveryComplete(IMqttDeliveryToken token) {
                    // not watched
                }
            });
            MqttConnectOptions options = new MqttConnectOptions();
            options.setCleanSession(how.cleanSession());
            options.setAutomaticReconnect(true);
            options.setMaxReconnectDelay(200);
            options.setMaxInflight(2_000);
            client.connect(options).waitForCompletion(60_000);
            for (String filter : filters) {
                client.subscribe(filter, how.qos()).waitForCompletion(60_000);
            }
        } catch (MqttException e) {
            throw new AssertionError(e);
        }
    }

    Peer reacting(Consumer<Received> by) {
        reaction = by;
        return this;
    }

    void publish(String topic, String payload) {
        publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
    }

    void publish(String topic, byte[] payload, int qos, boolean retained) {
        Waiting.until("published to " + topic, () -> {
            try {
                client.publish(topic, payload, qos, retained);
                return true;
            } catch (MqttException e) {
                return false;
            }
        });
    }

    Received next(int index) {
        Waiting.until("message " + (index + 1) + " arrived; so far " + received, () -> received.size() > index);
        return received.get(index);
    }

    @Override
    public void close() {
        try {
            client.disconnectForcibly(0, 200);
            client.close(true);
        } catch (MqttException e) {
            throw new AssertionError(e);
        }
    }
}
