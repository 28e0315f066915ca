// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * A stock MQTT client with a durable session: connects again by itself, and repeats what was not acknowledged. Knows no
 * oneM2M.
 *
 * <p>When it is told to connect again it does so as a new client of Paho's. Paho completes the token of a disconnection before
 * it has cleared away what belonged to the connection; once in some hundred times the CONNECT of the next one went with it, and
 * the server waited for it in vain.
 */
final class MqttClient implements AutoCloseable {
    private static final long MILLIS = TimeUnit.SECONDS.toMillis(Waiting.SECONDS);
    private static final int QOS = 1;
    private static final int REFUSED = 0x80;

    private final String server;
    private final String clientId;
    private final MqttConnectOptions options;
    private final Consumer<Message> arrived;
    private volatile MqttAsyncClient client;
    private final CountDownLatch lost = new CountDownLatch(1);
    private boolean sessionPresent;
    private boolean closed;

    private MqttClient(String server, String clientId, MqttConnectOptions options, Consumer<Message> arrived) {
        this.server = server;
        this.clientId = clientId;
        this.options = options;
        this.arrived = arrived;
    }

    /** Whom a client is for the server. */
    record Account(String user, String password) {
    }

    static MqttClient durable(String server, String clientId, Consumer<Message> arrived) throws MqttException {
        return connect(server, clientId, null, false, arrived);
    }

    static MqttClient connect(String server, String clientId, Account account, boolean clean, Consumer<Message> arrived)
            throws MqttException {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(clean);
        options.setAutomaticReconnect(account == null);
        options.setMaxReconnectDelay(500);
        options.setMaxInflight(65_535);
        if (account != null) {
            options.setUserName(account.user());
            options.setPassword(account.password().toCharArray());
        }
        MqttClient made = new MqttClient(server.replaceFirst("^mqtt:", "tcp:"), clientId, options, arrived);
        made.open();
        return made;
    }

    private MqttCallbackExtended callback() {
        return new MqttCallbackExtended() {
            @Override
            public void connectComplete(boolean reconnect, String serverUri) {
                // the session is durable: what was subscribed is
            }

            @Override
            public void connectionLost(Throwable cause) {
                lost.countDown();
            }

            @Override
            public void messageArrived(String topic, MqttMessage message) {
                arrived.accept(new Message(topic, message.getPayload()));
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {
                // told by the token
            }
        };
    }

    private void open() throws MqttException {
        client = new MqttAsyncClient(server, clientId, new MemoryPersistence());
        client.setCallback(callback());
        IMqttToken token = client.connect(options);
        token.waitForCompletion(MILLIS);
        sessionPresent = token.getSessionPresent();
    }

    String id() {
        return clientId;
    }

    /** Whether the server still had the session when this client last connected on demand. */
    boolean sessionPresent() {
        return sessionPresent;
    }

    /** Whether the server grants it. */
    boolean subscribe(String... filters) throws MqttException {
        int[] qos = new int[filters.length];
        java.util.Arrays.fill(qos, QOS);
        IMqttToken token = client.subscribe(filters, qos);
        token.waitForCompletion(MILLIS);
        return java.util.Arrays.stream(token.getGrantedQos()).allMatch(granted -> granted != REFUSED);
    }

    /** Hands over what is sent when there is a connection, and again until it is acknowledged. */
    void publish(String topic, byte[] payload) {
        try {
            client.publish(topic, payload, QOS, false);
        } catch (MqttException e) {
            throw new IllegalStateException("not published on " + topic, e);
        }
    }

    /** Publishes, and waits for the PUBACK; false if the server closes the connection instead. */
    boolean publishAcknowledged(String topic, byte[] payload, boolean retained) throws InterruptedException {
        try {
            client.publish(topic, payload, QOS, retained).waitForCompletion(MILLIS);
            return true;
        } catch (MqttException e) {
            if (!lost.await(Waiting.SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("neither acknowledged nor disconnected", e);
            }
            return false;
        }
    }

    boolean isConnected() {
        return client.isConnected();
    }

    /** Everything the server has sent up to now has arrived: a round trip behind it. */
    void fence() throws MqttException {
        client.unsubscribe("fence").waitForCompletion(MILLIS);
    }

    /** As a client that is switched off: the session stays. */
    void disconnect() throws MqttException {
        client.disconnect(0).waitForCompletion(MILLIS);
        client.close();
    }

    void reconnect() throws MqttException {
        open();
    }

    /** Leaving for good (TS-0010 6.3.3): connecting once more with Clean Session set ends the session. */
    void leave() throws MqttException {
        disconnect();
        options.setCleanSession(true);
        options.setAutomaticReconnect(false);
        open();
        disconnect();
        closed = true;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (client.isConnected()) {
                client.disconnectForcibly(0, 200);
            }
            client.close(true);
        } catch (MqttException e) {
            // nobody waits for it
        }
    }
}
