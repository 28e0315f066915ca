// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.adapter.Publication;
import io.lintel.cse.api.UnreachableException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapters' one connection to the MQTT server that the devices use. The session is durable and messages are
 * acknowledged by hand, after what they say is on disk; what was not acknowledged comes again. Connects again for ever,
 * waiting longer each time up to a limit. All but Paho's callbacks runs on {@code lintel-adapter}.
 */
final class DeviceLink {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceLink.class);
    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final int MAX_UNREAD = 2_000;
    private static final long DISCONNECT_MILLIS = 500;
    private static final long FIRST_WAIT_MILLIS = 200;
    private static final long LONGEST_WAIT_MILLIS = 15_000;

    /** A message from a device. */
    record Message(String topic, byte[] payload, CseClient.Delivery delivery) {
    }

    private final URI server;
    private final String user;
    private final String password;
    private final OwnServer ownServer;
    private final ScheduledExecutorService thread;
    private final Function<Message, CompletionStage<Void>> receiver;
    private final Set<String> filters = new TreeSet<>();
    private final AtomicInteger unread = new AtomicInteger();
    private String clientId = "";
    private MqttAsyncClient client;
    private long waitMillis = FIRST_WAIT_MILLIS;
    private boolean begun;
    private boolean closed;
    private volatile boolean connected;
    private volatile String problem = "not connected yet";

    DeviceLink(String server, String user, String password, OwnServer ownServer, ScheduledExecutorService thread,
            Function<Message, CompletionStage<Void>> receiver) {
        this.server = URI.create(server);
        if (!"mqtt".equals(this.server.getScheme()) || this.server.getHost() == null) {
            throw new IllegalArgumentException("adapter.server must be mqtt://host:port, not " + server);
        }
        this.user = user;
        this.password = password;
        this.ownServer = ownServer;
        this.thread = thread;
        this.receiver = receiver;
    }

    /** Connects under this client identifier, the first time it is called, as soon as there is something to subscribe to. */
    void start(String as) {
        thread.execute(() -> {
            if (clientId.isEmpty()) {
                clientId = as;
                begin();
            }
        });
    }

    /** Not before an adapter is there: what the session holds comes at once, and would be acknowledged unread. */
    private void begin() {
        if (!begun && !clientId.isEmpty() && !filters.isEmpty()) {
            begun = true;
            connect();
        }
    }

    boolean isConnected() {
        return connected;
    }

    String problem() {
        return problem;
    }

    /** Adds topic filters; takes effect at once or with the next connection. */
    void subscribe(Collection<String> topicFilters) {
        thread.execute(() -> {
            filters.addAll(topicFilters);
            begin();
            if (connected) {
                subscribeAll();
            }
        });
    }

    /** Publishes in order with QoS 1; completes when the server has taken all. */
    CompletionStage<Void> publish(List<Publication> publications) {
        CompletableFuture<?>[] sent = publications.stream().map(this::publish).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(sent);
    }

    private CompletableFuture<Void> publish(Publication publication) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try {
            if (!connected) {
                throw new MqttException(MqttException.REASON_CODE_CLIENT_NOT_CONNECTED);
            }
            client.publish(publication.topic(), publication.payload(), 1, false, null, new IMqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    sent.complete(null);
                }

                @Override
                public void onFailure(IMqttToken token, Throwable failure) {
                    sent.completeExceptionally(
                            new UnreachableException("the MQTT server did not take the command", true, failure));
                }
            });
        } catch (MqttException e) {
            sent.completeExceptionally(new UnreachableException("no connection to " + server, false, e));
        }
        return sent;
    }

    private void connect() {
        if (closed) {
            return;
        }
        try {
            int port = server.getPort() < 0 ? 1883 : server.getPort();
            MqttAsyncClient made = new MqttAsyncClient("tcp://" + server.getHost() + ":" + port, clientId,
                    new MemoryPersistence());
            client = made;
            made.setManualAcks(true);
            made.setCallback(new Events(made));
            MqttConnectOptions options = new MqttConnectOptions();
            options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
            options.setCleanSession(false);
            options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
            options.setMaxInflight(100);
            if (!user.isEmpty()) {
                options.setUserName(user);
                options.setPassword(password.toCharArray());
            } else {
                ownServer.secretFor(server, port).ifPresent(secret -> {
                    options.setUserName(OwnServer.ACCOUNT);
                    options.setPassword(secret.toCharArray());
                });
            }
            made.connect(options, null, new IMqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    onThread(() -> connected(made));
                }

                @Override
                public void onFailure(IMqttToken token, Throwable failure) {
                    onThread(() -> lost(made, failure));
                }
            });
        } catch (MqttException e) {
            lost(client, e);
        }
    }

    private void connected(MqttAsyncClient by) {
        if (closed || by != client) {
            return;
        }
        connected = true;
        waitMillis = FIRST_WAIT_MILLIS;
        LOG.info("connected to {} for devices", server);
        subscribeAll();
    }

    private void subscribeAll() {
        try {
            if (!filters.isEmpty()) {
                String[] topics = filters.toArray(String[]::new);
                int[] qos = new int[topics.length];
                java.util.Arrays.fill(qos, 1);
                client.subscribe(topics, qos);
            }
        } catch (MqttException e) {
            LOG.debug("subscription failed: {}", e.getMessage());
        }
    }

    /** The client is of no use any more; news of one that has been given up already means nothing. */
    private void lost(MqttAsyncClient from, Throwable why) {
        if (closed || from != client) {
            return;
        }
        if (connected) {
            LOG.info("lost the connection to {}: {}", server, String.valueOf(why));
        }
        connected = false;
        problem = "no connection to " + server + ": " + (why == null ? "closed" : why.getMessage());
        discard(from);
        client = null;
        thread.schedule(this::connect, waitMillis, TimeUnit.MILLISECONDS);
        waitMillis = Math.min(waitMillis * 2, LONGEST_WAIT_MILLIS);
    }

    /** Paho does not close a client that is connected, so that comes first. */
    private static void discard(MqttAsyncClient client) {
        if (client == null) {
            return;
        }
        try {
            if (client.isConnected()) {
                client.disconnectForcibly(0, DISCONNECT_MILLIS);
            }
        } catch (MqttException e) {
            LOG.debug("disconnecting: {}", e.getMessage());
        }
        try {
            client.close(true);
        } catch (MqttException e) {
            LOG.debug("closing a lost connection: {}", e.getMessage());
        }
    }

    /** Ends the connection and leaves the session, so that the server keeps what comes meanwhile. */
    void close() {
        onThread(() -> {
            closed = true;
            connected = false;
            discard(client);
        });
        CompletableFuture<Void> done = new CompletableFuture<>();
        onThread(() -> done.complete(null));
        try {
            done.get(2, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.debug("the connection for devices did not end in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("after the end: {}", e.getMessage());
        }
    }

    /** What Paho reports of one client, on its threads. */
    private final class Events implements MqttCallback {
        private final MqttAsyncClient from;

        Events(MqttAsyncClient from) {
            this.from = from;
        }

        @Override
        public void connectionLost(Throwable cause) {
            onThread(() -> lost(from, cause));
        }

        /** Hands over and returns. QoS 0 beyond the bound is dropped; QoS 1 is bounded by the server's window. */
        @Override
        public void messageArrived(String topic, MqttMessage message) {
            if (unread.incrementAndGet() > MAX_UNREAD && message.getQos() == 0) {
                unread.decrementAndGet();
                return;
            }
            onThread(() -> receive(from, topic, message));
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // Each publication has its own listener.
        }
    }

    private void receive(MqttAsyncClient from, String topic, MqttMessage message) {
        receiver.apply(new Message(topic, message.getPayload(), delivery(topic, message))).whenComplete((done, failure) -> {
            unread.decrementAndGet();
            if (failure != null) {
                LOG.warn("a message on {} could not be stored and will come again: {}", topic, failure.toString());
                lost(from, failure);
                return;
            }
            try {
                from.messageArrivedComplete(message.getId(), message.getQos());
            } catch (MqttException e) {
                LOG.debug("acknowledging a message on {}: {}", topic, e.getMessage());
            }
        });
    }

    /** The packet identifier stays with a message until it is acknowledged; the digest tells whether it is still the same. */
    private CseClient.Delivery delivery(String topic, MqttMessage message) {
        if (message.getQos() == 0) {
            return CseClient.Delivery.ONCE;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(topic.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            String hash = HexFormat.of().formatHex(digest.digest(message.getPayload()), 0, 16);
            return new CseClient.Delivery(Optional.of(clientId + "/" + message.getId() + "/" + hash), message.isDuplicate());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
