// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.TopicPolicy.ConnectDecision;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks whichever {@link TopicPolicy} is there, and brings its answer to the event loop; an answer that is there already
 * is taken at once. Without a policy loopback clients may do everything, if the configuration leaves that open, and
 * nobody else anything. A policy that fails or does not answer in time refuses.
 */
final class Policies {
    private static final Logger LOG = LoggerFactory.getLogger(Policies.class);

    private final Supplier<TopicPolicy> policy;
    private final boolean loopbackIsOpen;
    private final EventLoop loop;
    private final int timeoutMillis;

    /** @param policy gives null while there is none */
    Policies(Supplier<TopicPolicy> policy, boolean loopbackIsOpen, EventLoop loop, int timeoutMillis) {
        this.policy = policy;
        this.loopbackIsOpen = loopbackIsOpen;
        this.loop = loop;
        this.timeoutMillis = timeoutMillis;
    }

    void connect(ConnectedClient client, Consumer<ConnectDecision> then) {
        ConnectDecision otherwise = isFree(client) ? ConnectDecision.ACCEPT : ConnectDecision.REFUSE_NOT_AUTHORIZED;
        ask(p -> p.connect(client), otherwise, ConnectDecision.REFUSE_NOT_AUTHORIZED, then);
    }

    void subscribe(ConnectedClient client, String topicFilter, Consumer<Boolean> then) {
        ask(p -> p.subscribe(client, topicFilter), isFree(client), false, then);
    }

    void publish(ConnectedClient client, String topic, boolean retain, Consumer<PublishDecision> then) {
        PublishDecision otherwise = isFree(client) ? PublishDecision.ALLOW : PublishDecision.DISCONNECT;
        ask(p -> p.publish(client, topic, retain), otherwise, PublishDecision.DISCONNECT, then);
    }

    /** What is to become of a message for a client. */
    enum Verdict {
        DELIVER, WITHHOLD,
        /** Nobody can say: the policy is away, being replaced, or failed. The message must not get lost by that. */
        UNKNOWN
    }

    Verdict deliver(ConnectedClient client, String topic) {
        TopicPolicy current = policy.get();
        if (current == null) {
            return isFree(client) ? Verdict.DELIVER : Verdict.UNKNOWN;
        }
        try {
            return current.deliver(client, topic) ? Verdict.DELIVER : Verdict.WITHHOLD;
        } catch (RuntimeException e) {
            LOG.error("The topic policy failed for a delivery of {} to {}", topic, client.clientId(), e);
            return Verdict.UNKNOWN;
        }
    }

    void disconnected(ConnectedClient client) {
        TopicPolicy current = policy.get();
        if (current != null) {
            try {
                current.disconnected(client);
            } catch (RuntimeException e) {
                LOG.error("The topic policy failed when {} had left", client.clientId(), e);
            }
        }
    }

    private boolean isFree(ConnectedClient client) {
        return loopbackIsOpen && client.loopback();
    }

    private <T> void ask(Function<TopicPolicy, CompletionStage<T>> question, T withoutPolicy, T onFailure, Consumer<T> then) {
        TopicPolicy current = policy.get();
        if (current == null) {
            then.accept(withoutPolicy);
            return;
        }
        Answer<T> answer = new Answer<>(onFailure, then);
        try {
            question.apply(current).whenComplete((decision, failure) -> {
                if (loop.inEventLoop()) {
                    answer.give(decision, failure);
                } else {
                    loop.execute(() -> answer.give(decision, failure));
                }
            });
        } catch (RuntimeException e) {
            answer.give(null, e);
        }
        if (!answer.given) {
            answer.timer = loop.schedule(() -> answer.give(null, new TimeoutException("no answer in " + timeoutMillis + " ms")),
                    timeoutMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Given once, on the event loop. */
    private static final class Answer<T> {
        private final T onFailure;
        private final Consumer<T> then;
        private boolean given;
        private Future<?> timer;

        Answer(T onFailure, Consumer<T> then) {
            this.onFailure = onFailure;
            this.then = then;
        }

        void give(T decision, Throwable failure) {
            if (given) {
                return;
            }
            given = true;
            if (timer != null) {
                timer.cancel(false);
            }
            if (failure != null || decision == null) {
                LOG.error("The topic policy gave no decision, which refuses", failure);
            }
            then.accept(failure != null || decision == null ? onFailure : decision);
        }
    }
}
