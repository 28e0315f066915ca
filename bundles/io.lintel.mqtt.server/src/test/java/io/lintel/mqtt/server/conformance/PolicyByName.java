// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Decides by what is written in the names themselves: topics below "secret/" are nobody's, $SYS is not for "nosy". */
final class PolicyByName implements TopicPolicy {
    /** The same for Mosquitto, as far as its list can say it. */
    static final String[] ACL = {"topic readwrite #", "topic read $SYS/#", "topic deny secret/#",
        "user someone", "topic readwrite free/#"};

    @Override
    public CompletionStage<ConnectDecision> connect(ConnectedClient client) {
        for (ConnectDecision decision : ConnectDecision.values()) {
            if (client.clientId().equals(decision.name())) {
                return CompletableFuture.completedFuture(decision);
            }
        }
        return CompletableFuture.completedFuture(ConnectDecision.ACCEPT);
    }

    @Override
    public CompletionStage<Boolean> subscribe(ConnectedClient client, String topicFilter) {
        boolean nosy = client.clientId().equals("nosy") && topicFilter.equals("$SYS/#");
        return CompletableFuture.completedFuture(!nosy && !topicFilter.startsWith("secret/"));
    }

    @Override
    public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
        return CompletableFuture.completedFuture(topic.startsWith("secret/") ? PublishDecision.DROP : PublishDecision.ALLOW);
    }

    @Override
    public boolean deliver(ConnectedClient client, String topic) {
        return !topic.startsWith("secret/") && !(topic.startsWith("$SYS/") && client.clientId().equals("nosy"));
    }
}
