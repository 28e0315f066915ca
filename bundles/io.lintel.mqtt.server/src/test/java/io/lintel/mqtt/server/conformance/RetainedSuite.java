// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5 of the checklist: retained messages (MQTT 3.1.1 section 3.3.1.3). */
abstract class RetainedSuite extends ConformanceSuite {
    RetainedSuite(Subject.Starter starter) {
        super(starter);
    }

    @Test
    @Checks(value = "RETAIN 1 keeps the message and its QoS instead of the earlier one of its topic", statements = "3.3.1-5")
    void theLastOneIsKept() {
        try (PacketClient client = connected("last")) {
            publish(client, "last", "first", 2, true);
            publish(client, "last", "second", 1, true);
            client.subscribed("last", 2);
            acknowledge(client, expect(client, "PUBLISH last second qos 1 retain"), 1);
            client.expectNothing();
        }
    }

    @ParameterizedTest(name = "kept with {0}, granted {1}")
    @CsvSource({"0, 0", "0, 2", "1, 0", "1, 1", "1, 2", "2, 0", "2, 1", "2, 2"})
    @Checks(value = "a new subscription gets it with RETAIN 1, at the lower of both QoS",
            statements = {"3.3.1-6", "3.3.1-8", "3.8.4-6"})
    void aNewSubscriptionGetsIt(int kept, int granted) {
        String topic = "new/" + kept;
        try (PacketClient client = connected("new")) {
            publish(client, topic, "x", kept, true);
            client.subscribed(topic, granted);
            int effective = Math.min(kept, granted);
            acknowledge(client, expect(client, "PUBLISH " + topic + " x qos " + effective + " retain"), effective);
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "a new subscription gets the last message of every topic that matches", statements = "3.3.1-6")
    void everyMatchingTopicIsSent() {
        try (PacketClient client = connected("every")) {
            for (String topic : List.of("every", "every/a", "every/b", "every/b/c", "other")) {
                publish(client, topic, "x", 0, true);
            }
            assertThat(retained(client, "every/#", 4)).containsExactlyInAnyOrder("every", "every/a", "every/b", "every/b/c");
            assertThat(retained(client, "every/+", 2)).containsExactlyInAnyOrder("every/a", "every/b");
            assertThat(retained(client, "every/+/c", 1)).containsExactly("every/b/c");
            client.subscribed("every/nothing", 0).expectNothing();
        }
    }

    private static List<String> retained(PacketClient client, String filter, int count) {
        client.subscribed(filter, 0);
        List<String> topics = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String description = client.receive().describe();
            assertThat(description).startsWith("PUBLISH ").endsWith(" x qos 0 retain");
            topics.add(description.split(" ")[1]);
        }
        client.expectNothing();
        return topics;
    }

    @ParameterizedTest(name = "QoS {0}")
    @ValueSource(ints = {0, 1, 2})
    @Checks(value = "a subscription that is there already gets it with RETAIN 0", statements = "3.3.1-9")
    void aStandingSubscriptionGetsItAsAnyOther(int qos) {
        try (PacketClient standing = connected("standing"); PacketClient publisher = connected("publisher")) {
            standing.subscribed("standing/" + qos, 2);
            publish(publisher, "standing/" + qos, "x", qos, true);
            take(standing, "standing/" + qos, "x", qos);   // would say "retain" if it had it
            standing.expectNothing();
        }
    }

    @ParameterizedTest(name = "QoS {0}")
    @ValueSource(ints = {0, 1, 2})
    @Checks(value = "RETAIN 1 with an empty payload: delivered as usual, deletes the retained one, is not kept itself",
            statements = {"3.3.1-10", "3.3.1-11"})
    void anEmptyOneClears(int qos) {
        try (PacketClient standing = connected("standing"); PacketClient publisher = connected("publisher")) {
            publish(publisher, "clears", "x", 1, true);
            standing.subscribed("clears", 0).expectDescribed("PUBLISH clears x qos 0 retain");
            publish(publisher, "clears", "", qos, true);
            standing.expectPublish("clears", "", 0);
            publisher.subscribed("clears", 2).expectNothing();
        }
    }

