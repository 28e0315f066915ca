// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.HttpApp;
import io.lintel.demo.parts.Node;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over HTTP, too, an answer that got lost is no reason to do something twice: the header Idempotency-Key. */
class OnceOverHttpTest {
    private static final String READING = "{\"m2m:cin\":{\"con\":\"lost on the way\"}}";

    private Topology topology;
    private Node upper;
    private Registrar in;

    @BeforeEach
    void start() throws Exception {
        topology = new Topology(getClass());
        upper = topology.node("in", "in", List.of("mqttserver.enabled=false", "mqtt.servers=none",
                "health.expect=store,cse,http,coap"));
        in = Registrar.in(upper, "");
        topology.ready();
    }

    @AfterEach
    void end() throws Exception {
        topology.close();
    }

    private HttpApp container() throws IOException, InterruptedException {
        HttpApp administrator = new HttpApp(upper.http(), "CAdmin");
        administrator.create("in-name", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "readings")).expect(2001);
        return administrator;
    }

    @Test
    void aRequestThatComesAgainIsExecutedOnceAlsoAfterAKill() throws Exception {
        try (HttpApp administrator = container()) {
            HttpResponse<String> first = reading("\"reading-1\"");
            assertThat(first.statusCode()).isEqualTo(201);
            assertThat(reading("\"reading-1\"").body()).isEqualTo(first.body());
            upper.kill();
            upper.awaitReady(upper.start());
            assertThat(reading("\"reading-1\"").body()).isEqualTo(first.body());
            assertThat(administrator.get("in-name/readings", "").expect(2000).attributes().number("cni")).contains(1L);
            assertThat(reading("\"reading-2\"").body()).isNotEqualTo(first.body());
            assertThat(administrator.get("in-name/readings", "").expect(2000).attributes().number("cni")).contains(2L);
        }
    }

    private HttpResponse<String> reading(String key) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(upper.http() + "/in-name/readings"))
                .header("X-M2M-Origin", "CAdmin").header("X-M2M-RI", "r1").header("X-M2M-RVI", "2a")
                .header("Content-Type", "application/json;ty=4").header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(READING)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whatTheRegistrarDidAndCouldNotSayIsDoneOnce() throws Exception {
        try (LosingRelay relay = new LosingRelay(upper.http(), "lost on the way", 3); HttpApp administrator = container()) {
            Node lower = topology.node("mn", "mn", Topology.settings(Topology.registeredAt(relay.uri(), in),
                    List.of("registrar.poa=" + Topology.OWN_HTTP, "mqttserver.enabled=false", "mqtt.servers=none",
                            "health.expect=store,cse,http,coap", "cse.notificationRetryMaxMillis=2000")));
            topology.ready();
            in.awaitRegistration("mn-cse");
            try (HttpApp app = new HttpApp(lower.http(), "Capp")) {
                app.create("mn-name", ResourceTypes.AE, "m2m:ae", Attributes.builder().set("rn", "app").set("api", "Napp")
                        .set("rr", false).set("srv", List.of("2a")).build()).expect(2001);
                administrator.create("in-name", ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", policy()).expect(2001);
                administrator.update("in-name/readings", "m2m:cnt", Attributes.of("acpi", List.of("in-name/anybody")))
                        .expect(2004);
                String request = app.send("POST", "/in-cse/in-name/readings", "rt=1", "application/json;ty=4",
                        READING.getBytes(StandardCharsets.UTF_8)).expect(1001).content().value().toString();
                Waiting.until("the request is completed", () -> app.get(request, "").attributes().number("rs")
                        .equals(Optional.of(1L)));
                assertThat(relay.lost()).isEqualTo(3);
                assertThat(administrator.get("in-name/readings", "").expect(2000).attributes().number("cni")).contains(1L);
            }
        }
    }

    private static Attributes policy() {
        Attributes all = Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop", 63).build()));
        return Attributes.builder().set("rn", "anybody").set("pv", all).set("pvs", all).build();
    }
}
