// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.ScheduledExecutorPingSender;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One durable MQTT session kept connected: CONNECT as TS-0010 6.3 wants it (MQ-12 to MQ-19), subscriptions before use,
 * reconnection with back-off, and manual acknowledgement. Knows no primitives.
 *
 * <p>Paho 1.2.5 is used for the protocol only. Its own reconnection is off: it gives up silently after some failures
 * and knows no subscriptions. Its client is kept over reconnections, because it repeats what is unacknowledged under
 * the original packet identifiers [MQTT-4.4.0-1]; one that hangs between CONNECT and CONNACK, which Paho itself never
 * notices, is given up for a new one. Subscriptions are never made nor awaited inside its callbacks, which would block
 * its receiver. QoS 2 never reaches us, as subscriptions ask for QoS 1; its manual acknowledgement is broken.
 *
 * <p>State changes happen under this object's lock, connecting on the timer thread, listener calls on Paho's callback
 * thread. Paho makes its four threads as daemons, because it is only ever started from a daemon.
 */
final class MqttLink {
    private static final Logger LOG = LoggerFactory.getLogger(MqttLink.class);
    private static final int CONNECT_SECONDS = 10;
    private static final long BACK_OFF_FIRST_MILLIS = 100;
    private static final long BACK_OFF_MOST_MILLIS = 30_000;
    private static final long BACK_OFF_MOST_LOOPBACK_MILLIS = 2_000;
    private static final long STABLE_MILLIS = 10_000;
    /** A window for Paho above that of the outbox, so that Paho never refuses. */
    private static final int PAHO_INFLIGHT = 256;
    private static final int REFUSED = 0x80;

    /** Where a link's events go. Must not block. */
    interface Listener {
        /** On Paho's callback thread. {@code generation} changes with every connection. */
        void arrived(String topic, MqttMessage message, long generation);

        /** A connection is about to be made: nothing from an earlier one counts any more. */
        void connecting();

        /** Connected, all subscriptions made: publishing may begin. */
        void ready();

        /** Not connected any more; {@code clientLost} if the client with what it held is given up. */
        void lost(boolean clientLost);

        /** The server has this message. */
        void published(Outbox.Message message);
    }

    private enum State { NEW, CONNECTING, SUBSCRIBING, READY, WAITING, PAUSED, CLOSED }

    private final ServerAddress server;
    private final String clientId;
    private final Settings settings;
    private final ScheduledExecutorService timer;
    private final SocketFactory sockets;
    private final OwnAccount account;
    private final Listener listener;
    /** Filters, and whether the link is of no use without them. */
    private final Map<String, Boolean> filters = new LinkedHashMap<>();
    private State state = State.NEW;
    private String trouble = "not connected yet";
    private MqttAsyncClient client;
    private volatile long generation;
    private long backOffMillis = BACK_OFF_FIRST_MILLIS;
    private long readySince;

    /** @param account what to show the own server; no other gets to see it */
    MqttLink(ServerAddress server, String clientId, Settings settings, ScheduledExecutorService timer, SocketFactory sockets,
            OwnAccount account, Listener listener) {
        this.server = server;
        this.clientId = clientId;
        this.settings = settings;
        this.timer = timer;
        this.sockets = sockets;
        this.account = account;
        this.listener = listener;
    }

    /** Adds a subscription to be made with the next connection. */
    synchronized void filter(String filter, boolean required) {
        filters.merge(filter, required, Boolean::logicalOr);
    }

    void open() {
        timer.execute(this::connect);
    }

    synchronized boolean isReady() {
        return state == State.READY;
    }

    /** Why it is not ready, in words. */
    synchronized String trouble() {
        return state == State.READY ? "" : trouble;
    }

    long generation() {
        return generation;
    }

    /** Subscribes now; fails if there is no connection. A filter that is subscribed already costs nothing. */
    CompletionStage<Void> subscribe(String filter) {
        CompletableFuture<Void> subscribed = new CompletableFuture<>();
        MqttAsyncClient current;
        synchronized (this) {
            if (state == State.READY && filters.containsKey(filter)) {
                return CompletableFuture.completedFuture(null);
            }
            filters.putIfAbsent(filter, false);
            current = client;
        }
        try {
            current.subscribe(filter, 1, null, Outcome.of(token -> subscribed.complete(null), subscribed::completeExceptionally));
        } catch (MqttException | RuntimeException e) {
            subscribed.completeExceptionally(e);
        }
        return subscribed;
    }

