// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session by which this CSE registers at a server that knows its credential only (TS-0010 6.4.4, 7.4 class 4). Its client
 * identifier is the Credential-ID (MQ-14); the answers are subscribed to before anything is sent (MQ-31, MQ-33). Once there is
 * an answer it is left for good (MQ-20), and whoever the CSE is now speaks under the definitive client identifier.
 *
 * <p>Without an answer it stays, since the server may be away, and serves the next attempt. When a node ends before it could
 * leave, the session stays at the server until the next registration there. Called from any thread.
 */
final class RegistrationSession implements MqttLink.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationSession.class);
    private static final int WINDOW = 8;
    private static final long LEAVE_AGAIN_SECONDS = 30;

    private final ServerAddress server;
    private final Segments segments;
    private final Settings settings;
    private final String prefix;
    private final String credential;
    private final ScheduledExecutorService timer;
    private final MqttLink link;
    private final Outbox outbox = new Outbox(WINDOW, WINDOW);
    private final PendingResponses pending = new PendingResponses(WINDOW, count -> { });
    private volatile boolean closed;

    /**
     * @param prefix     what the registrar's topics begin with
     * @param credential the Credential-ID
     */
    RegistrationSession(ServerSettings own, String prefix, String credential, Segments segments, Settings settings,
            ScheduledExecutorService timer, OwnSockets ownSockets) {
        this.server = own.address();
        this.segments = segments;
        this.settings = settings;
        this.prefix = prefix;
        this.credential = Segments.ofId(credential);
        this.timer = timer;
        this.link = new MqttLink(own, credential, timer, own.sockets(ownSockets, credential), this);
        link.filter(Topic.registrationAnswerFilter(prefix, this.credential), true);
    }

    void open() {
        link.open();
    }

    /** Publishes a registration and completes with its answer. Fails, as any request does, without one in time. */
    CompletionStage<ResponsePrimitive> request(Primitive request, String receiver, Serialization format, Instant until) {
        String registrar = segments.normalise(receiver);
        Topic topic = Topic.of(prefix, Topic.Kind.REGISTRATION_REQUEST, credential, segments.segment(registrar, false), format);
        Outbox.Message message = new Outbox.Message(topic.name(), PrimitiveCodec.of(format).encode(request), () -> { });
        PendingResponses.Pending wait;
        try {
            wait = pending.add(request.requestIdentifier(), registrar);
        } catch (UnreachableException e) {
            return CompletableFuture.failedStage(e);
        }
        if (!outbox.offer(message)) {
            pending.failed(wait, new UnreachableException("too many registrations wait for MQTT server " + server, false, null));
            return wait.response();
        }
        long millis = Math.max(0, Math.min(Duration.between(Instant.now(), until).toMillis(),
                settings.requestTimeout().toMillis()));
        pending.deadline(wait, timer.schedule(() -> expired(wait, message, millis), millis, TimeUnit.MILLISECONDS));
        return wait.response();
    }

    private void expired(PendingResponses.Pending wait, Outbox.Message message, long millis) {
        boolean withdrawn = outbox.withdraw(message);
        String trouble = link.trouble();
        pending.failed(wait, new UnreachableException("no answer from " + wait.peer() + " to the registration with Credential-ID "
                + credential + " by MQTT server " + server + " in " + millis + " ms" + (trouble.isEmpty() ? "" : "; " + trouble),
                !withdrawn && outbox.wasHanded(message), null));
    }

    /** Leaves the server for good; tries again until it is reached or {@link #close()}. Completes with the first attempt. */
    CompletionStage<Void> leave() {
        return link.leave().handle((left, failure) -> {
            if (failure != null && !closed) {
                LOG.debug("{}: the session of {} is not left yet: {}", server, credential, Retries.reason(failure));
                timer.schedule(() -> {
                    if (!closed) {
                        leave();
                    }
                }, LEAVE_AGAIN_SECONDS, TimeUnit.SECONDS);
            }
            return null;
        });
    }

    /** Ends it here; the session stays at the server. */
    void close() {
        closed = true;
        link.close();
        pending.all().forEach(wait -> pending.failed(wait, new UnreachableException("the MQTT binding has ended", true, null)));
    }

    @Override
    public void arrived(String topicName, MqttMessage message, long generation) {
        try {
            Topic.parse(topicName).filter(topic -> topic.kind() == Topic.Kind.REGISTRATION_RESPONSE && !message.isRetained())
                    .ifPresent(topic -> answer(topic, message.getPayload()));
        } finally {
            if (message.getQos() == 1) {
                link.acknowledge(message.getId());
            }
        }
    }

    private void answer(Topic topic, byte[] payload) {
        Optional<Serialization> looks = Payload.sniff(payload);
        Serialization format = topic.suffix().flatMap(Serialization::ofSuffix).or(() -> looks).orElse(Serialization.JSON);
        try {
            Optional<String> registrar = segments.entity(topic.receiver());
            boolean awaited = registrar.isPresent()
                    && PrimitiveCodec.of(format).decode(payload) instanceof ResponsePrimitive response
                    && pending.answered(registrar.get(), response);
            if (!awaited) {
                LOG.debug("{}: nobody waits for an answer on {}", server, topic);
            }
        } catch (PrimitiveException e) {
            LOG.debug("{}: unreadable answer on {}: {}", server, topic, e.getMessage());
        }
    }

    @Override
    public void connecting() {
        // what is unacknowledged is with the client or in the outbox
    }

    @Override
    public void ready() {
        outbox.resume(link::publish);
    }

    @Override
    public void lost(boolean clientLost) {
        if (clientLost) {
            outbox.takeBack();
        } else {
            outbox.pause();
        }
    }

    @Override
    public void published(Outbox.Message message) {
        outbox.acknowledged(message);
    }
}
