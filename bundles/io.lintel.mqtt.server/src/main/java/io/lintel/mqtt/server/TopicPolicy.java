// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Decides who may connect, subscribe, publish and receive. Registered as a service; the server asks the one of highest
 * ranking. Without any, only loopback clients are served, where the configuration leaves that open, and they may do
 * everything; others are refused, and what waits for them stays.
 *
 * <p>The first three answer asynchronously and are called on the client's event loop, which they must not block; the
 * server keeps the client's packets in order while it waits. {@link #deliver} is asked for every delivery and answers
 * from memory at once.
 */
@ConsumerType
public interface TopicPolicy {

    CompletionStage<ConnectDecision> connect(ConnectedClient client);

    /** Whether the filter is granted; a refused one gets 0x80 in the SUBACK [MQTT-3.8.4-5]. */
    CompletionStage<Boolean> subscribe(ConnectedClient client, String topicFilter);

    CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain);

    boolean deliver(ConnectedClient client, String topic);

    /** The client, whose CONNECT was asked about, is gone: what is kept of it may be forgotten. */
    default void disconnected(ConnectedClient client) {
    }

    /** The answer to a CONNECT. */
    enum ConnectDecision {
        ACCEPT, REFUSE_IDENTIFIER, REFUSE_CREDENTIALS, REFUSE_NOT_AUTHORIZED
    }

    /** The answer to a PUBLISH; MQTT 3.1.1 has no refusal, so a dropped one is acknowledged [MQTT-3.3.5-2]. */
    enum PublishDecision {
        ALLOW, DROP, DISCONNECT
    }
}
