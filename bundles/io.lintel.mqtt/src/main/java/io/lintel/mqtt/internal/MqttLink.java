// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One durable MQTT session kept connected (TS-0010 6.3): subscriptions before use, reconnection with back-off. Knows no
 * primitives. Its {@link PahoClient} is kept over reconnections, because it repeats what is unacknowledged; one that
 * hangs between CONNECT and CONNACK, which Paho itself never notices, is given up for a new one. Subscriptions are never
 * made nor awaited inside Paho's callbacks, which would block its receiver.
 *
 * <p>State changes happen under this object's lock, connecting on the timer thread, listener calls on Paho's callback
 * thread.
 */
final class MqttLink {
    private static final Logger LOG = LoggerFactory.getLogger(MqttLink.class);
    private static final int CONNECT_SECONDS = 10;
    private static final long BACK_OFF_FIRST_MILLIS = 100;
    private static final long BACK_OFF_MOST_MILLIS = 30_000;
    private static final long BACK_OFF_MOST_LOOPBACK_MILLIS = 2_000;
    private static final long STABLE_MILLIS = 10_000;

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
    private PahoClient client;
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
        PahoClient current;
        synchronized (this) {
            if (state == State.READY && filters.containsKey(filter)) {
                return CompletableFuture.completedFuture(null);
            }
            filters.putIfAbsent(filter, false);
            current = client;
        }
        return current == null ? CompletableFuture.failedFuture(new IllegalStateException("not connected"))
                : current.subscribe(filter);
    }

    /** Ends a subscription, if there is one. */
    void unsubscribe(String filter) {
        PahoClient current;
        synchronized (this) {
            if (filters.remove(filter) == null || state != State.READY) {
                return;
            }
            current = client;
        }
        current.unsubscribe(filter);
    }

    /** Publishes a message when it can, and tells the listener of the PUBACK; false if it cannot take it now. */
    boolean publish(Outbox.Message message) {
        PahoClient current;
        synchronized (this) {
            if (state != State.READY) {
                return false;
            }
            current = client;
        }
        return current.publish(message, listener::published);
    }

    /** Sends a PUBACK; the caller sees to it that the delivery was on the present connection. */
    void acknowledge(int packetId) {
        PahoClient current;
        synchronized (this) {
            current = client;
        }
        if (current != null) {
            current.acknowledge(packetId);
        }
    }

    /** Stops reading by disconnecting: the session stays, the server keeps what comes. Until {@link #resume()}. */
    void pause(String why) {
        timer.execute(() -> {
            PahoClient current;
            synchronized (this) {
                if (state == State.CLOSED || state == State.PAUSED || client == null) {
                    return;
                }
                state = State.PAUSED;
                trouble = why;
                current = client;
            }
            LOG.info("{}: paused, {}", server, why);
            current.disconnect();
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
        PahoClient current;
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
            current.close();
        }
    }

    private void connect() {
        long attempt;
        PahoClient current;
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
                current.close();
                return;
            }
            current.connect(CONNECT_SECONDS, () -> connected(attempt), failure -> failed(attempt, failure));
        } catch (MqttException | RuntimeException e) {
            failed(attempt, e);
            return;
        }
        timer.schedule(() -> hangs(attempt), CONNECT_SECONDS, TimeUnit.SECONDS);
    }

    /** False when the link was closed meanwhile: nobody would end this client any more. */
    private synchronized boolean isCurrent(PahoClient made) {
        return client == made;
    }

    private PahoClient newClient() throws MqttException {
        return new PahoClient(server, clientId, settings, timer, sockets, account, new MqttCallback() {
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
    }

    private void connected(long attempt) {
        Map<String, Boolean> wanted;
        PahoClient current;
        synchronized (this) {
            if (attempt != generation || state != State.CONNECTING) {
                return;
            }
            state = State.SUBSCRIBING;
            wanted = new LinkedHashMap<>(filters);
            current = client;
        }
        if (wanted.isEmpty()) {
            ready(attempt);
            return;
        }
        try {
            current.subscribe(List.copyOf(wanted.keySet()), refused -> subscribed(attempt, wanted, refused),
                    failure -> failed(attempt, failure));
        } catch (MqttException | RuntimeException e) {
            failed(attempt, e);
        }
    }

    private void subscribed(long attempt, Map<String, Boolean> wanted, List<String> refused) {
        for (String filter : refused) {
            LOG.debug("{}: subscription to {} refused", server, filter);
            if (wanted.get(filter)) {
                refused(attempt, filter);
                return;
            }
        }
        ready(attempt);
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
        PahoClient hanging;
        synchronized (this) {
            if (attempt != generation || client == null || state == State.CLOSED) {
                return;
            }
            hanging = client;
            client = null;
        }
        hanging.close();
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
        } catch (RejectedExecutionException e) {
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
}
