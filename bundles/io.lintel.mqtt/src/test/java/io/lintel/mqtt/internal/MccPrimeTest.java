// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Between the IN-CSEs of two service providers (PS7, Mcc'), where V2.7.1 gives no rule for topics and Release 3 has absolute
 * identifiers in both levels.
 */
@Tag("MQ-26")
class MccPrimeTest {
    private static final String REQUEST = "{\"op\":2,\"to\":\"//lintel.example/in-cse\",\"fr\":\"//other.example/in\","
            + "\"rqi\":\"p1\",\"rvi\":\"2a\"}";

    @TempDir
    Path directory;
    private Mosquitto mosquitto;
    private final RecordingCse cse = new RecordingCse(identity("//lintel.example", "/in-cse", CseIdentity.CseType.IN));
    private MqttBinding binding;

    @BeforeEach
    void start() {
        mosquitto = new Mosquitto(directory);
        binding = connected(cse);
    }

    @AfterEach
    void end() {
        binding.deactivate();
        mosquitto.close();
    }

    private MqttBinding connected(RecordingCse to) {
        MqttBinding made = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}, "leniencies",
                new String[] {"none"}), "");
        made.bindCse(to);
        Waiting.until("open", made::isOpen);
        return made;
    }

    private static CseIdentity identity(String spId, String cseId, CseIdentity.CseType type) {
        return new CseIdentity(spId, cseId, "in-name", "base", type, "CAdmin");
    }

    private CompletionStage<ResponsePrimitive> send(MqttBinding from, String originator, String receiver) {
        return from.send(new OutboundRequest(RequestPrimitive.builder(Operation.RETRIEVE, receiver).from(originator)
                .requestIdentifier("q1").build(), URI.create(mosquitto.uri()), Optional.of(receiver), Optional.empty(),
                Instant.now().plusSeconds(10)));
    }

    @Test
    @Tag("MQ-25")
    void aRequestNamesBothByTheirAbsoluteIds() {
        try (Peer other = new Peer(mosquitto.port(), "C::in", "/oneM2M/req/+/:other.example:in/#")) {
            other.reacting(r -> other.publish(r.topic().replace("/req/", "/resp/"), "{\"rsc\":2000,\"rqi\":\"q1\"}"));

            assertThat(Waiting.result(send(binding, "/in-cse", "//other.example/in")).statusCode()).isEqualTo(2000);
            assertThat(other.next(0).topic()).isEqualTo("/oneM2M/req/:lintel.example:in-cse/:other.example:in/json");
        }
    }

    @Test
    @Tag("MQ-28")
    void aRequestToTheAbsoluteIdIsHeardAndAnsweredUnderIt() {
        try (Peer other = new Peer(mosquitto.port(), "C::in", "/oneM2M/resp/:other.example:in/#")) {
            other.publish("/oneM2M/req/:other.example:in/:lintel.example:in-cse/json", REQUEST);

            assertThat(other.next(0).topic()).isEqualTo("/oneM2M/resp/:other.example:in/:lintel.example:in-cse/json");
            assertThat(other.next(0).as(Serialization.JSON).requestIdentifier()).isEqualTo("p1");
            assertThat(cse.asked.get(0).hop().originator()).contains("//other.example/in");
        }
    }

    @Test
    void twoInfrastructureNodesTalkOverOneServer() {
        RecordingCse otherCse = new RecordingCse(identity("//other.example", "/in", CseIdentity.CseType.IN));
        MqttBinding other = connected(otherCse);
        try {
            assertThat(Waiting.result(send(binding, "//lintel.example/in-cse", "//other.example/in")).statusCode())
                    .isEqualTo(2000);
            assertThat(Waiting.result(send(other, "//other.example/in", "//lintel.example/in-cse")).statusCode())
                    .isEqualTo(2000);
            assertThat(otherCse.asked.get(0).hop().originator()).contains("//lintel.example/in-cse");
            assertThat(cse.asked.get(0).hop().originator()).contains("//other.example/in");
        } finally {
            other.deactivate();
        }
    }

    @Test
    void aMiddleNodeHasNoMccPrime() {
        MqttBinding middle = connected(new RecordingCse());
        try {
            assertThat(mosquitto.log()).contains("/oneM2M/req/+/:lintel.example:in-cse/#")
                    .doesNotContain(":lintel.example:mn-cse");
        } finally {
            middle.deactivate();
        }
    }
}
