// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.internal.MqttParts;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Timestamps;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A request that Mosquitto kept while the CSE was away is looked at when it comes: one whose time has passed is answered
 * 4008 and not executed (TS-0010 6.4.3).
 */
class ExpiredOnTheWayTest {
    private static final String REQUESTS = "/oneM2M/req/Cmeter/mn-cse/json";

    @TempDir
    private Path broker;
    @TempDir
    private Path disk;
    private final MovableClock clock = new MovableClock();
    private MqttParts.Server server;
    private ConnectedCse gateway;
    private MqttParts.Ae meter;

    @BeforeEach
    void anAeAndItsRegistrar() {
        server = new MqttParts.Server(broker);
        gateway = new ConnectedCse(disk, server, made -> WholeCse.gateway(made.network, "mn", "127.0.0.1:1", server.authority(),
                made.store(), clock, WholeCse.NUMBERS));
        gateway.cse.ae("Cmeter");
        gateway.cse.create("mn-name/Cmeter", "Cmeter", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "data"));
        meter = new MqttParts.Ae(server, "Cmeter");
        meter.publish(REQUESTS, reading("here", ""));
        awaitResponses(1);
    }

    @AfterEach
    void end() {
        meter.close();
        gateway.close();
        server.close();
    }

    private static String reading(String value, String times) {
        return "{\"op\":1,\"to\":\"mn-name/Cmeter/data\",\"fr\":\"Cmeter\",\"rqi\":\"" + value + "\",\"rvi\":\"2a\",\"ty\":4,"
                + times + "\"pc\":{\"m2m:cin\":{\"con\":\"" + value + "\"}}}";
    }

    private void awaitResponses(int count) {
        gateway.network.await(() -> meter.received().size() >= count, count + " responses, not " + meter.received());
    }

    private List<String> data() {
        String container = gateway.store().child("Cmeter", "data").orElseThrow().id();
        return gateway.store().children(container, ResourceTypes.CONTENT_INSTANCE, "", 100).stream()
                .map(instance -> instance.text("con").orElse("?")).toList();
    }

    @Test
    @Tag("MQ-29")
    void whatExpiredAtTheServerIsAnsweredAndNotExecuted() {
        Instant sent = clock.instant();
        gateway.crash();
        meter.publish(REQUESTS, reading("absolute", "\"rqet\":\"" + Timestamps.format(sent.plusSeconds(600)) + "\","));
        meter.publish(REQUESTS, reading("relative", "\"ot\":\"" + Timestamps.format(sent) + "\",\"rqet\":\"60000\","));
        meter.publish(REQUESTS, reading("result", "\"ot\":\"" + Timestamps.format(sent) + "\",\"rset\":\"60000\","));
        meter.publish(REQUESTS, reading("patient", "\"rqet\":\"" + Timestamps.format(sent.plusSeconds(86_400)) + "\","));
        meter.publish(REQUESTS, reading("timeless", ""));
        clock.pass(Duration.ofHours(1));
        gateway.boot();
        awaitResponses(6);
        for (String late : List.of("absolute", "relative", "result")) {
            assertThat(meter.received()).filteredOn(response -> response.contains("\"rqi\":\"" + late + "\"")).singleElement()
                    .asString().contains("\"rsc\":4008");
        }
        for (String timely : List.of("patient", "timeless")) {
            assertThat(meter.received()).filteredOn(response -> response.contains("\"rqi\":\"" + timely + "\"")).singleElement()
                    .asString().contains("\"rsc\":2001");
        }
        assertThat(data()).containsExactly("here", "patient", "timeless");
    }
}
