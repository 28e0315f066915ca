// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The counters below {@code $SYS}. MQTT 3.1.1 says of them only that clients do not publish there; the names are those of
 * Mosquitto, which the control proves.
 */
abstract class SysTopicsSuite extends ConformanceSuite {
    private static final String[] NUMBERS = {
        "bytes/received", "bytes/sent", "clients/active", "clients/connected", "clients/disconnected", "clients/inactive",
        "clients/maximum", "clients/total", "heap/current", "heap/maximum", "messages/received", "messages/sent",
        "messages/stored", "publish/bytes/received", "publish/bytes/sent", "publish/messages/dropped",
        "publish/messages/received", "publish/messages/sent", "retained messages/count", "store/messages/bytes",
        "store/messages/count", "subscriptions/count"};
    private static final String[] LOADS = {
        "bytes/received", "bytes/sent", "connections", "messages/received", "messages/sent", "publish/dropped",
        "publish/received", "publish/sent", "sockets"};

    SysTopicsSuite(Subject.Starter starter) {
        super(starter);
    }

    @Override
    Setup setup() {
        return Setup.DEFAULTS.lintel("sysSeconds", 1).mosquitto("sys_interval 1").policy(new PolicyByName(), PolicyByName.ACL);
    }

    /** Takes what comes below $SYS until the condition holds: topic without {@code $SYS/broker/}, and its last payload. */
    private static Map<String, String> until(PacketClient client, Predicate<Map<String, String>> enough) {
        Map<String, String> values = new TreeMap<>();
        while (!enough.test(values)) {
            PacketClient.Packet packet = client.receive();
            assertThat(packet.describe()).startsWith("PUBLISH $SYS/broker/").contains(" qos 0");
            String topic = packet.describe().substring("PUBLISH $SYS/broker/".length());
            values.put(topic.substring(0, topic.lastIndexOf(" " + packet.payload() + " qos 0")), packet.payload());
        }
        return values;
    }

    private static long number(Map<String, String> values, String name) {
        return Long.parseLong(values.getOrDefault(name, "-1"));
    }

    @Test
    @Checks(value = "$SYS/broker: version, uptime, counters and loads under the names that Mosquitto gives them",
            statements = "4.7.2",
            mosquitto = "has clients/expired and shared_subscriptions/count too, of which there are none here")
    void theUsualCountersAreThere() {
        try (PacketClient client = connected("reads")) {
            client.subscribed("$SYS/#", 0);
            List<String> names = new ArrayList<>(List.of(NUMBERS));
            for (String load : LOADS) {
                names.addAll(List.of("load/" + load + "/1min", "load/" + load + "/5min", "load/" + load + "/15min"));
            }
            Map<String, String> values = until(client, v -> v.keySet().containsAll(names)
                    && v.keySet().containsAll(List.of("version", "uptime")));
            for (String name : NUMBERS) {
                assertThat(values.get(name)).as(name).matches("\\d+");
            }
            names.stream().filter(name -> name.startsWith("load/"))
                    .forEach(name -> assertThat(values.get(name)).as(name).matches("\\d+\\.\\d\\d"));
            assertThat(values.get("version")).contains(isMosquitto() ? "mosquitto version 2.0.11" : "Lintel");
            assertThat(values.get("uptime")).matches("\\d+ seconds");
        }
    }

    @Test
    @Checks(value = "$SYS/broker: the counters count", statements = "4.7.2")
    void theCountersCount() {
        away("sleeps", "waits", 1);
        try (PacketClient client = connected("counts"); PacketClient other = connected("other")) {
            client.subscribed("t", 0);
            for (int i = 0; i < 10; i++) {
                publish(other, "t", "12345", 1);
                client.expectPublish("t", "12345", 0);
            }
            publish(other, "waits", "123", 1);
            publish(other, "kept", "kept", 1, true);
            client.subscribed("$SYS/#", 0);
            Map<String, String> values = until(client, v -> number(v, "publish/messages/received") >= 12
                    && number(v, "clients/connected") == 2 && number(v, "clients/disconnected") == 1
                    && number(v, "clients/total") == 3 && number(v, "clients/maximum") >= 2
                    && number(v, "publish/bytes/received") >= 57 && number(v, "publish/bytes/sent") >= 50
                    && number(v, "subscriptions/count") >= 3 && number(v, "store/messages/count") >= 2
                    && number(v, "messages/received") >= 14 && number(v, "messages/sent") >= 24
                    && number(v, "bytes/received") > 100 && number(v, "heap/current") > 0
                    && !v.getOrDefault("load/publish/received/1min", "0.00").equals("0.00"));
            assertThat(number(values, "publish/messages/sent")).isGreaterThanOrEqualTo(10);
        }
        connected("sleeps").close();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"$SYS/broker/version", "$SYS/mine", "$SYS/"})
    @Checks(value = "clients cannot publish below $SYS: acknowledged and dropped, also retained",
            statements = {"4.7.2-1", "3.3.5-2"})
    void nobodyPublishesThere(String topic) {
        try (PacketClient reader = connected("reads"); PacketClient client = connected("forges")) {
            for (int qos = 0; qos <= 2; qos++) {
                publish(client, topic, "forged", qos);
                publish(client, topic, "forged", qos, true);
            }
            reader.send(Packets.subscribe(1, topic, 0)).expectSuback(1, 0);
            if (topic.endsWith("version")) {
                assertThat(reader.receive().payload()).doesNotContain("forged");
            }
            reader.expectNothing();
        }
    }

    @Test
    @Checks(value = "nor by a will", statements = {"4.7.2-1", "3.1.2-8"}, lintel = "CONNACK 0x05",
            mosquitto = "accepts the will and drops it")
    void norByAWill() {
        try (PacketClient client = open(); PacketClient reader = connected("reads")) {
            client.send(Packets.connectWithWill("forges", true, "$SYS/broker/version", "forged", 0, true));
            if (isMosquitto()) {
                client.expectConnack(0, false).abort();
            } else {
                client.expectConnack(5, false).expectClosed();
            }
            publish(reader, "elsewhere", "x", 1);
            reader.subscribed("$SYS/broker/version", 0);
            assertThat(reader.receive().payload()).doesNotContain("forged");
        }
    }

    @Test
    @Checks(value = "who may read $SYS is decided as for any other topic", statements = "3.8.4-5",
            lintel = "the topic policy: 0x80, and it is asked again at delivery",
            mosquitto = "grants, and delivers by its list of rights")
    void onlyWhomThePolicyLets() {
        try (PacketClient client = open()) {
            if (isMosquitto()) {
                // a user for whom the list has no $SYS
                client.send(Packets.body().string("MQTT").one(4, 0xc2).two(0).string("nosy").string(Subject.SOMEONE)
                        .string(Subject.PASSWORD).as(0x10))
                        .expectConnack(0, false);
                client.send(Packets.subscribe(1, "$SYS/#", 0)).expectSuback(1, 0);
            } else {
                client.send(Packets.connect("nosy", true, 0)).expectConnack(0, false);
                client.send(Packets.subscribe(1, "$SYS/#", 0)).expectSuback(1, 0x80);
                // a filter that it lets pass, for topics that it does not
                client.send(Packets.subscribe(1, "$SYS/broker/+", 0)).expectSuback(1, 0);
            }
            client.expectNothing();
        }
    }
}
