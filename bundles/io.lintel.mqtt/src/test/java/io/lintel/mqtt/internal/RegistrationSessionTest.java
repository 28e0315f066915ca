// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** This CSE registers with a Credential-ID at a registrar whose server is a stock Mosquitto (TS-0010 6.4.4). */
class RegistrationSessionTest {
    @TempDir
    Path own;
    @TempDir
    Path remote;
    private Mosquitto mosquitto;
    private MqttBinding binding;

    @BeforeEach
    void start() {
        mosquitto = new Mosquitto(remote);
        binding = Configs.binding(Map.of("servers", new String[] {"none"}), mosquitto.uri());
        binding.bindCse(new RecordingCse());
    }

    @AfterEach
    void end() {
        binding.deactivate();
        mosquitto.close();
    }

    private CompletionStage<ResponsePrimitive> register(String requestIdentifier, String credential, String path, int seconds) {
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, "/in-cse/in-name").from("/mn-cse")
                .requestIdentifier(requestIdentifier).resourceType(16).content(new Content("m2m:csr",
                        io.lintel.primitive.Attributes.of("csi", "/mn-cse"))).build();
        return binding.send(new OutboundRequest(request, URI.create(mosquitto.uri() + path), Optional.of("/in-cse"),
                Optional.of(Serialization.JSON), Instant.now().plusSeconds(seconds), Optional.of(credential)));
    }

    private Peer registrar(String prefix) {
        Peer registrar = new Peer(mosquitto.port(), "C::in-cse", prefix + "/oneM2M/reg_req/+/in-cse/#");
        return registrar.reacting(received -> {
            RequestPrimitive request = (RequestPrimitive) received.as(Serialization.JSON);
            registrar.publish(received.topic().replace("/reg_req/", "/reg_resp/"), PrimitiveCodec.of(Serialization.JSON)
                    .encode(ResponsePrimitive.builder(ResponseStatusCode.CREATED, request.requestIdentifier()).build()), 1,
                    false);
        });
    }

    private List<String> logOf(String client) {
        return mosquitto.log().lines().map(line -> line.substring(line.indexOf(' ') + 1))
                .filter(line -> line.contains(" " + client + " ") || line.endsWith(" " + client)).toList();
    }

    private static int index(List<String> lines, String part) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(part)) {
                return i;
            }
        }
        throw new AssertionError("no " + part + " in " + lines);
    }

    @Test
    @Tag("MQ-14") @Tag("MQ-20") @Tag("MQ-31") @Tag("MQ-33") @Tag("MQ-34")
    void itRegistersOverASessionOfItsOwnWhichItLeaves() {
        try (Peer registrar = registrar("")) {
            assertThat(Waiting.result(register("r1", "12-hall@gw.example", "", 10)).statusCode()).isEqualTo(2001);
            assertThat(registrar.next(0).topic()).isEqualTo("/oneM2M/reg_req/12-hall@gw.example/in-cse/json");
            assertThat(registrar.next(0).qos()).isEqualTo(1);

            Waiting.until("left: " + logOf("12-hall@gw.example"), () -> logOf("12-hall@gw.example").stream()
                    .filter(line -> line.contains("Received DISCONNECT from")).count() == 2);
            List<String> log = logOf("12-hall@gw.example");
            assertThat(index(log, "as 12-hall@gw.example (p2, c0,")).isLessThan(index(log, "Received SUBSCRIBE"));
            assertThat(index(log, "Received SUBSCRIBE")).isLessThan(index(log, "Received PUBLISH"));
            assertThat(index(log, "Received PUBLISH")).isLessThan(index(log, "as 12-hall@gw.example (p2, c1,"));
            assertThat(log.stream().filter(line -> line.contains("as 12-hall@gw.example (p2"))).as("two connections").hasSize(2);

            Waiting.until("connected as itself", () -> mosquitto.log().contains(" as C::mn-cse (p2, c0,"));
            assertThat(Waiting.result(register("r2", "12-hall@gw.example", "", 10)).statusCode()).as("once more").isEqualTo(2001);
            assertThat(logOf("12-hall@gw.example")).as("no session was left over")
                    .noneMatch(line -> line.contains("Sending CONNACK to 12-hall@gw.example (1, 0)"));
        }
    }

    /** A slash in a Credential-ID is a colon in the topic, and the prefix of the registrar's pointOfAccess stays in front. */
    @Test
    @Tag("MQ-33") @Tag("MQ-52")
    void theTopicHasThePrefixAndTheCredentialAsOneLevel() {
        try (Peer registrar = registrar("site/7")) {
            assertThat(Waiting.result(register("r1", "31-a/b", "/site/7", 10)).statusCode()).isEqualTo(2001);
            assertThat(registrar.next(0).topic()).isEqualTo("site/7/oneM2M/reg_req/31-a:b/in-cse/json");
        }
    }

    @Test
    void withoutAnAnswerTheSessionServesTheNextAttempt() {
        try (Peer silent = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/reg_req/+/in-cse/#")) {
            assertThat(Waiting.failure(register("r1", "12-hall", "", 1))).isInstanceOfSatisfying(UnreachableException.class,
                    failure -> {
                        assertThat(failure.mayHaveArrived()).isTrue();
                        assertThat(failure).hasMessageContaining("/in-cse").hasMessageContaining("12-hall");
                    });
            assertThat(silent.next(0).topic()).isEqualTo("/oneM2M/reg_req/12-hall/in-cse/json");
        }
        try (Peer registrar = registrar("")) {
            assertThat(Waiting.result(register("r2", "12-hall", "", 10)).statusCode()).isEqualTo(2001);
            assertThat(registrar.received).isNotEmpty();
            assertThat(logOf("12-hall").stream().filter(line -> line.contains("(p2, c0,"))).hasSize(1);
        }
    }

    @Test
    void aServerThatIsAwayIsWaitedForByTheNextAttempt() {
        mosquitto.stop();
        assertThat(Waiting.failure(register("r1", "12-hall", "", 1))).isInstanceOfSatisfying(UnreachableException.class,
                failure -> assertThat(failure.mayHaveArrived()).isFalse());
        mosquitto.start();
        try (Peer registrar = registrar("")) {
            assertThat(Waiting.result(register("r2", "12-hall", "", 20)).statusCode()).isEqualTo(2001);
            assertThat(registrar.received).as("what was given up is not sent late").hasSize(1);
        }
    }
}
