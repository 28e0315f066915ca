// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that come in through a stock Mosquitto (TS-0010 6.4, 6.5; deviations of peers). */
class RequestsInTest {
    private static final String JSON = "{\"op\":2,\"to\":\"mn-name\",\"fr\":\"CAE01\",\"rqi\":\"r1\",\"rvi\":\"2a\"}";

    @TempDir
    Path directory;
    private Mosquitto mosquitto;
    private MqttBinding binding;
    private final RecordingCse cse = new RecordingCse();
    private Peer peer;

    @BeforeEach
    void start() {
        mosquitto = new Mosquitto(directory, "max_queued_messages 0");
        binding = binding(Map.of());
        peer = new Peer(mosquitto.port(), "A::CAE01", "/oneM2M/resp/CAE01/#", "/oneM2M/resp/mn-cse:CAE01/#",
                "/oneM2M/reg_resp/#");
    }

    @AfterEach
    void end() {
        peer.close();
        binding.deactivate();
        mosquitto.close();
    }

    private MqttBinding binding(Map<String, Object> settings) {
        Map<String, Object> all = new ConcurrentHashMap<>(settings);
        all.putIfAbsent("servers", new String[] {mosquitto.uri()});
        MqttBinding made = Configs.binding(all, "");
        made.bindCse(cse);
        Waiting.until("the binding is open: " + made.detail(), made::isOpen);
        return made;
    }

    private void restart(Map<String, Object> settings) {
        binding.deactivate();
        binding = binding(settings);
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    @Tag("MQ-06") @Tag("MQ-11") @Tag("MQ-21") @Tag("MQ-24") @Tag("MQ-27") @Tag("MQ-30") @Tag("MQ-39") @Tag("MQ-43")
    void aRequestIsAnsweredInItsOwnFormatOnTheMirroredTopic(Serialization format) {
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, "mn-name").from("CAE01").requestIdentifier("r-1")
                .resourceType(3).content(new Content("m2m:cnt", Attributes.of("rn", "data"))).build();

        peer.publish("/oneM2M/req/CAE01/mn-cse/" + format.suffix(), PrimitiveCodec.of(format).encode(request), 1, false);

        Peer.Received response = peer.next(0);
        assertThat(response.topic()).isEqualTo("/oneM2M/resp/CAE01/mn-cse/" + format.suffix());
        assertThat(response.qos()).isEqualTo(1);
        assertThat(response.as(format)).isEqualTo(RecordingCse.ok(request));
        assertThat(cse.asked.get(0).request()).isEqualTo(request);
    }

    @Test
    @Tag("MQ-26") @Tag("MQ-59")
    void theHopNamesTheOriginatorAndThatItIsLocal() {
        peer.publish("/oneM2M/req/mn-cse:CAE01/mn-cse/json", JSON);

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/resp/mn-cse:CAE01/mn-cse/json");
        Hop hop = cse.asked.get(0).hop();
        assertThat(hop.originator()).contains("CAE01");
        assertThat(hop.credential()).isEmpty();
        assertThat(hop.loopback()).isTrue();
        assertThat(hop.secured()).isFalse();
        assertThat(hop.deliveryKey()).isPresent();
    }

    @Test
    @Tag("MQ-33") @Tag("MQ-34") @Tag("MQ-60")
    void aRegistrationComesWithItsCredential() {
        peer.publish("/oneM2M/reg_req/10-abc@mef.example:x/mn-cse/json",
                "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"C\",\"rqi\":\"r1\",\"rvi\":\"2a\",\"ty\":2,"
                        + "\"pc\":{\"m2m:ae\":{\"api\":\"Nx\"}}}");

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/reg_resp/10-abc@mef.example:x/mn-cse/json");
        Hop hop = cse.asked.get(0).hop();
        assertThat(hop.originator()).isEmpty();
        assertThat(hop.credential()).contains("10-abc@mef.example/x");
    }

