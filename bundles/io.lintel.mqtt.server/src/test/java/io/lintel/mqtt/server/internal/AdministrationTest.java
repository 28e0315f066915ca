// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.MqttServerAdministration.ConnectionView;
import io.lintel.mqtt.server.MqttServerAdministration.Order;
import io.lintel.mqtt.server.MqttServerAdministration.Page;
import io.lintel.mqtt.server.MqttServerAdministration.QueueEntry;
import io.lintel.mqtt.server.MqttServerAdministration.RetainedView;
import io.lintel.mqtt.server.MqttServerAdministration.SessionQuery;
import io.lintel.mqtt.server.MqttServerAdministration.SessionView;
import io.lintel.mqtt.server.MqttServerAdministration.Traffic;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore.StoredSubscription;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an administrator sees and does, while real clients are connected. */
class AdministrationTest {
    private TestServer server = TestServer.start(Map.of("sysSeconds", 0));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showsASessionWithItsConnectionAndTraffic() {
        long before = System.currentTimeMillis();
        try (PacketClient client = PacketClient.open(server.port())) {
            client.send(connectWithKeepAliveAndWill("c")).expectConnack(0, false);
            client.send(Packets.subscribe(1, "a/+", 1, "b", 0)).expectSuback(1, 1, 0);
            client.send(Packets.publish("b", "hello", 0, 0)).expectPublish("b", "hello", 0);
            SessionView session = server.session("c").orElseThrow();
            ConnectionView connection = session.connection().orElseThrow();
            assertThat(connection.address()).startsWith("127.0.0.1:");
            assertThat(connection.listener()).isEqualTo("tcp");
            assertThat(connection.keepAliveSeconds()).isEqualTo(77);
            assertThat(connection.will()).contains("will");
            assertThat(connection.waiting()).isFalse();
            assertThat(connection.sinceMillis()).isBetween(before, System.currentTimeMillis());
            assertThat(session.seenMillis()).isBetween(before, System.currentTimeMillis());
            assertThat(session.durable()).isFalse();
            assertThat(session.principal()).isEmpty();
            assertThat(session.subscriptions()).containsExactly(new StoredSubscription("a/+", 1), new StoredSubscription("b", 0));
            Traffic traffic = session.traffic();
            assertThat(traffic.messagesIn()).isEqualTo(1);
            assertThat(traffic.messagesOut()).isEqualTo(1);
            assertThat(traffic.bytesIn()).isEqualTo(server.counter(Counter.BYTES_IN)).isPositive();
            assertThat(traffic.bytesOut()).isEqualTo(server.counter(Counter.BYTES_OUT)).isPositive();
            assertThat(session.lastMinute()).isEqualTo(traffic);
        }
    }

    private static byte[] connectWithKeepAliveAndWill(String clientId) {
        return Packets.body().string("MQTT").one(4, 0x06).two(77).string(clientId).string("will").string("gone").as(0x10);
    }

    @Test
    void showsWhoIsAwayAndForHowLong() {
        long before = System.currentTimeMillis();
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        TestServer.eventually("it is away", () -> server.session("away").orElseThrow().connection().isEmpty());
        SessionView session = server.session("away").orElseThrow();
        assertThat(session.durable()).isTrue();
        assertThat(session.seenMillis()).isBetween(before, System.currentTimeMillis());
        assertThat(session.traffic().bytesIn()).as("kept over connections").isPositive();
    }

