// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 7 of the checklist: topic names, topic filters, and which matches which. */
abstract class TopicMatchingSuite extends ConformanceSuite {
    TopicMatchingSuite(Subject.Starter starter) {
        super(starter);
    }

    @ParameterizedTest(name = "\"{0}\" matches \"{1}\"")
    @CsvSource({
        "a/+, a/b", "a/+, a/", "+/+, /x", "+/+, a/b", "/+, /x", "/+, /", "#, a", "#, /a", "#, a/b/c", "#, /",
        "a/#, a", "a/#, a/", "a/#, a/b", "a/#, a/b/c", "+, a", "+/#, a", "+/#, /a", "+/+/#, a/b", "+/b/#, a/b",
        "a/+/c, a/b/c", "a/+/c, a//c", "+/a/+, /a/", "a//b, a//b", "a b, a b", "/, /", "//, //", "+/+, /",
        "/oneM2M/req/+/mn-cse/+, /oneM2M/req/CAE01/mn-cse/json"})
    @Checks(value = "wildcards: what a filter matches", statements = {"4.7.1-2", "4.7.1-3", "4.7.3-4"})
    @Tag("MQ-04")
    void matches(String filter, String topic) {
        try (PacketClient client = connected("matches")) {
            client.subscribed(filter, 0);
            client.send(Packets.publish(topic, "x", 0, 0)).expectPublish(topic, "x", 0);
            client.expectNothing();
        }
    }

    @ParameterizedTest(name = "\"{0}\" does not match \"{1}\"")
    @CsvSource({
        "a/+, a", "a/+, a/b/c", "a/+, b/a", "+/+, a", "+/+, a/b/c", "/+, x", "/+, /x/y", "a/#, ab", "a/#, b/a", "a/#, /a",
        "+, /a", "+, a/", "A, a", "a, A", "a//b, a/b", "a/b, a//b", "a, a/", "a/, a", "a, /a", "/a, a",
        "+/+/#, a", "a/+/c, a/b", "a/+/c, a/b/b/c", "/oneM2M/req/+/mn-cse/+, oneM2M/req/CAE01/mn-cse/json"})
    @Checks(value = "wildcards and empty levels: what a filter does not match", statements = {"4.7.1-2", "4.7.1-3", "4.7.3-4"})
    void doesNotMatch(String filter, String topic) {
        try (PacketClient client = connected("does not match")) {
            client.subscribed(filter, 0);
            client.send(Packets.publish(topic, "x", 0, 0)).expectNothing();
        }
    }

    @Test
    @Checks(value = "no normalisation: U+00C5 and U+0041 U+030A are different", statements = "4.7.3-4")
    void doesNotNormalise() {
        try (PacketClient client = connected("normalise")) {
            client.subscribed("\u00c5", 0);
            client.send(Packets.publish("A\u030a", "two characters", 0, 0), Packets.publish("\u00c5", "one", 0, 0))
                    .expectPublish("\u00c5", "one", 0);
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "filters that begin with a wildcard do not match topics that begin with $", statements = "4.7.2-1")
    void wildcardsLeaveOutTopicsOfTheServer() {
        try (PacketClient client = connected("dollar")) {
            client.send(Packets.subscribe(1, "$SYS/broker/version", 0)).expectSuback(1, 0);
            client.receive();   // the server has such topics, and they are retained
            client.send(Packets.subscribe(2, "+/broker/version", 0, "+/#", 0)).expectSuback(2, 0, 0);
            client.send(Packets.subscribe(3, "#", 0)).expectSuback(3, 0).expectNothing();
        }
    }

    @Test
    @Checks(value = "clients may use topics below $ other than $SYS; wildcards leave them out as well", statements = "4.7.2-1")
    void otherTopicsBelowDollar() {
        try (PacketClient client = connected("other dollar")) {
            client.send(Packets.subscribe(1, "#", 0, "+/x", 0, "$other/+", 0)).expectSuback(1, 0, 0, 0);
            client.send(Packets.publish("$other/x", "x", 0, 0)).expectPublish("$other/x", "x", 0);
            client.expectNothing();
            client.send(Packets.publish("a$/x", "x", 0, 0)).expectPublish("a$/x", "x", 0);
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "200 levels", statements = "4.7.1.1", lintel = "65 535 bytes may all be separators",
            mosquitto = "closes for more than 200 levels (TOPIC_HIERARCHY_LIMIT)")
    void manyLevels() {
        String allowed = "/".repeat(199);
        String deep = "/".repeat(60_000);
        try (PacketClient client = connected("levels")) {
            client.subscribed(allowed, 0).send(Packets.publish(allowed, "x", 0, 0)).expectPublish(allowed, "x", 0);
            if (isMosquitto()) {
                expectClosedFor(client, Packets.subscribe(2, deep, 0));
            } else {
                client.subscribed(deep, 0).send(Packets.publish(deep, "x", 0, 0)).expectPublish(deep, "x", 0);
                client.send(Packets.unsubscribe(2, deep)).expect(0xb0, 2, 0, 2);
            }
        }
    }
}