    @Test
    @Tag("MQ-35")
    void nothingButRegistrationComesOnRegistrationTopics() {
        peer.publish("/oneM2M/reg_req/cred/mn-cse/json", JSON);

        ResponsePrimitive response = (ResponsePrimitive) peer.next(0).as(Serialization.JSON);
        assertThat(response.statusCode()).isEqualTo(4000);
        assertThat(response.requestIdentifier()).isEqualTo("r1");
        assertThat(cse.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            json | {"op":2,                                               | 4000 | ''
            json | not a primitive at all                                 | 4000 | ''
            xml  | {"op":2,"to":"mn-name","fr":"CAE01","rqi":"r1"}        | 4000 | r1
            xml  | <broken                                                | 4000 | ''
            json | <m2m:rqp xmlns:m2m="http://www.onem2m.org/xml/protocols"/> | 4000 | ''
            yaml | {"op":2,"to":"mn-name","fr":"CAE01","rqi":"r1"}        | 4015 | r1
            json/x | {"op":2,"to":"mn-name","fr":"CAE01","rqi":"r1"}      | 4000 | r1
            json | {"rsc":2000,"rqi":"r1"}                                | 4000 | r1
            """)
    @Tag("MQ-37") @Tag("MQ-44")
    void whatIsMalformedIsRefusedWithAReasonAndTheConnectionLivesOn(String suffix, String payload, int status, String rqi) {
        peer.publish("/oneM2M/req/CAE01/mn-cse/" + suffix, payload);

        Peer.Received received = peer.next(0);
        assertThat(received.topic()).startsWith("/oneM2M/resp/CAE01/mn-cse/");
        // As text: a response without a request identifier is none that a codec would read.
        assertThat(received.text()).matches("(?s).*\\brsc\\W+" + status + "\\b.*").contains("m2m:dbg");
        assertThat(received.text()).containsPattern(rqi.isEmpty() ? "\\brqi(\":\"\"|/>)" : "\\brqi(\":\"|>)" + rqi + "[\"<]");

        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON);
        assertThat(((ResponsePrimitive) peer.next(1).as(Serialization.JSON)).statusCode()).isEqualTo(2000);
        assertThat(cse.asked).hasSize(1);
    }

    @Test
    @Tag("MQ-45")
    void aTopicWithoutSuffixIsAnsweredWithoutSuffix() {
        peer.publish("/oneM2M/req/CAE01/mn-cse", JSON);

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/resp/CAE01/mn-cse");
        assertThat(((ResponsePrimitive) peer.next(0).as(Serialization.JSON)).statusCode()).isEqualTo(2000);
    }

    @Test
    void aLeadingColonMeansTheCseAndIsRepeated() {
        try (Peer mobius = new Peer(mosquitto.port(), "mobius", "/oneM2M/resp/:in-cse/#")) {
            mobius.publish("/oneM2M/req/:in-cse/:mn-cse/json", JSON.replace("CAE01", "/in-cse"));

            assertThat(mobius.next(0).topic()).isEqualTo("/oneM2M/resp/:in-cse/:mn-cse/json");
            assertThat(cse.asked.get(0).hop().originator()).contains("/in-cse");
        }
    }

    @Test
    @Tag("MQ-42")
    void releaseOneWrappingIsUnderstood() {
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", "{\"m2m:rqp\":" + JSON + "}");
        assertThat(((ResponsePrimitive) peer.next(0).as(Serialization.JSON)).statusCode()).isEqualTo(2000);
    }

    @Test
    void hexadecimalCborIsUnderstood() {
        byte[] cbor = PrimitiveCodec.of(Serialization.CBOR).encode(PrimitiveCodec.of(Serialization.JSON)
                .decode(JSON.getBytes(StandardCharsets.UTF_8)));
        peer.publish("/oneM2M/req/CAE01/mn-cse/cbor", HexFormat.of().formatHex(cbor));

        assertThat(((ResponsePrimitive) peer.next(0).as(Serialization.CBOR)).statusCode()).isEqualTo(2000);
    }

    @Test
    void brokenCborIsRefusedInCbor() {
        peer.publish("/oneM2M/req/CAE01/mn-cse/cbor", new byte[] {(byte) 0xA2, 0x62, 'o'}, 1, false);

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/resp/CAE01/mn-cse/cbor");
        assertThat(peer.next(0).text()).contains("m2m:dbg");
    }

    @Test
    void xmlAndCborWithoutSuffixAreRecognised() {
        RequestPrimitive request = (RequestPrimitive) PrimitiveCodec.of(Serialization.JSON)
                .decode(JSON.getBytes(StandardCharsets.UTF_8));
        peer.publish("/oneM2M/req/CAE01/mn-cse", PrimitiveCodec.of(Serialization.XML).encode(request), 1, false);
        peer.publish("/oneM2M/req/CAE01/mn-cse", PrimitiveCodec.of(Serialization.CBOR).encode(request), 1, false);

        assertThat(peer.next(0).as(Serialization.XML).requestIdentifier()).isEqualTo("r1");
        assertThat(peer.next(1).as(Serialization.CBOR).requestIdentifier()).isEqualTo("r1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Tag("MQ-22")
    void everyQualityOfServiceIsAccepted(int qos) {
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON.getBytes(StandardCharsets.UTF_8), qos, false);

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/resp/CAE01/mn-cse/json");
    }

    @Test
    void leniencyCanBeSwitchedOff() {
        restart(Map.of("leniencies", new String[] {"none"}));

        peer.publish("/oneM2M/req/CAE01/mn-cse", JSON);
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", "{\"m2m:rqp\":" + JSON + "}");
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON.getBytes(StandardCharsets.UTF_8), 0, false);
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON);

        assertThat(List.of(peer.next(0), peer.next(1), peer.next(2)))
                .extracting(r -> ((ResponsePrimitive) r.as(Serialization.JSON)).statusCode()).containsExactly(4000, 4000, 2000);
        assertThat(cse.asked).hasSize(1);
    }

    @Test
    @Tag("MQ-05")
    void aRetainedRequestIsNotServed() {
        peer.publish("pre/oneM2M/req/CAE01/mn-cse/json", JSON.replace("r1", "stale").getBytes(StandardCharsets.UTF_8), 1, true);
        Waiting.until("Mosquitto has it", () -> mosquitto.log().contains("r1, m") && mosquitto.log().contains("pre/oneM2M/req"));

        // The new subscription brings the stale request first, marked as retained.
        restart(Map.of("servers", new String[] {mosquitto.uri() + "/pre"}));
        Waiting.until("it has come", () -> mosquitto.log().contains("Sending PUBLISH to C::mn-cse (d0, q1, r1"));
        try (Peer prefixed = new Peer(mosquitto.port(), "prefixed", "pre/oneM2M/resp/CAE01/#")) {
            prefixed.publish("pre/oneM2M/req/CAE01/mn-cse/json", JSON);
            assertThat(prefixed.next(0).as(Serialization.JSON).requestIdentifier()).isEqualTo("r1");
        }

        assertThat(cse.asked).extracting(a -> a.request().requestIdentifier()).containsExactly("r1");
    }

    @Test
    @Tag("MQ-32")
    void responsesAreMatchedWhateverTheirOrder() {
        Map<String, CompletableFuture<ResponsePrimitive>> open = new ConcurrentHashMap<>();
        cse.answering(request -> open.computeIfAbsent(request.requestIdentifier(), id -> new CompletableFuture<>()));

        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON.replace("r1", "first"));
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON.replace("r1", "second"));
        Waiting.until("both asked", () -> open.size() == 2);
        assertThat(cse.asked).extracting(a -> a.request().requestIdentifier()).containsExactly("first", "second");
        open.get("second").complete(RecordingCse.ok(cse.asked.get(1).request()));
        assertThat(peer.next(0).as(Serialization.JSON).requestIdentifier()).isEqualTo("second");
        open.get("first").complete(RecordingCse.ok(cse.asked.get(0).request()));
        assertThat(peer.next(1).as(Serialization.JSON).requestIdentifier()).isEqualTo("first");
    }

    @Test
    void aBurstOfAThousandIsAnsweredCompletely() {
        cse.answering(request -> CompletableFuture.supplyAsync(() -> RecordingCse.ok(request)));

        IntStream.range(0, 1_000).forEach(i -> peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON.replace("r1", "b" + i)));

        peer.next(999);
        assertThat(answered()).hasSize(1_000);
        assertThat(cse.asked).extracting(a -> a.request().requestIdentifier())
                .containsExactlyElementsOf(IntStream.range(0, 1_000).mapToObj(i -> "b" + i).toList());
    }

    @Test
    @Tag("MQ-01")
    void nothingIsLostWhenTheServerIsRestarted() {
        List<Runnable> held = new ArrayList<>();
        cse.answering(request -> {
            CompletableFuture<ResponsePrimitive> response = new CompletableFuture<>();
            synchronized (held) {
                held.add(() -> response.complete(RecordingCse.ok(request)));
            }
            return response;
        });
        IntStream.range(0, 50).forEach(i -> peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON.replace("r1", "s" + i)));
        Waiting.until("some are asked", () -> cse.asked.size() >= 5);

        mosquitto.stop();
        Waiting.until("the door is shut", () -> !binding.isOpen());
        cse.answering(request -> CompletableFuture.completedFuture(RecordingCse.ok(request)));
        synchronized (held) {
            held.forEach(Runnable::run);
        }
        mosquitto.start();

        Waiting.until("the door is open again", binding::isOpen);
        Waiting.until("all are answered: " + answered().size(), () -> answered().size() == 50);
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON.replace("r1", "afterwards"));
        Waiting.until("it goes on", () -> answered().contains("afterwards"));
    }

    @Test
    void aRequestWaitsForACseThatIsReplaced() {
        binding.unbindCse(cse);
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON);
        Waiting.until("Mosquitto has delivered it", () -> mosquitto.log().contains("Sending PUBLISH to C::mn-cse"));
        assertThat(binding.isOpen()).isTrue();

        RecordingCse next = new RecordingCse();
        binding.bindCse(next);

        assertThat(peer.next(0).as(Serialization.JSON).requestIdentifier()).isEqualTo("r1");
        assertThat(next.asked).hasSize(1);
        assertThat(cse.asked).isEmpty();
    }

    @Test
    void whatACseLeftUnansweredIsAskedAgain() {
        cse.answering(request -> new CompletableFuture<>());
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", JSON);
        Waiting.until("asked", () -> cse.asked.size() == 1);
        binding.unbindCse(cse);

        RecordingCse next = new RecordingCse();
        binding.bindCse(next);

        peer.next(0);
        assertThat(next.asked.get(0).hop().deliveryKey()).isEqualTo(cse.asked.get(0).hop().deliveryKey());
    }

    @Test
    @Tag("MQ-51") @Tag("MQ-52")
    void requestsUnderAPrefixAreAnsweredUnderIt() {
        restart(Map.of("servers", new String[] {mosquitto.uri() + "/abc/def"}));
        try (Peer prefixed = new Peer(mosquitto.port(), "prefixed", "abc/def/oneM2M/resp/CAE01/#")) {
            prefixed.publish("abc/def/oneM2M/req/CAE01/mn-cse/json", JSON);

            assertThat(prefixed.next(0).topic()).isEqualTo("abc/def/oneM2M/resp/CAE01/mn-cse/json");
            assertThat(binding.pointsOfAccess()).containsExactly(mosquitto.uri() + "/abc/def");
        }
    }

    @Test
    @Tag("MQ-34")
    @Tag("MQ-52")
    void registrationsUnderAPrefixAreAnsweredUnderItToo() {
        restart(Map.of("servers", new String[] {mosquitto.uri() + "/abc/def"}));
        try (Peer prefixed = new Peer(mosquitto.port(), "prefixed", "abc/def/oneM2M/reg_resp/10-a/#")) {
            prefixed.publish("abc/def/oneM2M/reg_req/10-a/mn-cse/json", "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"C\","
                    + "\"rqi\":\"r1\",\"ty\":2,\"pc\":{\"m2m:ae\":{\"api\":\"Nx\"}}}");

            assertThat(prefixed.next(0).topic()).isEqualTo("abc/def/oneM2M/reg_resp/10-a/mn-cse/json");
        }
    }

    private List<String> answered() {
        return peer.received.stream().map(r -> r.as(Serialization.JSON).requestIdentifier()).distinct()
                .collect(Collectors.toList());
    }
}
