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
 * Configuration 4: AEs, an MN-CSE and an IN-CSE; one MQTT server in the MN and one in the IN, with topics of their own.
 * Further CSEs register by the same servers: an ASN-CSE at each, and another MN-CSE at the MN.
 */
@Tag("5.2.3.4")
@Tag("PS1")
@Tag("PS2")
@Tag("PS6")
@Tag("MQ-07")
@Tag("MQ-08")
@Tag("MQ-11")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AeMnInTest implements AeAtItsRegistrar, AcrossMcc {
    private Topology topology;
    private Registrar in;
    private Registrar mn;
    private Registrar asnOfMn;
    private Registrar asnOfIn;
    private Registrar mnOfMn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        Node upper = topology.node("in", "in", List.of());
        in = Registrar.in(upper, upper.mqtt());
        Node lower = topology.node("mn", "mn", Topology.registeredAt(upper.mqtt(), in));
        mn = Registrar.mn(lower, lower.mqtt());
        Node asn = topology.node("asn", "asn-of-mn", Topology.registeredAt(lower.mqtt(), mn));
        asnOfMn = Registrar.asn(asn, asn.mqtt());
        topology.ready();
        Node second = topology.node("asn", "asn-of-in", Topology.settings(Topology.registeredAt(upper.mqtt(), in),
                List.of("cse.id=/asn2-cse", "cse.name=asn2-name")));
        asnOfIn = new Registrar(second, "asn2-cse", "asn2-name", second.mqtt());
        Node attic = topology.node("mn", "mn-of-mn", Topology.settings(Topology.registeredAt(lower.mqtt(), mn),
                List.of("cse.id=/attic-cse", "cse.name=attic-name")));
        mnOfMn = new Registrar(attic, "attic-cse", "attic-name", attic.mqtt());
        topology.ready();
        in.awaitRegistration("mn-cse");
        in.awaitRegistration("asn2-cse");
        mn.awaitRegistration("asn-cse");
        mn.awaitRegistration("attic-cse");
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

    @Test
    @Tag("MQ-14")
    @Tag("MQ-33")
    @Tag("MQ-34")
    void theInGivesAnAeAtTheMnItsIdInTheDomain() throws Exception {
        BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
        String stem;
        try (MqttClient temporary = MqttClient.durable(mn.mqtt(), "a-new-lamp", arrived::add)) {
            assertThat(temporary.subscribe("/oneM2M/reg_resp/10-lamp/#")).isTrue();
            stem = register(temporary, arrived, "10-lamp", "S", Serialization.JSON);
            temporary.leave();
        }
        assertThat(stem).startsWith("S").hasSizeGreaterThan(1);
        try (MqttAe lamp = MqttAe.connect(mn, stem, Serialization.JSON); Application above = above()) {
            lamp.retrieve(stem).expect(2000);
            lamp.watch(above.data(), "by-s-type");
            above.say(above.path() + "/data", "to an S-type AE");
            assertThat(lamp.notified()).isEqualTo("to an S-type AE");
        }
    }

    /** An ASN-CSE at the MN. */
    @Nested
    @Tag("PS3")
    class AsnAtMn extends Further {
        @Override
        public Registrar lower() {
            return asnOfMn;
        }

        @Override
        public Registrar upper() {
            return mn;
        }
    }

    /** An ASN-CSE at the IN. */
    @Nested
    @Tag("PS4")
    class AsnAtIn extends Further {
        @Override
        public Registrar lower() {
            return asnOfIn;
        }

        @Override
        public Registrar upper() {
            return in;
        }
    }

    /** An MN-CSE at an MN-CSE. */
    @Nested
    @Tag("PS5")
    class MnAtMn extends Further {
        @Override
        public Registrar lower() {
            return mnOfMn;
        }

        @Override
        public Registrar upper() {
            return mn;
        }

        @Test
        @Tag("PS6")
        void theInReachesWhatIsTwoHopsAwayAndBack() throws Exception {
            try (Application far = below(Serialization.JSON); Application top = MqttAe.register(in, Serialization.JSON)) {
                far.say(top.data(), "over two hops");
                assertThat(top.latest(top.data())).isEqualTo("over two hops");
                top.watch(far.data(), "from-the-top");
                far.say(far.path() + "/data", "far away");
                assertThat(top.notified()).isEqualTo("far away");
            }
        }

        @Test
        @Tag("PS3")
        void cousinsReachEachOtherThroughTheMn() throws Exception {
            try (Application attic = below(Serialization.JSON); Application cousin = MqttAe.register(asnOfMn,
                    Serialization.JSON)) {
                attic.watch(cousin.data(), "from-the-attic");
                cousin.say(cousin.path() + "/data", "hello");
                assertThat(attic.notified()).isEqualTo("hello");
                cousin.say(attic.data(), "and back");
                assertThat(attic.latest(attic.data())).isEqualTo("and back");
            }
        }
    }

    /** A further pair of CSEs. */
    abstract static class Further implements AcrossMcc {
        @Override
        public Application below(Serialization serialization) throws Exception {
            return MqttAe.register(lower(), serialization);
        }

        @Override
        public Application above() throws Exception {
            return MqttAe.register(upper(), Serialization.JSON);
        }
    }
}
