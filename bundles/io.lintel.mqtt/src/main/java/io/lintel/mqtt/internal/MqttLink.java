// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
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

    /** Why a link stays away from its server although it might connect. */
    enum Hold {
        /** Too much waits here: the server shall keep what comes. */
        OVERFLOW,
        /** Nobody needs the connection now, or its schedule forbids it (MQ-19). */
        ATTENDANCE
    }

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

    private final ServerSettings settings;
    private final ServerAddress server;
    private final String clientId;
    private final ScheduledExecutorService timer;
    private final SocketFactory sockets;
    private final Listener listener;
    private final Map<Hold, String> holds = new EnumMap<>(Hold.class);
    private final Retries retries;
    /** Filters, and whether the link is of no use without them. */
    private final Map<String, Boolean> filters = new LinkedHashMap<>();
    private State state = State.NEW;
    private String trouble = "not connected yet";
    private PahoClient client;
    private volatile long generation;

    /**
     * @param clientId the session's; that of the CSE, or for an initial registration another one (MQ-14)
     * @param sockets  see {@link ServerSettings#sockets}
     */
    MqttLink(ServerSettings settings, String clientId, ScheduledExecutorService timer, SocketFactory sockets, Listener listener) {
        this.settings = settings;
        this.server = settings.address();
        this.clientId = clientId;
        this.timer = timer;
        this.sockets = sockets;
        this.listener = listener;
        this.retries = new Retries(server.isLoopback(), clientId);
    }

    /** Adds a subscription to be made with the next connection. */
    synchronized void filter(String filter, boolean required) {
        filters.merge(filter, required, Boolean::logicalOr);
    }

    /** Connects, at once also if it waits for its next attempt: who was refused may be let in now. */
    void open() {
        timer.execute(this::connect);
    }

    synchronized boolean isReady() {
        return state == State.READY;
    }

    /** Whether all attempts to connect have failed for so long. */
    synchronized boolean isAwayFor(Duration time) {
        return state != State.READY && retries.failFor(time);
    }

    /** Why it is not ready, in words. */
    synchronized String trouble() {
        return state == State.READY ? "" : trouble;
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

    /** Disconnects, or does not connect, until {@link #release}: the session stays, the server keeps what comes. */
    void hold(Hold hold, String why) {
        PahoClient current;
        boolean unfinished;
        synchronized (this) {
            boolean held = holds.put(hold, why) != null;
            if (state == State.CLOSED || held) {
                return;
            }
            current = client;
            unfinished = state == State.CONNECTING || state == State.SUBSCRIBING;
            // A client that is not through with its CONNECT cannot be told to begin another.
            client = unfinished ? null : client;
            if (state == State.READY) {
                LOG.info("{}: disconnected, {}", server, why);
            }
            state = State.PAUSED;
            trouble = why;
            generation++;
        }
        timer.execute(() -> {
            if (current != null && unfinished) {
                current.close();
            } else if (current != null) {
                current.disconnect();
            }
            listener.lost(unfinished);
        });
    }

    void release(Hold hold) {
        synchronized (this) {
            if (holds.remove(hold) == null || state != State.PAUSED || !holds.isEmpty()) {
                return;
            }
            state = State.WAITING;
            retries.begin();
            trouble = "not connected yet";
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

    /**
     * Ends the session for good, with all that waits in it (TS-0010 6.3.3, MQ-20): DISCONNECT if connected, CONNECT with
     * clean session 1, DISCONNECT. The link is of no use afterwards. Fails with the reason if the server cannot be reached.
     */
    CompletionStage<Void> leave() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        try {
            timer.execute(() -> {
                close();
                new Leaving(settings, clientId, timer, sockets, left).begin(CONNECT_SECONDS);
            });
        } catch (RejectedExecutionException e) {
            left.completeExceptionally(e);
        }
        return left;
    }

    private void connect() {
        long attempt;
        PahoClient current;
        synchronized (this) {
            if (state != State.NEW && state != State.WAITING || !holds.isEmpty()) {
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
        } catch (MqttException | IOException | RuntimeException e) {
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
        return new PahoClient(settings, clientId, timer, sockets, new MqttCallback() {
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
                timer.execute(() -> giveUp(attempt, "the server refuses the subscription to " + filter));
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
            retries.ready();
        }
        LOG.info("connected to {} as {}", server, clientId);
        listener.ready();
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
        Retries.Next next;
        synchronized (this) {
            if (attempt != generation || state == State.WAITING || state == State.PAUSED || state == State.CLOSED) {
                return;
            }
            next = retries.failed(cause, state == State.READY);
            state = State.WAITING;
            trouble = next.reason();
        }
        if (next.news()) {
            LOG.info("{}: {}; trying again", server, next.reason());
        } else {
            LOG.debug("{}: {}", server, next.reason());
        }
        listener.lost(false);
        try {
            timer.schedule(this::connect, next.millis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: not tried again, the binding has ended", server);
        }
    }
}
