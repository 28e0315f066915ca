// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.internal.InMemorySessionStore;
import io.lintel.mqtt.server.internal.TestServer;
import io.lintel.tls.TestCertificates;
import io.lintel.mqtt.server.internal.users.TestUsers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every foreign client does with the server, over each transport: all QoS both ways, wildcards, durable sessions with
 * messages that wait, retained messages, wills, large payloads, and the server's restart in between. One server for all
 * tests of a client, so each test has client identifiers and topics of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ForeignClientSuite {
    private static final int LARGE = 262_144;

    private TestServer server;
    private TestCertificates certificates;

    /** @param will the topic of a will with payload "gone" and QoS 1; null for none */
    abstract ForeignClient connect(Endpoint endpoint, String clientId, boolean clean, String will) throws Exception;

    @BeforeAll
    final void start() {
        server = TestServer.start(new InMemorySessionStore(), new Everything(), Map.of());
        certificates = new TestCertificates(server.home().resolve("etc/tls"));
        TestUsers.put(server.home(), Endpoint.USER, Endpoint.PASSWORD);
        listen();
    }

    private void listen() {
        for (Transport transport : Transport.values()) {
            if (transport != Transport.TCP) {
                String name = transport.name().toLowerCase(Locale.ROOT);
                server.listening(name, Map.of("transport", name, "path", Endpoint.PATH, "authentication",
                        transport.isSecure() ? "password" : "none"));
            }
        }
    }

    @AfterAll
    final void stop() {
        server.close();
    }

    /** Nothing here is about rights; without any policy only plain listeners would be open. */
    private static final class Everything implements TopicPolicy {
        @Override
        public CompletionStage<ConnectDecision> connect(ConnectedClient client) {
            return CompletableFuture.completedFuture(ConnectDecision.ACCEPT);
        }

        @Override
        public CompletionStage<Boolean> subscribe(ConnectedClient client, String topicFilter) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
            return CompletableFuture.completedFuture(PublishDecision.ALLOW);
        }

        @Override
        public boolean deliver(ConnectedClient client, String topic) {
            return true;
        }
    }

    final Endpoint endpoint(Transport transport) {
        int port = transport == Transport.TCP ? server.port() : server.port(transport.name().toLowerCase(Locale.ROOT));
        Path authority = certificates.authorityFile();
        return new Endpoint(transport, port, authority, certificates.client(null));
    }

    /** Cuts the client's connection from the server's side, for a client that cannot be made to die. */
    final void cut(String clientId) {
        server.disconnect(clientId);
    }

    private ForeignClient connect(Transport transport, String clientId, boolean clean) throws Exception {
        return connect(endpoint(transport), clientId + transport, clean, null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQ-10")
    void everyQualityOfServiceBothWays(Transport transport) throws Exception {
        try (ForeignClient one = connect(transport, "one", true); ForeignClient two = connect(transport, "two", true)) {
            assertThat(one.sessionPresent()).isFalse();
            one.subscribe("both/+/" + transport, 2);
            two.subscribe("both/#", 1);
            for (int qos = 0; qos <= 2; qos++) {
                two.publish("both/" + qos + "/" + transport, bytes("m" + qos), qos, false);
                assertThat(one.next()).isEqualTo("both/" + qos + "/" + transport + " m" + qos + " qos " + qos);
                assertThat(two.next()).isEqualTo("both/" + qos + "/" + transport + " m" + qos + " qos " + Math.min(qos, 1));
            }
            one.unsubscribe("both/+/" + transport);
            two.publish("both/x/" + transport, bytes("not any more"), 1, false);
            one.subscribe("end/" + transport, 0);
            two.publish("end/" + transport, bytes("end"), 1, false);
            assertThat(one.next()).isEqualTo("end/" + transport + " end qos 0");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQ-01")
    void messagesWaitForADurableSession(Transport transport) throws Exception {
        try (ForeignClient away = connect(transport, "away", false)) {
            away.subscribe("away/" + transport + "/#", 2);
            away.disconnect();
        }
        try (ForeignClient publisher = connect(transport, "publisher", true)) {
            for (int i = 0; i < 30; i++) {
                publisher.publish("away/" + transport + "/" + i, bytes("m" + i), 1 + i % 2, false);
            }
        }
        if (transport == Transport.TCP) {
            server = server.killedAndRestarted();
            listen();
        }
        try (ForeignClient back = connect(transport, "away", false)) {
            assertThat(back.sessionPresent()).isTrue();
            Map<Boolean, List<String>> received = new HashMap<>(Map.of(true, new ArrayList<>(), false, new ArrayList<>()));
            Map<Boolean, List<String>> expected = new HashMap<>(Map.of(true, new ArrayList<>(), false, new ArrayList<>()));
            for (int i = 0; i < 30; i++) {
                String next = back.next();
                received.get(String.valueOf(next).endsWith("qos 2")).add(next);
                expected.get(i % 2 == 1).add("away/" + transport + "/" + i + " m" + i + " qos " + (1 + i % 2));
            }
            assertThat(received).isEqualTo(expected);   // some clients give out QoS 2 later than QoS 1 behind it
        }
    }

    @ParameterizedTest
    @EnumSource
    void retainedMessagesAreKeptAndCleared(Transport transport) throws Exception {
        String topic = "retained/" + transport;
        try (ForeignClient publisher = connect(transport, "publisher", true);
                ForeignClient later = connect(transport, "later", true)) {
            publisher.publish(topic, bytes("kept"), 1, true);
            later.subscribe(topic, 1);
            assertThat(later.next()).isEqualTo(topic + " kept qos 1 retained");
            publisher.publish(topic, bytes("newer"), 2, true);
            assertThat(later.next()).isEqualTo(topic + " newer qos 1");
            publisher.publish(topic, new byte[0], 1, true);
            assertThat(later.next()).isEqualTo(topic + "  qos 1");
            try (ForeignClient last = connect(transport, "last", true)) {
                last.subscribe("retained/#", 1);
                publisher.publish(topic, bytes("end"), 1, false);
                assertThat(last.next()).isEqualTo(topic + " end qos 1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theWillOfAClientThatDies(Transport transport) throws Exception {
        String topic = "will/" + transport;
        try (ForeignClient listener = connect(transport, "listener", true)) {
            listener.subscribe(topic, 2);
            try (ForeignClient leaves = connect(endpoint(transport), "leaves" + transport, true, topic)) {
                leaves.disconnect();
            }
            listener.publish(topic, bytes("none came"), 1, false);
            assertThat(listener.next()).isEqualTo(topic + " none came qos 1");
            try (ForeignClient dies = connect(endpoint(transport), "dies" + transport, true, topic)) {
                dies.die();
                assertThat(listener.next()).isEqualTo(topic + " gone qos 1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void largePayloads(Transport transport) throws Exception {
        byte[] large = new byte[LARGE];
        new Random(LARGE).nextBytes(large);
        String topic = "large/" + transport;
        try (ForeignClient subscriber = connect(transport, "subscriber", false);
                ForeignClient publisher = connect(transport, "publisher", true)) {
            subscriber.subscribe(topic, 2);
            for (int i = 0; i < 6; i++) {
                large[0] = (byte) i;
                publisher.publish(topic, large, i % 3, false);
                assertThat(subscriber.next()).isEqualTo(ForeignClient.describe(topic, large, i % 3, false));
            }
            subscriber.disconnect();
        }
    }
}
