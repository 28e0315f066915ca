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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Configuration 8: AEs, an MN-CSE, an ASN-CSE and an IN-CSE with one MQTT server outside, and one space of topics for all.
 * Between CSEs they write CBOR.
 */
@Tag("5.2.3.8")
@Tag("PS1")
@Tag("PS2")
@Tag("PS5")
@Tag("PS6")
@Tag("PS7")
@Tag("MQ-06")
@Tag("MQ-11")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AeMnInIndependentTest implements AeAtItsRegistrar, AcrossMcc {
    private static final List<String> CBOR = List.of("registrar.serialization=cbor");

    private Topology topology;
    private Mosquitto server;
    private Registrar in;
    private Registrar mn;
    private Registrar asn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        server = topology.mosquitto();
        Node upper = topology.node("in", "in", Topology.independent(server));
        in = Registrar.in(upper, server.uri());
        Node lower = topology.node("mn", "mn", Topology.settings(Topology.independent(server), CBOR,
                Topology.registeredAt(server.uri(), in)));
        mn = Registrar.mn(lower, server.uri());
        Node lowest = topology.node("asn", "asn", Topology.settings(Topology.independent(server), CBOR,
                Topology.registeredAt(server.uri(), mn)));
        asn = Registrar.asn(lowest, server.uri());
        topology.ready();
        in.awaitRegistration("mn-cse");
        mn.awaitRegistration("asn-cse");
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
        return MqttAe.register(in, Serialization.JSON);
    }

    /** Registration relations decide who talks to whom, although the server would carry everything. */
    @Test
    @Tag("MQ-25")
    @Tag("MQ-59")
    void anAeIsServedByItsRegistrarOnly() throws Exception {
        try (MqttAe ae = MqttAe.register(mn, Serialization.JSON);
                MqttAe same = MqttAe.connect(in, ae.stem(), Serialization.JSON)) {
            same.retrieve("in-name").expect(4106);
        }
    }

    @Test
    @Tag("MQ-25")
    @Tag("MQ-30")
    @Tag("MQ-31")
    void anAesRequestToTheInTakesTwoHops() throws Exception {
        BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
        try (MqttClient spy = MqttClient.durable(server.uri(), "spy", seen::add); MqttAe below = MqttAe.register(mn,
                Serialization.JSON); Application above = HttpAe.register(in)) {
            assertThat(spy.subscribe("#")).isTrue();
            below.say(above.data(), "two hops");
            assertThat(List.of(Waiting.next("AE to MN", seen), Waiting.next("MN to IN", seen), Waiting.next("IN to MN", seen),
                    Waiting.next("MN to AE", seen))).extracting(Message::topic).containsExactly(
                            "/oneM2M/req/" + below.stem() + "/mn-cse/json", "/oneM2M/req/mn-cse/in-cse/cbor",
                            "/oneM2M/resp/mn-cse/in-cse/cbor", "/oneM2M/resp/" + below.stem() + "/mn-cse/json");
        }
    }

    /** What Mosquitto saw of the MN-CSE's client: one connection for all, as TS-0010 6.3 wants it. */
    @Test
    @Tag("MQ-05")
    @Tag("MQ-12")
    @Tag("MQ-13")
    @Tag("MQ-15")
    @Tag("MQ-16")
    @Tag("MQ-19")
    @Tag("MQ-22")
    @Tag("MQ-28")
    @Tag("MQ-36")
    @Tag("MQ-46")
    void theServerSeesOneOrderlyClient() throws Exception {
        try (MqttAe ae = MqttAe.register(mn, Serialization.JSON); Application above = above()) {
            ae.say(above.data(), "for the log");
        }
        List<String> log = server.logOf("C::mn-cse");
        List<String> connections = log.stream().filter(line -> line.contains("New client connected")).toList();
        // p2 is MQTT 3.1.1, c0 Clean Session 0, k30 the keep alive.
        assertThat(connections).hasSize(1).allSatisfy(line -> assertThat(line).contains(" as C::mn-cse (p2, c0, k30"));
        assertThat(java.nio.file.Files.readString(server.log())).doesNotContain("Will message specified");
        int subscribed = indexOf(log, "C::mn-cse 1 /oneM2M/req/+/mn-cse/#");
        int listening = indexOf(log, "C::mn-cse 1 /oneM2M/resp/mn-cse/#");
        int registering = indexOf(log, "C::mn-cse 1 /oneM2M/reg_req/+/mn-cse/#");
        int published = indexOf(log, "Received PUBLISH from C::mn-cse");
        assertThat(published).isGreaterThan(subscribed).isGreaterThan(listening).isGreaterThan(registering);
        assertThat(log).filteredOn(line -> line.contains("Received PUBLISH from C::mn-cse"))
                .allSatisfy(line -> assertThat(line).containsPattern("\\(d[01], q1, r0, "));
    }

    private static int indexOf(List<String> log, String text) {
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).contains(text)) {
                return i;
            }
        }
        throw new AssertionError("the log has no " + text + ": " + log.subList(0, Math.min(20, log.size())));
    }

    /** An ASN-CSE at the MN, through the same server. */
    @Nested
    @Tag("PS3")
    class AsnAtMn implements AcrossMcc {
        @Override
        public Registrar lower() {
            return asn;
        }

        @Override
        public Registrar upper() {
            return mn;
        }

        @Override
        public Application below(Serialization serialization) throws Exception {
            return MqttAe.register(asn, serialization);
        }

        @Override
        public Application above() throws Exception {
            return MqttAe.register(mn, Serialization.JSON);
        }

        @Test
        void anApplicationAtTheInIsNotifiedByOneAtTheAsn() throws Exception {
            try (Application far = below(Serialization.CBOR); Application top = HttpAe.register(in)) {
                top.watch(far.data(), "from-the-top");
                far.say(far.path() + "/data", "through three CSEs");
                assertThat(top.notified()).isEqualTo("through three CSEs");
            }
        }
    }
}
