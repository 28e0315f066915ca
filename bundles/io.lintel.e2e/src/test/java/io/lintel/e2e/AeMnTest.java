// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.Node;
import io.lintel.primitive.Serialization;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Configuration 2: AEs and an MN-CSE, the MQTT server in the MN; MN and IN speak HTTP, and the IN no MQTT at all. */
@Tag("5.2.3.2")
@Tag("PS2")
@Tag("MQ-07")
@Tag("MQ-11")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AeMnTest implements AeAtItsRegistrar, AcrossMcc {
    private Topology topology;
    private Registrar in;
    private Registrar mn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        Node upper = topology.node("in", "in", List.of("mqttserver.enabled=false", "mqtt.servers=none",
                "health.expect=store,cse,http,coap"));
        in = Registrar.in(upper, "");
        Node lower = topology.node("mn", "mn", Topology.registeredByHttpAt(upper, in));
        mn = Registrar.mn(lower, lower.mqtt());
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

    /** What crosses between the CSEs goes by HTTP: the IN-CSE never connected to the server in the MN. */
    @Test
    void theInIsNoClientOfTheServerInTheMn() throws Exception {
        try (Application below = below(Serialization.JSON); Application above = above()) {
            above.watch(below.data(), "by-http");
            below.say(below.path() + "/data", "news");
            assertThat(above.notified()).isEqualTo("news");
        }
        assertThat(Files.readString(in.node().home().resolve("log/lintel.log"))).contains("lintel").doesNotContain("C::in-cse");
    }
}
