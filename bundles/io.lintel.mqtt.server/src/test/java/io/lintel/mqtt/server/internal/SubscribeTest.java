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

/** Topic matching as a function, and the limits of subscriptions. The standard is in {@code conformance}. */
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
}