    /** Ends a subscription, if there is one. */
    void unsubscribe(String filter) {
        MqttAsyncClient current;
        synchronized (this) {
            if (filters.remove(filter) == null || state != State.READY) {
                return;
            }
            current = client;
        }
        try {
            current.unsubscribe(filter);
        } catch (MqttException e) {
            LOG.debug("{}: could not unsubscribe from {}: {}", server, filter, e.toString());
        }
    }

    /** Hands a message to Paho; false if it cannot take it. QoS 1, not retained (MQ-05, MQ-22). */
    boolean publish(Outbox.Message message) {
        MqttAsyncClient current;
        synchronized (this) {
            if (state != State.READY) {
                return false;
            }
            current = client;
        }
        try {
            // Paho reports a failure when the connection breaks and success after it has repeated the message.
            current.publish(message.topic(), message.payload(), 1, false, null,
                    Outcome.of(token -> listener.published(message), failure -> { }));
            return true;
        } catch (MqttException | RuntimeException e) {
            LOG.debug("{}: not published yet: {}", server, e.toString());
            return false;
        }
    }

    /** Sends a PUBACK; the caller sees to it that the delivery was on the present connection. */
    void acknowledge(int packetId) {
        MqttAsyncClient current;
        synchronized (this) {
            current = client;
        }
        try {
            if (current != null) {
                current.messageArrivedComplete(packetId, 1);
            }
        } catch (MqttException | RuntimeException e) {
            LOG.debug("{}: not acknowledged: {}", server, e.toString());
        }
    }

    /** Stops reading by disconnecting: the session stays, the server keeps what comes. Until {@link #resume()}. */
    void pause(String why) {
        timer.execute(() -> {
            MqttAsyncClient current;
            synchronized (this) {
                if (state == State.CLOSED || state == State.PAUSED || client == null) {
                    return;
                }
                state = State.PAUSED;
                trouble = why;
                current = client;
            }
            LOG.info("{}: paused, {}", server, why);
            end(current, false);
            listener.lost(false);
        });
    }

    void resume() {
        synchronized (this) {
            if (state != State.PAUSED) {
                return;
            }
            state = State.WAITING;
        }
        timer.execute(this::connect);
    }

