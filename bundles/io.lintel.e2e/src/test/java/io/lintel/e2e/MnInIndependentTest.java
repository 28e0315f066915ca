// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.Node;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Configuration 7: an MN-CSE and an IN-CSE, the MQTT server outside; AEs speak HTTP and CoAP. On Mcc they write XML. */
@Tag("5.2.3.7")
@Tag("PS6")
@Tag("PS7")
@Tag("MQ-06")
@Tag("MQ-11")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MnInIndependentTest implements AcrossMcc {
    private Topology topology;
    private Mosquitto server;
    private Registrar in;
    private Registrar mn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        server = topology.mosquitto();
        Node upper = topology.node("in", "in", Topology.independent(server));
        in = Registrar.in(upper, "");
        Node lower = topology.node("mn", "mn", Topology.settings(Topology.independent(server),
                Topology.registeredAt(server.uri(), in), List.of("registrar.serialization=xml")));
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
        return HttpAe.register(in);
    }

    @Test
    @Tag("MQ-21")
    @Tag("MQ-25")
    @Tag("MQ-30")
    @Tag("MQ-39")
    void whatPassesTheServerIsAddressedHopByHop() throws Exception {
        BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
        try (MqttClient spy = MqttClient.durable(server.uri(), "spy", seen::add); Application below = CoapAe.register(mn);
                Application above = above()) {
            assertThat(spy.subscribe("#")).isTrue();
            below.say(above.data(), "by CoAP, MQTT and HTTP");
            Message request = Waiting.next("the request on Mcc", seen);
            assertThat(request.topic()).isEqualTo("/oneM2M/req/mn-cse/in-cse/xml");
            RequestPrimitive sent = request.request();
            assertThat(sent.from()).contains(below.id());
            assertThat(sent.to()).isEqualTo(above.data());
            Message response = Waiting.next("the response on Mcc", seen);
            assertThat(response.topic()).isEqualTo("/oneM2M/resp/mn-cse/in-cse/xml");
            assertThat(response.response().requestIdentifier()).isEqualTo(sent.requestIdentifier());
            assertThat(above.latest(above.data())).isEqualTo("by CoAP, MQTT and HTTP");

            above.say(below.data(), "and back");
            assertThat(Waiting.next("the request downwards", seen).topic()).isEqualTo("/oneM2M/req/in-cse/mn-cse/xml");
            assertThat(Waiting.next("the response upwards", seen).topic()).isEqualTo("/oneM2M/resp/in-cse/mn-cse/xml");
            assertThat(below.latest(below.path() + "/data")).isEqualTo("and back");
        }
    }
}
