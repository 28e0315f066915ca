// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.demo.parts.Node;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/** Configuration 5: AEs and an IN-CSE, the MQTT server outside. */
@Tag("5.2.3.5")
@Tag("PS1")
@Tag("PS7")
@Tag("MQ-06")
@Tag("MQ-11")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AeInIndependentTest implements AeAtItsRegistrar {
    private Topology topology;
    private Registrar in;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        Mosquitto server = topology.mosquitto();
        Node node = topology.node("in", "in", Topology.independent(server));
        in = Registrar.in(node, server.uri());
        topology.ready();
    }

    @AfterAll
    void end() throws Exception {
        topology.close();
    }

    @Override
    public Registrar registrar() {
        return in;
    }
}
