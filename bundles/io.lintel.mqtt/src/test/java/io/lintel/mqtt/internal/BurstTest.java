// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More requests at once than a stock Mosquitto lets through unacknowledged, which is 20. */
@Tag("MQ-02")
class BurstTest {
    private static final String TOPIC = "/oneM2M/req/CAE01/mn-cse/json";

    @TempDir
    Path directory;
    private Mosquitto mosquitto;
    private MqttBinding binding;
    private final MemoryCustody custody = new MemoryCustody(10_000);
    private final RecordingCse cse = new RecordingCse().with(custody);
    private Peer peer;

    @BeforeEach
    void start() {
        mosquitto = new Mosquitto(directory, "max_queued_messages 0");
        peer = new Peer(mosquitto.port(), "A::CAE01", "/oneM2M/resp/CAE01/#");
    }

    @AfterEach
    void end() {
        peer.close();
        binding.deactivate();
        mosquitto.close();
    }

    private void open(Map<String, Object> settings) {
        Map<String, Object> all = new ConcurrentHashMap<>(settings);
        all.put("servers", new String[] {mosquitto.uri()});
        binding = Configs.binding(all, "");
        binding.bindCse(cse);
        Waiting.until("the binding is open: " + binding.detail(), binding::isOpen);
    }

    private void burst(String prefix, int count) {
        IntStream.range(0, count).forEach(i -> peer.publish(TOPIC,
                "{\"op\":2,\"to\":\"mn-name\",\"fr\":\"CAE01\",\"rqi\":\"" + prefix + i + "\",\"rvi\":\"2a\"}"));
    }

    private static List<String> identifiers(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.toList());
    }

    private List<String> answered() {
        return peer.received.stream().map(r -> r.as(Serialization.JSON).requestIdentifier()).toList();
    }

    @Test
    void beyondAllMemoryItWaitsOnDiskAndIsAnsweredInOrder() {
        cse.answering(request -> CompletableFuture.supplyAsync(() -> RecordingCse.ok(request),
                CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS)));
        open(Map.of("maxInProgress", 4, "maxWaiting", 20));

        burst("b", 1_000);

        peer.next(999);
        assertThat(answered()).containsExactlyInAnyOrderElementsOf(identifiers("b", 1_000));
        assertThat(cse.asked).extracting(a -> a.request().requestIdentifier()).containsExactlyElementsOf(identifiers("b", 1_000));
        assertThat(custody.most()).isPositive();
        Waiting.until("nothing is left in custody", () -> custody.size() == 0);
    }

    @Test
    void itIsForwardedThroughTheVeryWindowThatItFills() {
        cse.answering(request -> binding.send(new OutboundRequest(request, URI.create(mosquitto.uri()),
                Optional.of("/in-cse"), Optional.of(Serialization.JSON), Instant.now().plusSeconds(20))));
        open(Map.of());
        try (Peer in = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#")) {
            in.reacting(request -> in.publish(request.topic().replace("/req/", "/resp/"),
                    new String(PrimitiveCodec.of(Serialization.JSON).encode(RecordingCse.ok(
                            (RequestPrimitive) request.as(Serialization.JSON))), StandardCharsets.UTF_8)));
            burst("f", 1_000);

            peer.next(999);
            assertThat(answered()).containsExactlyInAnyOrderElementsOf(identifiers("f", 1_000));
            assertThat(in.received).extracting(r -> r.as(Serialization.JSON).requestIdentifier()).as("in order, none twice")
                    .containsExactlyElementsOf(identifiers("f", 1_000));
            assertThat(custody.most()).isPositive();
            Waiting.until("nothing is left in custody", () -> custody.size() == 0);
        }
    }

    @Test
    void oneWhoNeverAnswersHoldsUpNobodyElse() {
        cse.answering(request -> request.requestIdentifier().startsWith("slow") ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(RecordingCse.ok(request)));
        open(Map.of());
        burst("slow", 60);

        burst("q", 100);

        peer.next(99);
        assertThat(answered()).containsExactlyInAnyOrderElementsOf(identifiers("q", 100));
        Waiting.until("three windows full of them are in custody", () -> custody.size() == 60);
    }
}
