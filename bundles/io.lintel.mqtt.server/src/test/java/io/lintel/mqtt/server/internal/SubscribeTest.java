// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SUBSCRIBE, UNSUBSCRIBE, topic matching and retained messages (MQTT 3.1.1 sections 3.3.1.3, 3.8, 3.10, 4.7). */
class SubscribeTest {
    private static final Limits.Queue ONE = new Limits.Queue(1, 1);

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(Map.of("maxSubscriptions", 20, "sysSeconds", 0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "a/+, a/b, true", "a/+, a/, true", "a/+, a, false", "a/+, a/b/c, false",
        "+/+, /x, true", "+/+, a/b, true", "+/+, a, false", "/+, /x, true", "/+, x, false",
        "#, a, true", "#, /a, true", "#, a/b/c, true", "#, $SYS/x, false", "+/x, $SYS/x, false", "$SYS/#, $SYS/x, true",
        "$SYS/+, $SYS/x, true",
        "a/#, a, true", "a/#, a/, true", "a/#, a/b/c, true", "a/#, ab, false",
        "+, a, true", "+, /a, false", "+, $x, false", "A, a, false", "a//b, a//b, true", "a//b, a/b, false", "a/+/b, a//b, true",
        "+/+/#, a/b, true", "+/+/#, a, false", "/oneM2M/req/+/mn-cse/+, /oneM2M/req/CAE01/mn-cse/json, true",
        "/oneM2M/req/+/mn-cse/+, oneM2M/req/CAE01/mn-cse/json, false", "a b, a b, true"})
    void filtersMatchAsTheStandardSays(String filter, String topic, boolean matches) {
        assertThat(Topics.matches(filter, topic)).isEqualTo(matches);
        assertThat(topic.startsWith(Topics.literalPrefix(filter)) || !matches).isTrue();
        SubscriptionTrie trie = new SubscriptionTrie();
        Session session = new Session("c", "", false, ONE, new QueueTotal(ONE));
        trie.add(filter, session, 1);
        List<Session> found = new ArrayList<>();
        trie.match(topic, (s, qos) -> found.add(s));
        assertThat(found).hasSize(matches ? 1 : 0);
        trie.remove(filter, session);
        assertThat(trie.size()).isZero();
    }

    @Test
    void oneTopicOfThousandsOfLevelsIsNoTrouble() {
        String deep = "/".repeat(60_000);
        try (PacketClient client = server.connected("c")) {
            client.subscribed(deep, 0).send(Packets.publish(deep, "x", 0, 0)).expectPublish(deep, "x", 0);
            client.send(Packets.unsubscribe(2, deep)).expect(0xb0, 2, 0, 2);
        }
    }

