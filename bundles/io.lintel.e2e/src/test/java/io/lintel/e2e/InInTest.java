// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.HttpApp;
import io.lintel.demo.parts.Node;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Mcc': the IN-CSEs of two service providers with an MQTT server outside, made known to each other by their administrators. An
 * MN-CSE of one of them is reached through its IN-CSE.
 */
@Tag("PS7")
@Tag("MQ-06")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InInTest {
    private Topology topology;
    private Mosquitto server;
    private Registrar ours;
    private Registrar theirs;
    private Registrar theirMn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        server = topology.mosquitto();
        List<String> other = List.of("cse.spId=//other.example");
        Node first = topology.node("in", "ours", Topology.independent(server));
        ours = Registrar.in(first, server.uri());
        Node second = topology.node("in", "theirs", Topology.settings(Topology.independent(server), other,
                List.of("cse.id=/in2-cse", "cse.name=in2-name")));
        theirs = new Registrar(second, "in2-cse", "in2-name", server.uri());
        Node mn = topology.node("mn", "their-mn", Topology.settings(Topology.independent(server), other,
                Topology.registeredAt(server.uri(), theirs)));
        theirMn = Registrar.mn(mn, server.uri());
        topology.ready();
        theirs.awaitRegistration("mn-cse");
        introduce(ours, "//other.example/in2-cse", "in2-name");
        introduce(theirs, "//lintel.example/in-cse", "in-name");
    }

    private void introduce(Registrar to, String cse, String base) throws Exception {
        try (HttpApp administrator = new HttpApp(to.node().http(), "CAdmin")) {
            administrator.create(to.base(), ResourceTypes.REMOTE_CSE, "m2m:csr", Attributes.builder().set("rn", "other-provider")
                    .set("csi", cse).set("cb", cse + "/" + base).set("cst", 1L).set("rr", true)
                    .set("poa", List.of(server.uri())).set("srv", List.of("2a", "3")).build()).expect(2001);
        }
    }

    @AfterAll
    void end() throws Exception {
        topology.close();
    }

    @Test
    @Tag("MQ-25")
    @Tag("MQ-26")
    @Tag("MQ-30")
    void requestsAndNotificationsCross() throws Exception {
        BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
        try (MqttAe here = MqttAe.register(ours, Serialization.JSON); MqttAe there = MqttAe.register(theirs, Serialization.JSON);
                MqttClient spy = MqttClient.durable(server.uri(), "spy", seen::add)) {
            assertThat(spy.subscribe("/oneM2M/+/:lintel.example:in-cse/#")).isTrue();
            String data = "//other.example" + there.data();
            here.say(data, "from another provider");
            Message request = Waiting.next("the request on Mcc'", seen);
            assertThat(request.topic()).isEqualTo("/oneM2M/req/:lintel.example:in-cse/:other.example:in2-cse/json");
            assertThat(request.request().from()).contains("//lintel.example" + here.id());
            assertThat(Waiting.next("the response on Mcc'", seen).topic())
                    .isEqualTo("/oneM2M/resp/:lintel.example:in-cse/:other.example:in2-cse/json");
            assertThat(there.latest(there.path() + "/data")).isEqualTo("from another provider");

            here.create(data, ResourceTypes.SUBSCRIPTION, "m2m:sub", Representations.subscription("from-here",
                    "//lintel.example" + here.id())).expect(2001);
            there.say(there.path() + "/data", "news from there");
            assertThat(here.notified()).isEqualTo("news from there");
        }
    }

    @Test
    @Tag("PS6")
    void whatIsBehindTheOtherInIsReachedThroughIt() throws Exception {
        try (MqttAe here = MqttAe.register(ours, Serialization.JSON); MqttAe far = MqttAe.register(theirMn, Serialization.JSON)) {
            here.say("//other.example" + far.data(), "to their gateway");
            assertThat(far.latest(far.path() + "/data")).isEqualTo("to their gateway");
            far.say("//lintel.example" + here.data(), "and back");
            assertThat(here.latest(here.path() + "/data")).isEqualTo("and back");
        }
    }
}
