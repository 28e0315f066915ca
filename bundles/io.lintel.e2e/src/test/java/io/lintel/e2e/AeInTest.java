// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.demo.parts.Node;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/** Configuration 1: AEs and an IN-CSE, the MQTT server in the IN. */
@Tag("5.2.3.1")
@Tag("PS1")
@Tag("MQ-07")
@Tag("MQ-11")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AeInTest implements AeAtItsRegistrar {
    private Topology topology;
    private Registrar in;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        Node node = topology.node("in", "in", List.of());
        in = Registrar.in(node, node.mqtt());
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