    /** Disconnects for now; the session stays at the server (MQ-01). */
    void close() {
        MqttAsyncClient current;
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
            trouble = "closed";
            current = client;
            client = null;
        }
        if (current != null) {
            end(current, true);
        }
    }

    private void connect() {
        long attempt;
        MqttAsyncClient current;
        synchronized (this) {
            if (state != State.NEW && state != State.WAITING) {
                return;
            }
            state = State.CONNECTING;
            attempt = ++generation;
            current = client;
        }
        listener.connecting();
        try {
            if (current == null) {
                current = newClient();
                synchronized (this) {
                    if (state != State.CLOSED) {
                        client = current;
                    }
                }
            }
            if (!isCurrent(current)) {
                end(current, true);
                return;
            }
            current.connect(options(), null, Outcome.of(token -> connected(attempt), failure -> failed(attempt, failure)));
        } catch (MqttException | RuntimeException e) {
            failed(attempt, e);
            return;
        }
        timer.schedule(() -> hangs(attempt), CONNECT_SECONDS, TimeUnit.SECONDS);
    }

    /** False when the link was closed meanwhile: nobody would end this client any more. */
    private synchronized boolean isCurrent(MqttAsyncClient made) {
        return client == made;
    }

    private MqttAsyncClient newClient() throws MqttException {
        MqttAsyncClient made = new MqttAsyncClient(server.tcpUri(), clientId, new MemoryPersistence(),
                new ScheduledExecutorPingSender(timer), null);
        made.setManualAcks(true);
        made.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                failed(generation, cause);
            }

            @Override
            public void messageArrived(String topic, MqttMessage message) {
                listener.arrived(topic, message, generation);
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {
                // the listener of each publication is told
            }
        });
        return made;
    }

    private MqttConnectOptions options() {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(false);
        options.setAutomaticReconnect(false);
        options.setKeepAliveInterval(settings.keepAliveSeconds());
        options.setConnectionTimeout(CONNECT_SECONDS);
        options.setMaxInflight(PAHO_INFLIGHT);
        options.setSocketFactory(sockets);
        Optional<String> secret = account.secret();
        Optional<String> password = secret.isPresent() ? secret : settings.password();
        (secret.isPresent() ? Optional.of(OwnAccount.NAME) : settings.userName()).ifPresent(options::setUserName);
        password.ifPresent(text -> options.setPassword(text.toCharArray()));
        return options;
    }

    private void connected(long attempt) {
        String[] names;
        int[] qos;
        List<Boolean> required;
        MqttAsyncClient current;
        synchronized (this) {
            if (attempt != generation || state != State.CONNECTING) {
                return;
            }
            state = State.SUBSCRIBING;
            names = filters.keySet().toArray(new String[0]);
            required = new ArrayList<>(filters.values());
            current = client;
        }
        qos = new int[names.length];
        java.util.Arrays.fill(qos, 1);
        if (names.length == 0) {
            ready(attempt);
            return;
        }
        try {
            current.subscribe(names, qos, null, Outcome.of(token -> {
                int[] granted = token.getGrantedQos();
                for (int i = 0; i < names.length; i++) {
                    if (granted[i] >= REFUSED) {
                        LOG.debug("{}: subscription to {} refused", server, names[i]);
                        if (required.get(i)) {
                            refused(attempt, names[i]);
                            return;
                        }
                    }
                }
                ready(attempt);
            }, failure -> failed(attempt, failure)));
        } catch (MqttException | RuntimeException e) {
            failed(attempt, e);
        }
    }

    private void ready(long attempt) {
        synchronized (this) {
            if (attempt != generation || state != State.SUBSCRIBING) {
                return;
            }
            state = State.READY;
            readySince = System.nanoTime();
        }
        LOG.info("connected to {} as {}", server, clientId);
        listener.ready();
    }

    private void refused(long attempt, String filter) {
        timer.execute(() -> giveUp(attempt, "the server refuses the subscription to " + filter));
    }

    private void hangs(long attempt) {
        synchronized (this) {
            if (attempt != generation || state != State.CONNECTING && state != State.SUBSCRIBING) {
                return;
            }
        }
        giveUp(attempt, "the server does not answer");
    }

    /** Drops a client that is of no use any more and starts over with a new one. On the timer thread. */
    private void giveUp(long attempt, String why) {
        MqttAsyncClient hanging;
        synchronized (this) {
            if (attempt != generation || client == null || state == State.CLOSED) {
                return;
            }
            hanging = client;
            client = null;
        }
        end(hanging, true);
        listener.lost(true);
        failed(attempt, new MqttException(MqttException.REASON_CODE_CLIENT_TIMEOUT, new IllegalStateException(why)));
    }

    private void failed(long attempt, Throwable cause) {
        long wait;
        boolean wasReady;
        String reason = reason(cause);
        synchronized (this) {
            if (attempt != generation || state == State.WAITING || state == State.PAUSED || state == State.CLOSED) {
                return;
            }
            wasReady = state == State.READY;
            state = State.WAITING;
            if (wasReady && System.nanoTime() - readySince > TimeUnit.MILLISECONDS.toNanos(STABLE_MILLIS)) {
                backOffMillis = BACK_OFF_FIRST_MILLIS;
            }
            wait = backOffMillis / 2 + ThreadLocalRandom.current().nextLong(backOffMillis / 2 + 1);
            backOffMillis = Math.min(backOffMillis * 2, server.isLoopback() ? BACK_OFF_MOST_LOOPBACK_MILLIS
                    : BACK_OFF_MOST_MILLIS);
            if (!wasReady && reason.equals(trouble)) {
                LOG.debug("{}: {}", server, reason);
            } else {
                LOG.info("{}: {}; trying again", server, reason);
            }
            trouble = reason;
        }
        listener.lost(false);
        try {
            timer.schedule(this::connect, wait, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.RejectedExecutionException e) {
            LOG.debug("{}: not tried again, the binding has ended", server);
        }
    }

    private static String reason(Throwable cause) {
        if (cause == null) {
            return "connection lost";
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private void end(MqttAsyncClient ended, boolean forGood) {
        try {
            ended.disconnectForcibly(0, 200, true);
        } catch (MqttException | RuntimeException e) {
            LOG.debug("{}: disconnecting: {}", server, e.toString());
        }
        if (!forGood) {
            return;
        }
        try {
            ended.close(true);
        } catch (MqttException | RuntimeException e) {
            LOG.debug("{}: closing: {}", server, e.toString());
        }
    }

    /** A Paho listener from two functions. */
    private record Outcome(java.util.function.Consumer<IMqttToken> success, java.util.function.Consumer<Throwable> failure)
            implements IMqttActionListener {
        static Outcome of(java.util.function.Consumer<IMqttToken> success, java.util.function.Consumer<Throwable> failure) {
            return new Outcome(success, failure);
        }

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
