// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
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
 * The last two of the three steps by which a client leaves a server for good (TS-0010 6.3.3, MQ-20): CONNECT with clean
 * session 1, at which the server forgets session, subscriptions and what waits, and DISCONNECT. Tried once. Runs on the timer
 * thread, to which Paho's outcomes are brought back because ending a client blocks.
 */
final class Leaving {
    private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);

    private final ServerSettings server;
    private final String clientId;
    private final ScheduledExecutorService timer;
    private final SocketFactory sockets;
    private final CompletableFuture<Void> left;
    private PahoClient client;

    /** @param left completes when the session is gone, or with the reason why it may not be */
    Leaving(ServerSettings server, String clientId, ScheduledExecutorService timer, SocketFactory sockets,
            CompletableFuture<Void> left) {
        this.server = server;
        this.clientId = clientId;
        this.timer = timer;
        this.sockets = sockets;
        this.left = left;
    }

    void begin(int timeoutSeconds) {
        try {
            client = new PahoClient(server, clientId, timer, sockets, new Deaf());
            client.connectClean(timeoutSeconds, () -> end(null), this::end);
            timer.schedule(() -> ended(new IOException("the server does not answer")), timeoutSeconds, TimeUnit.SECONDS);
        } catch (MqttException | IOException | RuntimeException e) {
            ended(e);
        }
    }

    private void end(Throwable failure) {
        try {
            timer.execute(() -> ended(failure));
        } catch (RejectedExecutionException e) {
            left.completeExceptionally(e);
        }
    }

    private void ended(Throwable failure) {
        if (left.isDone()) {
            return;
        }
        if (client != null) {
            client.close();
        }
        if (failure == null) {
            LOG.info("{}: the session of {} is ended for good", server.address(), clientId);
            left.complete(null);
        } else {
            left.completeExceptionally(new IOException(Retries.reason(failure), failure));
        }
    }

    /** Nothing is to come any more. */
    private static final class Deaf implements MqttCallback {
        @Override
        public void connectionLost(Throwable cause) {
            // it was about to end
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            // no subscription is left that it could belong to
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // nothing is published
        }
    }
}