    @Test
    void showsSessionsPageByPageFilteredAndSorted() {
        List<PacketClient> clients = new ArrayList<>();
        for (int i = 10; i < 40; i++) {
            clients.add(server.connected("lamp-" + i));
        }
        for (int i = 1; i <= 3; i++) {
            server.connectedDurably("Away-" + i).subscribed("t/" + i, 1).send(Packets.DISCONNECT).expectClosed();
        }
        TestServer.eventually("they are away", () -> names("", Optional.of(false), Order.CLIENT_ID, 0, 10).size() == 3);
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t/2", "one", 1, 1)).expectPuback(1);
            publisher.send(Packets.publish("t/2", "two", 1, 2)).expectPuback(2);
            publisher.send(Packets.publish("t/3", "x".repeat(1_000), 1, 3)).expectPuback(3);
            assertThat(names("lamp", Optional.empty(), Order.CLIENT_ID, 10, 3)).containsExactly("lamp-20", "lamp-21", "lamp-22");
            Page<SessionView> page = server.server().sessions(query("LAMP", Optional.of(true), Order.CLIENT_ID, 29, 10));
            assertThat(page.total()).isEqualTo(30);
            assertThat(page.items()).extracting(SessionView::clientId).containsExactly("lamp-39");
            assertThat(names("", Optional.of(false), Order.CLIENT_ID, 0, 10)).containsExactly("Away-1", "Away-2", "Away-3");
            assertThat(names("", Optional.empty(), Order.QUEUED_MESSAGES, 0, 2)).containsExactly("Away-2", "Away-3");
            assertThat(names("", Optional.empty(), Order.QUEUED_BYTES, 0, 2)).containsExactly("Away-3", "Away-2");
            assertThat(names("", Optional.empty(), Order.LAST_SEEN, 0, 3)).containsExactly("Away-1", "Away-2", "Away-3");
            assertThat(names("", Optional.empty(), Order.TRAFFIC, 0, 1)).containsExactly("p");
            assertThat(names("127.0.0.1", Optional.empty(), Order.CLIENT_ID, 0, 100)).hasSize(31);
            assertThat(names("", Optional.empty(), Order.CLIENT_ID, 1_000, 10)).isEmpty();
        }
        clients.forEach(PacketClient::close);
    }

    private List<String> names(String text, Optional<Boolean> connected, Order order, int offset, int limit) {
        return server.server().sessions(query(text, connected, order, offset, limit)).items().stream()
                .map(SessionView::clientId).toList();
    }

    private static SessionQuery query(String text, Optional<Boolean> connected, Order order, int offset, int limit) {
        return new SessionQuery(text, connected, Optional.empty(), order, offset, limit);
    }

    @Test
    void pagesThroughAQueueOnDisk() {
        server.connectedDurably("away").subscribed("t/#", 2).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 10; i++) {
                publisher.send(Packets.publish("t/" + i, "m" + i + "x".repeat(500), 1, i)).expectPuback(i);
            }
        }
        List<QueueEntry> first = server.server().queue("away", 0, 4);
        assertThat(first).extracting(QueueEntry::topic).containsExactly("t/1", "t/2", "t/3", "t/4");
        QueueEntry entry = first.get(0);
        assertThat(entry.bytes()).isEqualTo(502);
        assertThat(entry.qos()).isEqualTo(1);
        assertThat(entry.packetId()).isZero();
        assertThat(new String(entry.preview(), StandardCharsets.UTF_8)).startsWith("m1x").hasSize(256);
        List<QueueEntry> rest = server.server().queue("away", first.get(3).number(), 100);
        assertThat(rest).extracting(QueueEntry::topic).containsExactly("t/5", "t/6", "t/7", "t/8", "t/9", "t/10");
        assertThat(server.server().queue("nobody", 0, 10)).isEmpty();
    }

    @Test
    void aPageOfLargeMessagesIsShort() {
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        String large = "x".repeat(400_000);
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 5; i++) {
                publisher.send(Packets.publish("t", large, 1, i)).expectPuback(i);
            }
        }
        assertThat(server.server().queue("away", 0, 100)).hasSize(2);
    }

    @Test
    void showsWhatWaitsInMemory() {
        try (PacketClient client = server.connected("c").subscribed("t", 1); PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 103; i++) {   // 100 of them are in flight
                publisher.send(Packets.publish("t", "m" + i, 1, i)).expectPuback(i);
            }
            assertThat(server.session("c").orElseThrow().inFlight()).isEqualTo(100);
            assertThat(server.server().queue("c", 0, 2)).extracting(e -> new String(e.preview(), StandardCharsets.UTF_8))
                    .containsExactly("m101", "m102");
            client.expectPublish("t", "m1", 1);
        }
    }

    @Test
    void dropsASessionWithAllThatWaits() {
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t", "x", 1, 1)).expectPuback(1);
            assertThat(server.server().dropSession("away")).isTrue();
            assertThat(server.store().hasSession("away")).isFalse();
            assertThat(server.store().messages()).isZero();
            assertThat(server.server().dropSession("away")).isFalse();
            publisher.send(Packets.publish("t", "x", 1, 2)).expectPuback(2);
        }
        server.connectedDurably("away").expectNothing().close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsASubscription(boolean clean) {
        try (PacketClient client = PacketClient.connected(server.port(), "c",
                clean); PacketClient publisher = server.connected("p")) {
            client.send(Packets.subscribe(1, "a", 1, "b", 1)).expectSuback(1, 1, 1);
            assertThat(server.server().unsubscribe("c", "a")).isTrue();
            assertThat(server.server().unsubscribe("c", "a")).isFalse();
            publisher.send(Packets.publish("a", "x", 1, 1)).expectPuback(1);
            publisher.send(Packets.publish("b", "y", 1, 2)).expectPuback(2);
            client.expectPublishAndAcknowledge("b", "y");
        }
        if (!clean) {
            assertThat(server.store().load().sessions().get(0).subscriptions()).containsExactly(new StoredSubscription("b", 1));
        }
    }

    @Test
    void showsAndClearsRetainedMessages() {
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 5; i++) {
                publisher.send(Packets.retained("a/" + i, "m" + i, 1, i)).expectPuback(i);
            }
            publisher.send(Packets.retained("b", "x", 0, 0)).expectNothing();
            Page<RetainedView> page = server.server().retained("a/+", 1, 2);
            assertThat(page.total()).isEqualTo(5);
            assertThat(page.items()).extracting(RetainedView::topic).containsExactly("a/2", "a/3");
            assertThat(new String(page.items().get(0).preview(), StandardCharsets.UTF_8)).isEqualTo("m2");
            try (PacketClient listener = server.connected("l").subscribed("b", 0)) {
                listener.expectDescribed("PUBLISH b x qos 0 retain");
                assertThat(server.server().clearRetained("b")).isTrue();
                listener.expectNothing();
            }
            assertThat(server.server().clearRetained("b")).isFalse();
            assertThat(server.server().clearRetained("$SYS/broker/uptime")).isFalse();
            assertThat(server.server().retained("#", 0, 10).total()).isEqualTo(5);
            assertThat(server.store().load().retained()).hasSize(5);
        }
    }

    @Test
    void countsWhatIsDroppedForASlowClient() {
        server.close();
        server = TestServer.start(Map.of("outboundBufferBytes", 16_384, "sysSeconds", 0));
        String large = "y".repeat(50_000);
        try (PacketClient slow = PacketClient.open(server.port(), 4_096); PacketClient publisher = server.connected("p")) {
            slow.send(Packets.connect("slow", true, 0)).expectConnack(0, false).subscribed("t", 0);
            for (int i = 0; i < 200; i++) {
                publisher.send(Packets.publish("t", large, 0, 0));
            }
            publisher.expectNothing();
            assertThat(server.session("slow").orElseThrow().traffic().droppedQos0())
                    .isEqualTo(server.counter(Counter.MESSAGES_DROPPED_QOS0)).isPositive();
            assertThat(server.session("p").orElseThrow().traffic().droppedQos0()).isZero();
        }
    }

    @Test
    void warnsOfAQueueThatIsNearlyFull() {
        server.close();
        server = TestServer.start(Map.of("sessionQueueMessages", 10, "sysSeconds", 0));
        server.connectedDurably("away").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            for (int i = 1; i <= 8; i++) {
                assertThat(server.server().warnings()).isEmpty();
                publisher.send(Packets.publish("t", "m", 1, i)).expectPuback(i);
            }
            assertThat(server.server().warnings())
                    .containsExactly("Messages in the fullest queue: 8 of 10, of away (mqttserver.sessionQueueMessages)");
        }
    }

    @Test
    void thousandsOfSessionsDoNotHoldUpClients() {
        server.close();
        InMemorySessionStore store = new InMemorySessionStore();
        List<SessionChange> opened = new ArrayList<>();
        for (int i = 0; i < 9_999; i++) {
            opened.add(new SessionChange.SessionOpened("s" + i, "", i));
        }
        store.write(opened).toCompletableFuture().join();
        server = TestServer.start(store);
        try (PacketClient client = server.connected("c")) {
            Thread administrator = new Thread(() -> {
                for (int i = 0; i < 50; i++) {
                    assertThat(server.server().sessions(query("", Optional.empty(), Order.QUEUED_BYTES, 5_000,
                            50)).total()).isEqualTo(10_000);
                }
            });
            administrator.start();
            long longest = 0;
            while (administrator.isAlive()) {
                long start = System.nanoTime();
                client.expectNothing();
                longest = Math.max(longest, System.nanoTime() - start);
            }
            assertThat(longest).isLessThan(1_000_000_000L);
        }
    }

    @Test
    void aServerThatIsClosedShowsNothing() {
        server.server().close();
        assertThat(server.sessions()).isEmpty();
        assertThat(server.server().limits()).isEmpty();
        assertThat(server.server().warnings()).isEmpty();
        assertThat(server.server().disconnect("c")).isFalse();
        assertThat(server.server().retained("#", 0, 1).items()).isEmpty();
    }
}
