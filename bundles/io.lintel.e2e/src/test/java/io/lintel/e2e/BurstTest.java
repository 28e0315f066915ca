// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.HttpApp;
import io.lintel.demo.parts.Node;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thousand requests of a client in one burst, and of sixteen clients at once, with the gateway killed in the middle as
 * a power cut does it, and started again. Every request is answered, with success; none is executed twice. A response may
 * come again, as QoS 1 has it, but only the same.
 */
@Tag("MQ-01")
@Tag("MQ-02")
@Tag("MQ-32")
class BurstTest {
    private static final int REQUESTS = 1_000;
    private static final int PAGE = 500;

    private Topology topology;

    /** What a client asked: the request identifiers, in order, and where the contentInstances went. */
    private record Burst(MqttAe ae, List<String> identifiers) {
        int answered() {
            return ae.responses().size();
        }
    }

    @AfterEach
    void end() throws Exception {
        topology.close();
    }

    @ParameterizedTest(name = "{0} clients")
    @ValueSource(ints = {1, 16})
    @Tag("5.2.3.2")
    @Tag("PS2")
    void withTheServerInTheGateway(int clients) throws Exception {
        topology = new Topology(getClass());
        Node node = topology.node("mn", "mn", List.of());
        Registrar mn = Registrar.mn(node, node.mqtt());
        topology.ready();
        bursts(mn, clients);
    }

    @ParameterizedTest(name = "{0} clients")
    @ValueSource(ints = {1, 16})
    @Tag("5.2.3.6")
    @Tag("PS2")
    void withAnIndependentServer(int clients) throws Exception {
        topology = new Topology(getClass());
        Mosquitto server = topology.mosquitto();
        Node node = topology.node("mn", "mn", Topology.independent(server));
        Registrar mn = Registrar.mn(node, server.uri());
        topology.ready();
        bursts(mn, clients);
    }

    private static void bursts(Registrar mn, int clients) throws Exception {
        List<Burst> bursts = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                MqttAe ae = MqttAe.register(mn, Serialization.values()[i % 3]);
                ae.responses().clear();
                bursts.add(new Burst(ae, new ArrayList<>()));
            }
            bursts.forEach(BurstTest::send);
            int all = clients * REQUESTS;
            await(mn.node(), "a third of all is answered", bursts, all / 3);
            mn.node().kill();
            int before = answered(bursts);
            CompletableFuture<String> ready = mn.node().start();
            mn.node().awaitReady(ready);
            assertThat(before).as("the gateway was killed in the middle").isLessThan(all);
            await(mn.node(), "all are answered, " + before + " before the kill", bursts, all);
            for (Burst burst : bursts) {
                check(mn, burst);
            }
        } finally {
            bursts.forEach(burst -> burst.ae().close());
        }
    }

    /** A standstill is a fault, slowness is the machine's; what the gateway does then is kept beside its log. */
    private static void await(Node node, String what, List<Burst> bursts, int goal) throws Exception {
        try {
            Waiting.whileItGoesOn(what, () -> answered(bursts), goal);
        } catch (AssertionError e) {
            Files.writeString(node.home().resolve("log").resolve("threads.txt"), node.threads());
            throw e;
        }
    }

    private static void send(Burst burst) {
        MqttAe ae = burst.ae();
        for (int i = 0; i < REQUESTS; i++) {
            RequestPrimitive request = ae.complete(MqttAe.creation(ae.path() + "/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin",
                    Representations.instance("number " + i)));
            burst.identifiers().add(request.requestIdentifier());
            ae.send(request);
        }
    }

    private static int answered(List<Burst> bursts) {
        return bursts.stream().mapToInt(Burst::answered).sum();
    }

    private static void check(Registrar mn, Burst burst) throws Exception {
        MqttAe ae = burst.ae();
        assertThat(ae.responses().keySet()).containsExactlyInAnyOrderElementsOf(burst.identifiers());
        ae.responses().forEach((identifier, answers) -> {
            assertThat(answers).as("answers to %s", identifier).allMatch(answer -> answer.status() == 2001)
                    .extracting(answer -> answer.attributes().text("ri").orElseThrow()).containsOnly(answers.get(0).attributes()
                            .text("ri").orElseThrow());
        });
        Map<String, Integer> stored = new HashMap<>();
        try (HttpApp administrator = new HttpApp(mn.node().http(), "CAdmin")) {
            for (int offset = 1; offset <= 2 * REQUESTS; offset += PAGE) {
                HttpApp.Answer page = administrator.get(ae.path() + "/data", "rcn=8&ty=4&lvl=1&lim=" + PAGE + "&ofst=" + offset);
                for (Attributes instance : page.expect(2000).attributes().objects("m2m:cin")) {
                    stored.merge(Representations.content(instance), 1, Integer::sum);
                }
            }
        }
        assertThat(stored).as("contentInstances of %s", ae.stem()).hasSize(REQUESTS).allSatisfy((content, times) ->
                assertThat(times).as(content).isEqualTo(1));
    }
}
