// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.MqttServerAdministration.Trace;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.TraceEvent;
import io.lintel.mqtt.server.TraceFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets as an administrator watches them pass. */
class TraceTest {
    private final BlockingQueue<TraceEvent> seen = new LinkedBlockingQueue<>();
    private TestServer server = TestServer.start(Map.of("sysSeconds", 0));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showsEveryPacketInOrder() throws Exception {
        try (Trace trace = server.server().trace(new TraceFilter("c", "", 3), seen::add)) {
            try (PacketClient client = server.connected("c")) {
                client.send(Packets.subscribe(7, "t", 1)).expectSuback(7, 1);
                client.send(Packets.publish("t", "hello", 1, 5));
                int id = 0;
                for (int i = 0; i < 2; i++) {
                    PacketClient.Packet packet = client.receive();
                    id = packet.type() == 3 ? packet.packetId() : id;
                }
                client.send(Packets.puback(id)).send(Packets.DISCONNECT).expectClosed();
            }
            assertThat(next()).isEqualTo("IN CONNECT clean session, keep alive 0 s");
            assertThat(next()).isEqualTo("OUT CONNACK code 0");
            assertThat(next()).isEqualTo("IN SUBSCRIBE #7 t QoS [1]");
            assertThat(next()).isEqualTo("OUT SUBACK #7 codes [1]");
            assertThat(next()).isEqualTo("IN PUBLISH #5 t qos 1 5 bytes hel");
            assertThat(List.of(next(), next())).allMatch(e -> e.startsWith("OUT PUBLISH #") && e.endsWith("t qos 1 5 bytes hel")
                    || e.equals("OUT PUBACK #5")).doesNotHaveDuplicates();
            assertThat(next()).startsWith("IN PUBACK #");
            assertThat(next()).isEqualTo("IN DISCONNECT");
            assertThat(next()).isEqualTo("NONE CLOSE DISCONNECT");
            assertThat(trace.dropped()).isZero();
        }
        server.connected("c").close();
        assertThat(seen).as("nothing after its end").isEmpty();
    }

    private String next() throws InterruptedException {
        TraceEvent event = seen.poll(60, TimeUnit.SECONDS);
        assertThat(event).as("an event in time").isNotNull();
        assertThat(event.address()).startsWith("127.0.0.1:");
        return event.direction() + " " + event.packet() + (event.packetId() == 0 ? "" : " #" + event.packetId())
                + event.topic().map(t -> " " + t).orElse("")
                + (event.packet().equals("PUBLISH") ? " qos " + event.qos() + (event.retain() ? " retain" : "") + (event.dup()
                ? " dup" : "")
                + " " + event.bytes() + " bytes " + new String(event.payload(), StandardCharsets.UTF_8) : "")
                + (event.detail().isEmpty() ? "" : " " + event.detail());
    }

    @Test
    void neverShowsAPassword() throws Exception {
        try (Trace trace = server.server().trace(TraceFilter.ALL, seen::add);
                PacketClient client = PacketClient.open(server.port())) {
            client.send(Packets.body().string("MQTT").one(4, 0xc2).two(9).string("c").string("lamp").string("secret").as(0x10));
            assertThat(next()).isEqualTo("IN CONNECT clean session, keep alive 9 s, user lamp");
        }
    }

    @Test
    void showsRefusalsAndMalformedPackets() throws Exception {
        server.close();
        server = TestServer.start(new InMemorySessionStore(), new OnlyA(), Map.of("sysSeconds", 0));
        try (Trace trace = server.server().trace(TraceFilter.ALL, seen::add)) {
            try (PacketClient client = PacketClient.open(server.port())) {
                client.send(Packets.connect("b", true, 0)).expectConnack(5, false).expectClosed();
            }
            assertThat(next()).startsWith("IN CONNECT");
            assertThat(next()).isEqualTo("OUT CONNACK code 5");
            try (PacketClient client = server.connected("a")) {
                client.send(Packets.publish("secret", "x", 1, 1)).expectPuback(1);
                client.send(0xf0, 0).expectClosed();
            }
            assertThat(next()).startsWith("IN CONNECT");
            assertThat(next()).startsWith("OUT CONNACK");
            assertThat(next()).startsWith("IN PUBLISH");
            assertThat(next()).isEqualTo("NONE REFUSED secret dropped by the policy");
            assertThat(next()).isEqualTo("OUT PUBACK #1");
            assertThat(next()).startsWith("NONE CLOSE ");
        }
    }

    private static final class OnlyA implements TopicPolicy {
        @Override
        public CompletionStage<ConnectDecision> connect(ConnectedClient client) {
            return CompletableFuture.completedFuture(client.clientId().equals("a") ? ConnectDecision.ACCEPT
                    : ConnectDecision.REFUSE_NOT_AUTHORIZED);
        }

        @Override
        public CompletionStage<Boolean> subscribe(ConnectedClient client, String topicFilter) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
            return CompletableFuture.completedFuture(PublishDecision.DROP);
        }

        @Override
        public boolean deliver(ConnectedClient client, String topic) {
            return true;
        }
    }

    @ParameterizedTest
    @CsvSource({"lamp-*, '', 4", "lamp-?, '', 4", "*-1, '', 4", "other, '', 0", "lamp-*, t/+, 1", "'', t/1, 1", "'', u, 0",
            "l*p*1, '#', 1"})
    void showsOnlyWhatIsAskedFor(String clients, String topics, int expected) {
        try (Trace trace = server.server().trace(new TraceFilter(clients, topics, 0), seen::add);
                PacketClient client = server.connected("lamp-1")) {
            client.send(Packets.publish("t/1", "x", 1, 1)).expectPuback(1);
            TestServer.eventually("what is expected", () -> seen.size() >= expected);
            client.expectNothing();
            assertThat(seen.stream().filter(e -> !e.packet().startsWith("PING"))).hasSize(expected);
        }
    }

    @Test
    void aSlowConsumerMissesEventsAndHoldsUpNobody() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Trace trace = server.server().trace(TraceFilter.ALL, event -> {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }); PacketClient client = server.connected("c")) {
            for (int i = 0; i < 3_000; i++) {
                client.send(Packets.publish("t", "x", 0, 0));
            }
            client.expectNothing();
            assertThat(trace.dropped()).isBetween(1_900L, 2_100L);
            goOn.countDown();
        }
    }

    @Test
    void aConsumerThatFailsEndsItsTrace() {
        try (Trace trace = server.server().trace(TraceFilter.ALL, event -> {
            throw new IllegalStateException("a consumer of the test");
        }); PacketClient client = server.connected("c")) {
            TestServer.eventually("it is closed", () -> !trace.isOpen());
            client.expectNothing();
        }
    }

    @Test
    void tracesAreBoundedAndEndWithTheServer() {
        List<Trace> traces = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            traces.add(server.server().trace(TraceFilter.ALL, seen::add));
        }
        assertThatThrownBy(() -> server.server().trace(TraceFilter.ALL, seen::add)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("16 traces");
        traces.remove(0).close();
        traces.add(server.server().trace(TraceFilter.ALL, seen::add));
        server.server().close();
        assertThat(traces).noneMatch(Trace::isOpen);
        assertThatThrownBy(() -> server.server().trace(TraceFilter.ALL, seen::add)).isInstanceOf(IllegalStateException.class);
    }
}
