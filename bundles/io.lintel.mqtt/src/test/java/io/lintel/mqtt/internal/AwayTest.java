// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A server that is away, at the start or for days, and one that lets somebody else in under the same client identifier. */
class AwayTest {
    @TempDir
    Path state;

    @Test
    @Tag("MQ-19")
    void aServerThatIsAwayAtTheStartIsConnectedToWhenItComes() {
        Mosquitto mosquitto = new Mosquitto(state);
        mosquitto.stop();
        MqttBinding binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}), "");
        try (mosquitto) {
            binding.bindCse(new RecordingCse());
            Waiting.until("the reason is told", () -> binding.detail().contains("Connection refused"));
            mosquitto.start();
            Waiting.until("open", binding::isOpen);
        } finally {
            binding.deactivate();
        }
    }

    @Test
    void aServerThatIsAwayForDaysIsTriedAtBoundedPausesAndSaidOnce() {
        Retries retries = new Retries(false, "C::mn-cse");
        int said = 0;
        long longest = 0;
        for (int i = 0; i < 10_000; i++) {
            Retries.Next next = retries.failed(new MqttException(new ConnectException(i % 2 == 0 ? "refused" : "no route")),
                    false);
            said += next.news() ? 1 : 0;
            longest = Math.max(longest, next.millis());
        }

        assertThat(said).as("one line a reason").isEqualTo(2);
        assertThat(longest).isBetween(15_000L, 30_000L);
        retries.ready();
        assertThat(retries.failed(new MqttException(new ConnectException("refused")), true).news()).isTrue();
    }

    @Test
    void whatWaitsForAServerThatIsAwayIsForgottenWithItsRequest() {
        MqttBinding binding = Configs.binding(Map.of("servers", new String[] {"none"}, "connectWaitMillis", 60_000), "");
        try {
            binding.bindCse(new RecordingCse());
            String uri = "mqtt://127.0.0.1:" + Mosquitto.freePort();
            List<CompletionStage<ResponsePrimitive>> responses = IntStream.range(0, 50)
                    .mapToObj(i -> binding.send(new OutboundRequest(RequestPrimitive.builder(Operation.RETRIEVE, "/in-cse")
                            .from("/mn-cse").requestIdentifier("r" + i).build(), URI.create(uri), Optional.of("/in-cse"),
                            Optional.empty(), Instant.now().plusMillis(200)))).toList();

            responses.forEach(Waiting::failure);
            Waiting.until("nothing is left", () -> binding.figures().stream().allMatch(figure -> figure.endsWith(" 0")));
        } finally {
            binding.deactivate();
        }
    }

    @Test
    void aServerThatIsKnownToBeAwayIsNotWaitedForAgain() {
        Mosquitto mosquitto = new Mosquitto(state);
        mosquitto.stop();
        MqttBinding binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}, "connectWaitMillis", 1_500), "");
        try (mosquitto) {
            binding.bindCse(new RecordingCse());
            assertThat(millisToFailure(binding, mosquitto, "first")).as("it may come in a moment").isGreaterThan(1_000);
            Waiting.until("refused at once", () -> millisToFailure(binding, mosquitto, "later") < 1_000);
            mosquitto.start();
            Waiting.until("open", binding::isOpen);
            try (Peer in = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#")) {
                in.reacting(request -> in.publish(request.topic().replace("/req/", "/resp/"), "{\"rsc\":2000,\"rqi\":\"back\"}"));
                assertThat(Waiting.result(binding.send(request(mosquitto, "back"))).statusCode()).isEqualTo(2000);
            }
        } finally {
            binding.deactivate();
        }
    }

    private static OutboundRequest request(Mosquitto mosquitto, String identifier) {
        return new OutboundRequest(RequestPrimitive.builder(Operation.RETRIEVE, "/in-cse").from("/mn-cse")
                .requestIdentifier(identifier).build(), URI.create(mosquitto.uri()), Optional.of("/in-cse"), Optional.empty(),
                Instant.now().plusSeconds(10));
    }

    private static long millisToFailure(MqttBinding binding, Mosquitto mosquitto, String identifier) {
        long begun = System.nanoTime();
        Waiting.failure(binding.send(request(mosquitto, identifier)));
        return (System.nanoTime() - begun) / 1_000_000;
    }

    @Test
    @Tag("MQ-13")
    void anIdentifierThatIsInUseElsewhereIsNotFoughtFor() {
        Logger logger = (Logger) LoggerFactory.getLogger(MqttLink.class);
        Level before = logger.getLevel();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
        MqttBinding binding = null;
        try (ScriptedServer server = new ScriptedServer()) {
            binding = Configs.binding(Map.of("servers", new String[] {server.uri()}), "");
            MqttBinding started = binding;
            binding.bindCse(new RecordingCse());
            for (int i = 0; i < 4; i++) {
                server.establish(i > 0);
                Waiting.until("open", started::isOpen);
                server.drop();
                Waiting.until("shut", () -> !started.isOpen());
            }

            Waiting.until("said", () -> started.detail().contains("C::mn-cse seems to be in use elsewhere"));
            assertThat(server.isUntouched(4_000)).as("it gives way").isTrue();
            assertThat(log.list).filteredOn(event -> event.getFormattedMessage().contains("in use elsewhere")).hasSize(1);
        } finally {
            logger.detachAppender(log);
            logger.setLevel(before);
            if (binding != null) {
                binding.deactivate();
            }
        }
    }

    @Test
    @Tag("MQ-13")
    void twoNodesOfOneCseIdDoNotFightForEver() {
        MqttBinding one = null;
        MqttBinding two = null;
        try (Mosquitto mosquitto = new Mosquitto(state)) {
            one = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}), "");
            two = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}), "");
            MqttBinding first = one;
            MqttBinding second = two;
            first.bindCse(new RecordingCse());
            second.bindCse(new RecordingCse());

            Waiting.until("one gives way", () -> (first.detail() + second.detail()).contains("seems to be in use elsewhere"));
            Waiting.until("the other stays", () -> first.isOpen() || second.isOpen());
        } finally {
            if (one != null) {
                one.deactivate();
            }
            if (two != null) {
                two.deactivate();
            }
        }
    }

    @Test
    @Tag("MQ-13")
    void thePausesOfWhoGivesWayGrowAndEndWithAConnectionThatStays() {
        Takeovers takeovers = new Takeovers();
        for (int i = 0; i < 20; i++) {
            takeovers.lost(new MqttException(new EOFException()), 1_000);
        }
        assertThat(takeovers.suspected()).isTrue();
        assertThat(takeovers.pauseMillis()).isBetween(150_000L, 300_000L);

        takeovers.lost(new MqttException(new EOFException()), 120_000);
        assertThat(takeovers.suspected()).isFalse();
    }

    @Test
    void aBadNetworkIsNotTakenForAnotherClient() {
        Takeovers takeovers = new Takeovers();
        for (int i = 0; i < 20; i++) {
            takeovers.lost(new MqttException(MqttException.REASON_CODE_CLIENT_TIMEOUT), 1_000);
        }
        assertThat(takeovers.suspected()).isFalse();
    }
}
