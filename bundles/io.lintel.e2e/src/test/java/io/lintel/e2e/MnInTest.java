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

/** Configuration 3: an MN-CSE and an IN-CSE, the MQTT server in the IN; AEs of the MN speak HTTP and CoAP. */
@Tag("5.2.3.3")
@Tag("PS6")
@Tag("MQ-07")
@Tag("MQ-11")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MnInTest implements AcrossMcc {
    private Topology topology;
    private Registrar in;
    private Registrar mn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        Node upper = topology.node("in", "in", List.of());
        in = Registrar.in(upper, upper.mqtt());
        Node lower = topology.node("mn", "mn", Topology.settings(Topology.registeredAt(upper.mqtt(), in),
                List.of("mqttserver.enabled=false", "mqtt.servers=none", "health.expect=store,cse,http,coap")));
        mn = Registrar.mn(lower, "");
        topology.ready();
        in.awaitRegistration("mn-cse");
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
        return HttpAe.register(mn);
    }

    @Override
    public Application above() throws Exception {
        return MqttAe.register(in, Serialization.JSON);
    }

    /** MQ-03: a gateway without any MQTT listener is reached through the connection that it opened. */
    @Test
    @Tag("MQ-03")
    void anApplicationThatSpeaksCoapReachesTheInAndBack() throws Exception {
        try (Application below = CoapAe.register(mn); Application above = above()) {
            below.say(above.data(), "by CoAP");
            assertThat(above.latest(above.data())).isEqualTo("by CoAP");
            above.say(below.data(), "by MQTT");
            assertThat(below.latest(below.path() + "/data")).isEqualTo("by MQTT");
        }
    }
}
