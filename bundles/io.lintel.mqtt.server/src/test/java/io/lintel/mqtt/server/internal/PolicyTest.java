// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.internal.users.TestUsers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policy is asked before CONNECT, SUBSCRIBE, PUBLISH and each delivery, and its answer counts. */
class PolicyTest {
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    /** Decides by what is written in the names themselves. */
    private static class ByName implements TopicPolicy {
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
            return CompletableFuture.completedFuture(!topicFilter.startsWith("secret"));
        }

        @Override
        public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
            return CompletableFuture.completedFuture(topic.startsWith("secret") ? PublishDecision.DROP
                    : topic.startsWith("forged") ? PublishDecision.DISCONNECT : PublishDecision.ALLOW);
        }

        @Override
        public boolean deliver(ConnectedClient client, String topic) {
            return !topic.endsWith("/not-for/" + client.clientId());
        }
    }

    private void serverWith(TopicPolicy policy) {
        server = TestServer.start(new InMemorySessionStore(), policy, Map.of("policyTimeoutMillis", 300));
    }

    @ParameterizedTest
    @CsvSource({"REFUSE_IDENTIFIER, 2", "REFUSE_CREDENTIALS, 4", "REFUSE_NOT_AUTHORIZED, 5"})
    void refusesConnections(String clientId, int code) {
        serverWith(new ByName());
        try (PacketClient client = PacketClient.open(server.port())) {
            client.send(Packets.connect(clientId, true, 0)).expectConnack(code, false).expectClosed();
        }
    }

    @Test
    void refusesAWillWhereItRefusesAPublish() {
        serverWith(new ByName());
        try (PacketClient client = PacketClient.open(server.port())) {
            client.send(Packets.connectWithWill("c", true, "secret/will", "x", 0, false)).expectConnack(5, false).expectClosed();
        }
    }

    @Test
    void refusesAWillWhoseTimeItIsNoMore() {
        Set<String> closed = ConcurrentHashMap.newKeySet();
        serverWith(new ByName() {
            @Override
            public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
                return closed.contains(topic) ? CompletableFuture.completedFuture(PublishDecision.DROP)
                        : super.publish(client, topic, retain);
            }
        });
        try (PacketClient listener = server.connected("listener").subscribed("#", 0)) {
            for (String topic : List.of("will/closed", "will/open")) {
                try (PacketClient client = PacketClient.open(server.port())) {
                    client.send(Packets.connectWithWill("c", true, topic, "x", 0, false)).expectConnack(0, false);
                    closed.add("will/closed");
                }
            }
            listener.expectPublish("will/open", "x", 0);
            listener.expectNothing();
            assertThat(server.counter(Counter.WILLS_DROPPED)).isEqualTo(1);
        }
    }

    @Test
    void tellsOfEveryClientItAskedAbout() {
        Set<ConnectedClient> present = ConcurrentHashMap.newKeySet();
        serverWith(new ByName() {
            @Override
            public CompletionStage<ConnectDecision> connect(ConnectedClient client) {
                present.add(client);
                return super.connect(client);
            }

            @Override
            public void disconnected(ConnectedClient client) {
                present.remove(client);
            }
        });
        try (PacketClient client = server.connected("c"); PacketClient taker = server.connected("c");
                PacketClient refused = PacketClient.open(server.port())) {
            client.expectClosed();
            refused.send(Packets.connectWithWill("w", true, "secret/will", "x", 0, false)).expectConnack(5, false).expectClosed();
            TestServer.eventually("one is left", () -> present.size() == 1);
        }
        TestServer.eventually("all have left", present::isEmpty);
    }

    @Test
    void refusesSubscriptionsOneByOne() {
        serverWith(new ByName());
        try (PacketClient client = server.connectedDurably("c")) {
            client.send(Packets.subscribe(4, "a", 1, "secret/#", 1, "b", 2)).expectSuback(4, 1, 0x80, 2);   // [MQTT-3.8.4-5]
            assertThat(server.session("c").orElseThrow().subscriptions()).extracting(s -> s.topicFilter())
                    .containsExactly("a", "b");
        }
    }

    @Test
    void dropsAPublishThatItAcknowledges() {
        serverWith(new ByName());
        try (PacketClient listener = server.connected("listener"); PacketClient client = server.connected("c")) {
            listener.subscribed("#", 2);
            client.send(Packets.publish("secret/a", "x", 0, 0), Packets.publish("secret/a", "x", 1, 1),
                    Packets.publish("secret/a", "x", 2, 2), Packets.pubrel(2), Packets.publish("a", "y", 1, 3));
            client.expectPuback(1).expect(Packets.pubrec(2)).expect(Packets.pubcomp(2)).expectPuback(3);    // [MQTT-3.3.5-2]
            listener.expectPublishAndAcknowledge("a", "y").expectNothing();
            assertThat(server.counter(Counter.MESSAGES_REFUSED)).isEqualTo(3);
        }
    }

    @Test
    void disconnectsForAPublish() {
        serverWith(new ByName());
        try (PacketClient client = server.connected("c")) {
            client.send(Packets.publish("forged/a", "x", 1, 1)).expectClosed();
        }
    }

    @Test
    void doesNotDeliverWhatTheClientMustNotSee() {
        serverWith(new ByName());
        try (PacketClient one = server.connectedDurably("one"); PacketClient two = server.connected("two");
                PacketClient publisher = server.connected("p")) {
            one.subscribed("#", 2);
            two.subscribed("#", 1);
            for (int qos = 0; qos <= 2; qos++) {
                publisher.send(Packets.publish("x/not-for/one", "m" + qos, qos, 1 + qos));
            }
            publisher.expectPuback(2).expect(Packets.pubrec(3));
            two.expectPublish("x/not-for/one", "m0", 0);
            two.expectPublishAndAcknowledge("x/not-for/one", "m1");
            two.expectPublishAndAcknowledge("x/not-for/one", "m2");
            one.expectNothing();
            TestServer.eventually("nothing waits for it", () -> server.store().queued("one") == 0);
        }
    }

    /** Answers only when the test says so. */
    private static final class Slow extends ByName {
        private final BlockingQueue<CompletableFuture<PublishDecision>> asked = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
            if (!client.clientId().equals("slow")) {
                return super.publish(client, topic, retain);
            }
            CompletableFuture<PublishDecision> decision = new CompletableFuture<>();
            asked.add(decision);
            return decision;
        }
    }

    @Test
    void keepsTheOrderOfAClientWhileItThinks() throws Exception {
        Slow policy = new Slow();
        serverWith(policy);
        try (PacketClient listener = server.connected("listener"); PacketClient client = server.connected("slow")) {
            listener.subscribed("#", 0);
            client.send(Packets.publish("t", "1", 1, 1), Packets.publish("t", "2", 0, 0), Packets.subscribe(3, "x", 0),
                    Packets.publish("t", "3", 1, 4));
            CompletableFuture<TopicPolicy.PublishDecision> first = policy.asked.take();
            client.expectNothing();
            assertThat(policy.asked).isEmpty();   // the second is not asked about before the first is decided
            listener.send(Packets.publish("t", "another client goes on", 0, 0)).expectPublish("t", "another client goes on", 0);
            first.complete(TopicPolicy.PublishDecision.ALLOW);
            client.expectPuback(1);
            policy.asked.take().complete(TopicPolicy.PublishDecision.ALLOW);
            client.expectSuback(3, 0);
            policy.asked.take().complete(TopicPolicy.PublishDecision.ALLOW);
            client.expectPuback(4);
            for (String payload : List.of("1", "2", "3")) {
                listener.expectPublish("t", payload, 0);
            }
        }
    }

    @Test
    void aPolicyThatNeverAnswersRefuses() throws Exception {
        Slow policy = new Slow();
        serverWith(policy);
        try (PacketClient client = server.connected("slow")) {
            client.send(Packets.publish("t", "1", 1, 1));
            assertThat(policy.asked.poll(60, TimeUnit.SECONDS)).isNotNull();
            client.expectClosed();
        }
    }

    @Test
    void comesAndGoesWhileTheServerRuns() {
        serverWith(new ByName());
        try (PacketClient client = server.connected("c")) {
            client.send(Packets.subscribe(1, "secret", 0)).expectSuback(1, 0x80);
            server.server().policy = null;   // loopback is open
            client.send(Packets.subscribe(2, "secret", 0)).expectSuback(2, 0);
        }
    }

    @Test
    void withoutPolicyAClosedLoopbackServesNobody() {
        server = TestServer.start(Map.of("loopback", "closed"));
        TestUsers.put(server.home(), "u", "right");
        try (PacketClient client = user("c")) {
            client.expectConnack(5, false).expectClosed();
        }
        server.server().policy = new ByName();
        try (PacketClient client = user("c").expectConnack(0, false).subscribed("t", 1);
                PacketClient publisher = user("p").expectConnack(0, false)) {
            publisher.send(Packets.publish("t", "seen", 1, 1)).expectPuback(1);
            client.expectPublishAndAcknowledge("t", "seen");
            server.server().policy = null;
            client.send(Packets.subscribe(2, "u", 0)).expectSuback(2, 0x80);
            publisher.send(Packets.publish("t", "not taken", 1, 2)).expectClosed();
            client.expectNothing();
        }
    }

    @Test
    void whatWaitsIsNotLostWhileThePolicyIsReplaced() {
        server = TestServer.start(new InMemorySessionStore(), new ByName(), Map.of("loopback", "closed", "maxInFlight", 1));
        TestUsers.put(server.home(), "u", "right");
        byte[] durably = Packets.connect("c", false, "u", "right");
        try (PacketClient client = PacketClient.open(server.port()).send(durably).expectConnack(0, false).subscribed("t", 1);
                PacketClient publisher = user("p").expectConnack(0, false)) {
            publisher.send(Packets.publish("t", "one", 1, 1), Packets.publish("t", "two", 1, 2));
            publisher.expectPuback(1).expectPuback(2);
            int first = client.expectPublish("t", "one", 1);
            TopicPolicy policy = server.server().policy;
            server.server().policy = null;
            client.send(Packets.puback(first)).expectClosed();
            server.server().policy = policy;
        }
        try (PacketClient client = PacketClient.open(server.port()).send(durably).expectConnack(0, true)) {
            client.expectDescribed("PUBLISH t two qos 1 dup");
        }
    }

    private PacketClient user(String clientId) {
        return PacketClient.open(server.port()).send(Packets.connect(clientId, true, "u", "right"));
    }
}