    @Test
    void answersEachFilterInOrder() {
        try (PacketClient client = server.connected("c")) {
            client.send(Packets.subscribe(300, "a", 2, "b/#", 0, "+", 1)).expectSuback(300, 2, 0, 1);   // [MQTT-3.9.3-1]
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void overlappingSubscriptionsMakeOneCopyAtTheHighestQos(boolean clean) {
        try (PacketClient client = PacketClient.connected(server.port(), "c", clean);
                PacketClient publisher = server.connected("p")) {
            client.send(Packets.subscribe(1, "a/#", 0, "a/+", 2, "a/b", 1)).expectSuback(1, 0, 2, 1);
            publisher.send(Packets.publish("a/b", "x", 2, 1)).expect(Packets.pubrec(1));
            int id = client.expectPublish("a/b", "x", 2);                                               // [MQTT-3.3.5-1]
            client.send(Packets.pubrec(id)).expect(Packets.pubrel(id)).expectNothing();
        }
    }

    @Test
    void theSameFilterAgainReplacesTheQosAndSendsRetainedAgain() {
        try (PacketClient client = server.connected("c"); PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.retained("t", "kept", 1, 1)).expectPuback(1);
            client.subscribed("t", 0).expectDescribed("PUBLISH t kept qos 0 retain");
            client.subscribed("t", 1);                                                                  // [MQTT-3.8.4-3]
            PacketClient.Packet again = client.receive();
            assertThat(again.describe()).isEqualTo("PUBLISH t kept qos 1 retain");
            client.send(Packets.puback(again.packetId()));
            publisher.send(Packets.publish("t", "new", 1, 2)).expectPuback(2);
            client.expectPublishAndAcknowledge("t", "new").expectNothing();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unsubscribeEndsDelivery(boolean clean) {
        try (PacketClient client = PacketClient.connected(server.port(), "c", clean);
                PacketClient publisher = server.connected("p")) {
            client.subscribed("a/+", 1);
            client.send(Packets.unsubscribe(5, "a/#", "nothing")).expect(0xb0, 2, 0, 5);                // [MQTT-3.10.4-5]
            publisher.send(Packets.publish("a/b", "still", 1, 1)).expectPuback(1);
            int started = client.expectPublish("a/b", "still", 1);
            client.send(Packets.unsubscribe(6, "a/+")).expect(0xb0, 2, 0, 6);
            publisher.send(Packets.publish("a/b", "over", 1, 2)).expectPuback(2);
            client.send(Packets.puback(started)).expectNothing();
        }
    }

    @Test
    void refusesSubscriptionsBeyondTheLimit() {
        try (PacketClient client = server.connected("c")) {
            for (int i = 0; i < 20; i++) {
                client.subscribed("t" + i, 0);
            }
            client.send(Packets.subscribe(1, "t0", 1, "more", 0)).expectSuback(1, 1, 0x80);
        }
    }

    // ---- retained messages ------------------------------------------------------------------------------------------

    @Test
    void keepsTheLastRetainedMessageOfEachTopic() {
        try (PacketClient publisher = server.connected("p"); PacketClient standing = server.connected("standing")) {
            standing.subscribed("r/#", 0);
            publisher.send(Packets.retained("r/a", "1", 1, 1)).expectPuback(1);
            publisher.send(Packets.retained("r/a", "2", 1, 2)).expectPuback(2);                         // [MQTT-3.3.1-5]
            publisher.send(Packets.retained("r/b/c", "3", 0, 0));
            publisher.send(Packets.publish("r/a", "not kept", 1, 3)).expectPuback(3);                   // [MQTT-3.3.1-12]
            standing.expectPublish("r/a", "1", 0);                                                      // RETAIN 0 [MQTT-3.3.1-9]
            standing.expectPublish("r/a", "2", 0);
            standing.expectPublish("r/b/c", "3", 0);
            standing.expectPublish("r/a", "not kept", 0);
            try (PacketClient later = server.connected("later")) {
                later.subscribed("r/#", 1);
                PacketClient.Packet first = later.receive();
                PacketClient.Packet second = later.receive();
                assertThat(List.of(first.describe(), second.describe()))
                        .containsExactlyInAnyOrder("PUBLISH r/a 2 qos 1 retain", "PUBLISH r/b/c 3 qos 0 retain");
                later.expectNothing();
            }
        }
    }

    @Test
    void anEmptyRetainedMessageClearsTheTopic() {
        try (PacketClient publisher = server.connected("p"); PacketClient standing = server.connected("standing")) {
            standing.subscribed("r", 0);
            publisher.send(Packets.retained("r", "1", 1, 1)).expectPuback(1);
            standing.expectPublish("r", "1", 0);
            publisher.send(Packets.retained("r", "", 1, 2)).expectPuback(2);
            standing.expectPublish("r", "", 0);                                                         // [MQTT-3.3.1-10]
            try (PacketClient later = server.connected("later")) {
                later.subscribed("r", 1).expectNothing();
            }
            assertThat(server.store().messages()).isZero();
        }
    }

    @Test
    void retainedMessagesSurviveTheProcess() {
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.retained("r", "kept", 1, 1)).expectPuback(1);
        }
        server = server.killedAndRestarted();
        try (PacketClient durable = server.connectedDurably("d")) {
            durable.subscribed("r", 1);
            PacketClient.Packet kept = durable.receive();
            assertThat(kept.describe()).isEqualTo("PUBLISH r kept qos 1 retain");
            durable.send(Packets.puback(kept.packetId())).expectNothing();
        }
    }

    @Test
    void aThousandRetainedMessagesReachASlowSubscriber() {
        String text = "x".repeat(2_000);
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 0; i < 1_000; i++) {
                publisher.send(Packets.retained("r/" + i, text, 0, 0));
            }
            publisher.send(Packets.publish("t", "fence", 1, 1)).expectPuback(1);
            try (PacketClient small = PacketClient.open(server.port(), 4_096)) {
                small.send(Packets.connect("small", true, 0)).expectConnack(0, false).subscribed("r/+", 0);
                for (int i = 0; i < 1_000; i++) {
                    assertThat(small.receive().payload()).hasSize(2_000);                               // [MQTT-3.3.1-6]
                }
            }
        }
    }

    @Test
    void publishesItsCountersUnderSys() {
        try (TestServer counting = TestServer.start(Map.of("sysSeconds", 1)); PacketClient client = counting.connected("c")) {
            client.subscribed("$SYS/broker/clients/connected", 1)
                    .expectDescribed("PUBLISH $SYS/broker/clients/connected 0 qos 0 retain");
            client.expectPublish("$SYS/broker/clients/connected", "1", 0);
            client.send(Packets.publish("$SYS/broker/version", "mine", 1, 1)).expectPuback(1);
            client.subscribed("$SYS/broker/version", 0).expectDescribed("PUBLISH $SYS/broker/version Lintel qos 0 retain");
        }
    }
}
