// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.Node;
import io.lintel.primitive.Serialization;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Configuration 6: AEs and an MN-CSE, the MQTT server outside; MN and IN speak HTTP. */
@Tag("5.2.3.6")
@Tag("PS2")
@Tag("PS5")
@Tag("MQ-06")
@Tag("MQ-11")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AeMnIndependentTest implements AeAtItsRegistrar, AcrossMcc {
    private Topology topology;
    private Mosquitto server;
    private Registrar in;
    private Registrar mn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        server = topology.mosquitto();
        Node upper = topology.node("in", "in", List.of("mqttserver.enabled=false", "mqtt.servers=none",
                "health.expect=store,cse,http,coap"));
        in = Registrar.in(upper, "");
        Node lower = topology.node("mn", "mn", Topology.settings(Topology.independent(server),
                Topology.registeredByHttpAt(upper, in)));
        mn = Registrar.mn(lower, server.uri());
        topology.ready();
        in.awaitRegistration("mn-cse");
    }

    @AfterAll
    void end() throws Exception {
        topology.close();
    }

    @Override
    public Registrar registrar() {
        return mn;
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
        return MqttAe.register(mn, serialization);
    }

    @Override
    public Application above() throws Exception {
        return HttpAe.register(in);
    }

    @Test
    void nothingBetweenTheCsesPassesTheServer() throws Exception {
        BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
        try (MqttClient spy = MqttClient.durable(server.uri(), "spy", seen::add); Application below = below(Serialization.JSON);
                Application above = above()) {
            assertThat(spy.subscribe("#")).isTrue();
            below.say(above.data(), "by HTTP upstairs");
            above.say(below.data(), "by HTTP downstairs");
            spy.fence();
            assertThat(seen).isNotEmpty().allSatisfy(message -> assertThat(message.topic()).doesNotContain("in-cse"));
        }
    }
}
