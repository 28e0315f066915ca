// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A lamp with Tasmota's topics: it knows no oneM2M, says how it is, and does what {@code cmnd/} tells it. */
final class Lamp implements MqttCallback, AutoCloseable {
    private final String name;
    private final MqttAsyncClient client;
    private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
    private volatile String power = "OFF";

    Lamp(String server, String name) throws MqttException {
        this.name = name;
        client = new MqttAsyncClient(server.replaceFirst("^mqtt:", "tcp:"), "lamp-" + name, new MemoryPersistence());
        client.setCallback(this);
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(false);
        options.setAutomaticReconnect(true);
        options.setMaxReconnectDelay(1000);
        options.setMaxInflight(1000);
        options.setWill("tele/" + name + "/LWT", "Offline".getBytes(StandardCharsets.UTF_8), 1, true);
        client.connect(options).waitForCompletion(10_000);
        client.subscribe("cmnd/" + name + "/#", 1).waitForCompletion(10_000);
        client.publish("tele/" + name + "/LWT", "Online".getBytes(StandardCharsets.UTF_8), 1, true).waitForCompletion(10_000);
    }

    boolean isConnected() {
        return client.isConnected();
    }

    /** Says a measured value, as {@code tele/<name>/SENSOR}; waits until the server has taken it. */
    void say(String measurement) throws MqttException {
        client.publish("tele/" + name + "/SENSOR", measurement.getBytes(StandardCharsets.UTF_8), 1, false)
                .waitForCompletion(15_000);
    }

    /** The next command, or an exception when none comes. */
    String command() throws InterruptedException {
        String command = commands.poll(15, TimeUnit.SECONDS);
        if (command == null) {
            throw new IllegalStateException("no command reached the lamp within 15 s");
        }
        return command;
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) throws MqttException {
        String command = new String(message.getPayload(), StandardCharsets.UTF_8);
        power = command.equals("TOGGLE") ? power.equals("ON") ? "OFF" : "ON" : command;
        client.publish("stat/" + name + "/POWER", power.getBytes(StandardCharsets.UTF_8), 1, false);
        commands.add(topic.substring(topic.lastIndexOf('/') + 1) + " " + command);
    }

    @Override
    public void connectionLost(Throwable cause) {
        // Paho connects again by itself.
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
        // say() waits for it.
    }

    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(0, 500);
        client.close(true);
    }
}
