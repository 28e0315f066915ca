// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import javax.net.SocketFactory;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.ScheduledExecutorPingSender;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of Paho's, as {@link MqttLink} needs it: the CONNECT of TS-0010 6.3 (MQ-12 to MQ-19), subscriptions and
 * publications with QoS 1, and manual acknowledgement. May be connected again and again; it repeats what is
 * unacknowledged under the original packet identifiers [MQTT-4.4.0-1]. When to connect is the link's affair.
 *
 * <p>Paho 1.2.5 is used for the protocol only. Its own reconnection is off: it gives up silently after some failures
 * and knows no subscriptions. QoS 2 never reaches us, as subscriptions ask for QoS 1; its manual acknowledgement is
 * broken.
 *
 * <p>Its methods do not block, except for the two that end it, and may be called from any thread; outcomes come on
 * Paho's callback thread. Paho makes its four threads as daemons, because it is only ever started from a daemon.
 */
final class PahoClient {
    private static final Logger LOG = LoggerFactory.getLogger(PahoClient.class);
    /** A window for Paho above that of the outbox, so that Paho never refuses. */
    private static final int PAHO_INFLIGHT = 256;
    private static final int REFUSED = 0x80;

    private final ServerSettings server;
    private final SocketFactory sockets;
    private final MqttAsyncClient client;

    /** @param callback what arrives, and that the connection is lost */
    PahoClient(ServerSettings server, String clientId, ScheduledExecutorService timer, SocketFactory sockets,
            MqttCallback callback) throws MqttException {
        this.server = server;
        this.sockets = sockets;
        this.client = new MqttAsyncClient(server.pahoUri(), clientId, new MemoryPersistence(),
                new ScheduledExecutorPingSender(timer), null);
        client.setManualAcks(true);
        client.setCallback(callback);
    }

    /**
     * Connects to the durable session. Reads the disk.
     *
     * @throws MqttException if Paho cannot even begin; then neither function is called
     * @throws IOException   if what to present is not to be had; the same
     */
    void connect(int timeoutSeconds, Runnable connected, Consumer<Throwable> failed) throws MqttException, IOException {
        client.connect(options(timeoutSeconds, false), null, new Outcome(token -> connected.run(), failed));
    }

    /** Connects with clean session 1, which ends the durable session (MQ-20); otherwise as {@link #connect}. */
    void connectClean(int timeoutSeconds, Runnable connected, Consumer<Throwable> failed) throws MqttException, IOException {
        client.connect(options(timeoutSeconds, true), null, new Outcome(token -> connected.run(), failed));
    }

    private MqttConnectOptions options(int timeoutSeconds, boolean clean) throws IOException {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(clean);
        options.setAutomaticReconnect(false);
        options.setKeepAliveInterval(server.keepAliveSeconds());
        options.setConnectionTimeout(timeoutSeconds);
        options.setMaxInflight(PAHO_INFLIGHT);
        options.setSocketFactory(sockets);
        server.account().login().ifPresent(login -> {
            options.setUserName(login.userName());
            login.password().ifPresent(password -> options.setPassword(password.toCharArray()));
        });
        return options;
    }

    /**
     * Makes all these subscriptions with one SUBSCRIBE.
     *
     * @param answered gets the filters that the server refused
     * @throws MqttException if Paho cannot even begin; then neither function is called
     */
    void subscribe(List<String> filters, Consumer<List<String>> answered, Consumer<Throwable> failed) throws MqttException {
        int[] qos = new int[filters.size()];
        Arrays.fill(qos, 1);
        client.subscribe(filters.toArray(new String[0]), qos, null, new Outcome(token -> {
            int[] granted = token.getGrantedQos();
            List<String> refused = new ArrayList<>();
            for (int i = 0; i < filters.size(); i++) {
                if (granted[i] >= REFUSED) {
                    refused.add(filters.get(i));
                }
            }
            answered.accept(refused);
        }, failed));
    }

    /** Completes when the server has answered, whatever it grants; fails if there is no connection. */
    CompletionStage<Void> subscribe(String filter) {
        CompletableFuture<Void> subscribed = new CompletableFuture<>();
        try {
            client.subscribe(filter, 1, null, new Outcome(token -> subscribed.complete(null), subscribed::completeExceptionally));
        } catch (MqttException | RuntimeException e) {
            subscribed.completeExceptionally(e);
        }
        return subscribed;
    }

    void unsubscribe(String filter) {
        try {
            client.unsubscribe(filter);
        } catch (MqttException e) {
            LOG.debug("{}: could not unsubscribe from {}: {}", server.address(), filter, e.toString());
        }
    }

    /** Takes a message over; false if it cannot. QoS 1, not retained (MQ-05, MQ-22). */
    boolean publish(Outbox.Message message, Consumer<Outbox.Message> published) {
        try {
            // Paho reports a failure when the connection breaks and success after it has repeated the message.
            client.publish(message.topic(), message.payload(), 1, false, null,
                    new Outcome(token -> published.accept(message), failure -> { }));
            return true;
        } catch (MqttException | RuntimeException e) {
            LOG.debug("{}: not published yet: {}", server.address(), e.toString());
            return false;
        }
    }

    /** Sends a PUBACK. */
    void acknowledge(int packetId) {
        try {
            client.messageArrivedComplete(packetId, 1);
        } catch (MqttException | RuntimeException e) {
            LOG.debug("{}: not acknowledged: {}", server.address(), e.toString());
        }
    }

    /** Ends the connection; the session stays at the server, and what is unacknowledged here. */
    void disconnect() {
        try {
            client.disconnectForcibly(0, 200, true);
        } catch (MqttException | RuntimeException e) {
            LOG.debug("{}: disconnecting: {}", server.address(), e.toString());
        }
    }

    /** Ends the connection and this client, with all that it holds. */
    void close() {
        disconnect();
        try {
            client.close(true);
        } catch (MqttException | RuntimeException e) {
            LOG.debug("{}: closing: {}", server.address(), e.toString());
        }
    }

    /** A Paho listener from two functions. */
    private record Outcome(Consumer<IMqttToken> success, Consumer<Throwable> failure) implements IMqttActionListener {
        @Override
        public void onSuccess(IMqttToken token) {
            success.accept(token);
        }

        @Override
        public void onFailure(IMqttToken token, Throwable exception) {
            failure.accept(exception);
        }
    }
}
