// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.Node;
import io.lintel.primitive.Serialization;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * AE → MN → IN over WebSocket throughout: nobody has a pointOfAccess that anybody could connect to, except the CSEs where
 * their registrees connect. No MQTT anywhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MnInOverWebSocketTest implements AcrossMcc {
    private static final List<String> NO_MQTT = List.of("mqttserver.enabled=false", "mqtt.servers=none");

    private Topology topology;
    private Node lower;
    private Node upper;
    private Registrar in;
    private Registrar mn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        upper = topology.node("in", "in", Topology.settings(NO_MQTT, List.of("health.expect=store,cse,http,coap")));
        in = Registrar.in(upper, "");
        lower = topology.node("mn", "mn", Topology.settings(NO_MQTT, Topology.registeredAt(webSocket(upper), in),
                List.of("registrar.poa=http://127.0.0.1:9", "registrar.serialization=cbor",
                        "health.expect=store,cse,http,coap")));
        mn = Registrar.mn(lower, "");
        topology.ready();
        in.awaitRegistration("mn-cse");
    }

    private static String webSocket(Node node) {
        return node.http().replaceFirst("http", "ws");
    }

    @AfterAll
    void end() throws Exception {
        topology.close();
    }

    @Override
    public Registrar lower() {
        return mn;
    }

    @Override
    public Registrar upper() {
        return in;
    }

    @Override
    public Application below(Serialization serialization) throws Exception {
        return WebSocketAe.register(mn, serialization);
    }

    @Override
    public Application above() throws Exception {
        return WebSocketAe.register(in, Serialization.XML);
    }

    @Test
    @Tag("WS-09")
    void whatIsForAnAeThatIsAwayWaitsAlsoOverAKillAndComesInOrder() throws Exception {
        try (WebSocketAe ae = WebSocketAe.register(mn, Serialization.JSON); Application above = above()) {
            ae.watch(ae.path() + "/data", "own");
            ae.disconnect();
            for (int i = 0; i < 10; i++) {
                above.say(ae.data(), "while away " + i);
            }
            lower.kill();
            lower.awaitReady(lower.start());
            ae.connect();
            assertThat(ae.latest(ae.path() + "/data")).isEqualTo("while away 9");
            for (int i = 0; i < 10; i++) {
                assertThat(ae.notified()).isEqualTo("while away " + i);
            }
            Waiting.until("the gateway is connected to its registrar again", () -> above.retrieve(ae.data()).status() == 2000);
        }
    }

    @Test
    @Tag("WS-08")
    void theGatewayConnectsAgainWhenItsRegistrarIsBack() throws Exception {
        try (Application below = below(Serialization.CBOR)) {
            upper.kill();
            upper.awaitReady(upper.start());
            try (Application above = above()) {
                Waiting.until("the registrar reaches the gateway", () -> above.retrieve(below.data()).status() == 2000);
                above.say(below.data(), "after the restart");
                assertThat(below.latest(below.path() + "/data")).isEqualTo("after the restart");
            }
        }
    }

    @Test
    @Tag("WS-07")
    void anotherOriginatorOverTheConnectionIsRefusedAndANewerConnectionTakesOver() throws Exception {
        try (WebSocketAe ae = WebSocketAe.register(mn, Serialization.JSON); WebSocketAe other = WebSocketAe.register(mn,
                Serialization.JSON)) {
            ae.retrieveAs(other, other.path()).expect(4106);
            ae.connect();
            ae.retrieve(ae.path()).expect(2000);
            assertThat(ae.closed()).as("how the older connection ended").isEqualTo(1000);
            ae.retrieve(ae.path() + "/data").expect(2000);
        }
    }
}