    @Test
    @Checks(value = "clearing a topic that has none does no harm", statements = "3.3.1-11")
    void clearingNothing() {
        try (PacketClient client = connected("clears nothing")) {
            publish(client, "clears nothing", "", 1, true);
            client.subscribed("clears nothing", 0).expectNothing();
        }
    }

    @Test
    @Checks(value = "RETAIN 1 with QoS 0 discards the earlier one and is kept", statements = "3.3.1-7",
            lintel = "kept as long as any other, on disk too")
    void qos0Replaces() {
        try (PacketClient client = connected("replaces")) {
            publish(client, "replaces", "one", 1, true);
            publish(client, "replaces", "zero", 0, true);
            client.subscribed("replaces", 2).expectDescribed("PUBLISH replaces zero qos 0 retain").expectNothing();
        }
    }

    @ParameterizedTest(name = "QoS {0}")
    @ValueSource(ints = {0, 1, 2})
    @Checks(value = "RETAIN 0 leaves what is kept alone, an empty payload too", statements = "3.3.1-12")
    void withoutRetainNothingChanges(int qos) {
        String topic = "alone/" + qos;
        try (PacketClient client = connected("alone")) {
            publish(client, topic, "kept", 0, true);
            publish(client, topic, "passes", qos);
            publish(client, topic, "", qos);
            client.subscribed(topic, 0).expectDescribed("PUBLISH " + topic + " kept qos 0 retain").expectNothing();
        }
    }

    @Test
    @Checks(value = "a retained message that was not acknowledged is sent again with DUP 1 and RETAIN 1",
            statements = {"3.3.1-1", "3.3.1-8", "4.4.0-1"})
    void aRetainedDeliveryIsResumed() {
        try (PacketClient publisher = connected("publisher")) {
            publish(publisher, "resumed", "x", 1, true);
        }
        int id;
        try (PacketClient client = durable("resumes")) {
            client.subscribed("resumed", 1);
            id = expect(client, "PUBLISH resumed x qos 1 retain");
            client.abort();
        }
        try (PacketClient client = resumed("resumes")) {
            client.expect(Packets.publish("resumed", Packets.utf8("x"), 1, id, true, true));
            client.send(Packets.puback(id)).expectNothing();
        }
    }

    @Test
    @Checks(value = "coming back to a session sends no retained messages: its subscriptions are not new", statements = "3.3.1-6")
    void comingBackIsNoNewSubscription() {
        try (PacketClient client = durable("comes back")) {
            publish(client, "comes back", "x", 0, true);
            client.subscribed("comes back", 0).expectDescribed("PUBLISH comes back x qos 0 retain").send(Packets.DISCONNECT)
                    .expectClosed();
        }
        resumed("comes back").expectNothing().close();
    }

    @ParameterizedTest
    @EnumSource(SessionSuite.End.class)
    @Checks(value = "retained messages survive the server's restart", statements = "3.3.1-5")
    void retainedMessagesSurviveARestart(SessionSuite.End end) {
        String topic = "survives/" + end;
        try (PacketClient client = connected("publisher")) {
            for (int qos = 0; qos <= 2; qos++) {
                publish(client, topic + "/" + qos, "x", qos, true);
                publish(client, topic + "/cleared/" + qos, "x", qos, true);
                publish(client, topic + "/cleared/" + qos, "", qos, true);
            }
        }
        end.of(server);
        try (PacketClient client = connected("later")) {
            assertThat(retained(client, topic + "/#", 3))
                    .containsExactlyInAnyOrder(topic + "/0", topic + "/1", topic + "/2");
        }
    }

    @Test
    @Checks(value = "a retained message that was acknowledged survives kill -9", statements = {"3.3.1-5", "4.3.2-2"},
            lintel = "acknowledged means synced", mosquitto = "it is gone: its database is not written by then")
    void retainedMessagesSurviveAKill() {
        try (PacketClient client = connected("publisher")) {
            publish(client, "kill", "x", 1, true);
        }
        server.kill();
        try (PacketClient client = connected("later")) {
            client.subscribed("kill", 0);
            if (!isMosquitto()) {
                client.expectDescribed("PUBLISH kill x qos 0 retain");
            }
            client.expectNothing();
        }
    }
}
