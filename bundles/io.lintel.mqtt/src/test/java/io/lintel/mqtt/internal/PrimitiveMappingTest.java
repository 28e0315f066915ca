// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Primitives as payloads, letter by letter (TS-0010 6.5), and what is none, over a stock Mosquitto. */
class PrimitiveMappingTest {
    private static final int A_MILLION = 1_000_000;

    @TempDir
    Path directory;
    private Mosquitto mosquitto;
    private MqttBinding binding;
    private final RecordingCse cse = new RecordingCse();
    private Peer peer;

    @BeforeEach
    void start() {
        mosquitto = new Mosquitto(directory, "max_packet_size 4000000");
        binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}, "leniencies", new String[] {"none"}), "");
        binding.bindCse(cse);
        Waiting.until("the binding is open", binding::isOpen);
        peer = new Peer(mosquitto.port(), "A::CAE01", "/oneM2M/resp/CAE01/#", "/oneM2M/req/+/CAE01/#");
    }

    @AfterEach
    void end() {
        peer.close();
        binding.deactivate();
        mosquitto.close();
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive request, Serialization format, int seconds) {
        return binding.send(new OutboundRequest(request, URI.create(mosquitto.uri()), Optional.of("/mn-cse/CAE01"),
                Optional.of(format), Instant.now().plusSeconds(seconds)));
    }

    private static RequestPrimitive notification(String requestIdentifier) {
        return RequestPrimitive.builder(Operation.NOTIFY, "/mn-cse/CAE01").from("/mn-cse").requestIdentifier(requestIdentifier)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .set(RequestParameter.ORIGINATING_TIMESTAMP, "20180312T101500")
                .content(new Content("m2m:sgn", Attributes.of("sur", "/mn-cse/sub1"))).build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Tag("MQ-24") @Tag("MQ-39") @Tag("MQ-40") @Tag("MQ-42")
    void aRequestInJsonIsItsParametersByTheirShortNamesAndNothingElse() {
        send(notification("n1"), Serialization.JSON, 10);

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/req/mn-cse/CAE01/json");
        assertThat(peer.next(0).text()).startsWith("{\"").endsWith("}");
        assertThat(peer.next(0).text().replaceAll("^\\{|\\}$", "").split(",(?=\"(op|to|fr|rqi|rvi|ot|pc)\":)"))
                .containsExactlyInAnyOrder("\"op\":5", "\"to\":\"/mn-cse/CAE01\"", "\"fr\":\"/mn-cse\"", "\"rqi\":\"n1\"",
                        "\"rvi\":\"2a\"", "\"ot\":\"20180312T101500\"", "\"pc\":{\"m2m:sgn\":{\"sur\":\"/mn-cse/sub1\"}}");
    }

    @Test
    @Tag("MQ-24") @Tag("MQ-39") @Tag("MQ-40") @Tag("MQ-42")
    void aRequestInXmlHasTheRootOfTheSchema() {
        send(notification("n1"), Serialization.XML, 10);

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/req/mn-cse/CAE01/xml");
        assertThat(peer.next(0).text()).matches("(?s)(<\\?xml[^>]*>\\s*)?<m2m:rqp [^>]*xmlns:m2m=\""
                + "http://www.onem2m.org/xml/protocols\"[^>]*>.*</m2m:rqp>").contains("<op>5</op>", "<to>/mn-cse/CAE01</to>",
                "<fr>/mn-cse</fr>", "<rqi>n1</rqi>", "<rvi>2a</rvi>", "<ot>20180312T101500</ot>", "<sur>/mn-cse/sub1</sur>");
    }

    @Test
    @Tag("MQ-24") @Tag("MQ-39") @Tag("MQ-40")
    void aRequestInCborIsAMapOfTheSame() {
        send(notification("n1"), Serialization.CBOR, 10);

        byte[] payload = peer.next(0).payload();
        assertThat(payload[0] & 0xE0).as("major type 5, a map").isEqualTo(0xA0);
        assertThat(new String(payload, StandardCharsets.ISO_8859_1)).contains("bop", "bto", "bfr", "crqibn1");
        assertThat(peer.next(0).as(Serialization.CBOR)).isEqualTo(notification("n1"));
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    @Tag("MQ-38") @Tag("MQ-41")
    void aResponseHasItsStatusAndTheIdentifierAndWhatElseThereIs(Serialization format) {
        cse.answering(request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.CREATED, "r1")
                .set(ResponseParameter.RELEASE_VERSION_INDICATOR, "2a").content(new Content("m2m:uri", "mn-name/x")).build()));
        peer.publish("/oneM2M/req/CAE01/mn-cse/" + format.suffix(), PrimitiveCodec.of(format).encode(RequestPrimitive.builder(
                Operation.RETRIEVE, "mn-name").from("CAE01").requestIdentifier("r1").build()), 1, false);

        String sent = peer.next(0).text();
        switch (format) {
            case JSON -> assertThat(sent.replaceAll("^\\{|\\}$", "").split(",")).containsExactlyInAnyOrder("\"rsc\":2001",
                    "\"rqi\":\"r1\"", "\"rvi\":\"2a\"", "\"pc\":{\"m2m:uri\":\"mn-name/x\"}");
            case XML -> assertThat(sent).contains("<m2m:rsp ", "<rsc>2001</rsc>", "<rqi>r1</rqi>", "<rvi>2a</rvi>", "mn-name/x");
            case CBOR -> assertThat(peer.next(0).payload()[0] & 0xE0).isEqualTo(0xA0);
        }
        ResponsePrimitive response = (ResponsePrimitive) peer.next(0).as(format);
        assertThat(response.statusCode()).isEqualTo(2001);
        assertThat(response.requestIdentifier()).isEqualTo("r1");
    }

    /** What lacks {@code fr} is the CSE's to refuse: it alone knows where that may be absent. */
    static Stream<Arguments> incomplete() {
        return Stream.of(Serialization.values()).flatMap(format -> Stream.of("op", "to", "rqi").map(name ->
                Arguments.of(format, name)));
    }

    @ParameterizedTest
    @MethodSource("incomplete")
    @Tag("MQ-37") @Tag("MQ-38")
    void eachParameterThatARequestMustHaveIsMissed(Serialization format, String missing) {
        peer.publish("/oneM2M/req/CAE01/mn-cse/" + format.suffix(), without(missing, format), 1, false);

        Peer.Received refusal = peer.next(0);
        assertThat(refusal.topic()).isEqualTo("/oneM2M/resp/CAE01/mn-cse/" + format.suffix());
        assertThat(new String(refusal.payload(), StandardCharsets.ISO_8859_1)).contains("dbg");
        if (missing.equals("rqi")) {
            // There and empty; a codec takes no response without one.
            assertThat(new String(refusal.payload(), StandardCharsets.ISO_8859_1)).containsPattern(switch (format) {
                case JSON -> "\"rqi\":\"\"";
                case XML -> "<rqi/>|<rqi></rqi>";
                case CBOR -> "crqi`";
            });
        } else {
            ResponsePrimitive response = (ResponsePrimitive) refusal.as(format);
            assertThat(response.statusCode()).isEqualTo(4000);
            assertThat(response.requestIdentifier()).isEqualTo("r1");
        }
        assertThat(cse.asked).isEmpty();
    }

    private static byte[] without(String missing, Serialization format) {
        Map<String, String> json = Map.of("op", "\"op\":2", "to", "\"to\":\"mn-name\"", "fr", "\"fr\":\"CAE01\"", "rqi",
                "\"rqi\":\"r1\"");
        List<String> names = Stream.of("op", "to", "fr", "rqi").filter(name -> !name.equals(missing)).toList();
        return switch (format) {
            case JSON -> bytes("{" + names.stream().map(json::get).collect(Collectors.joining(",")) + "}");
            case XML -> bytes("<m2m:rqp xmlns:m2m=\"http://www.onem2m.org/xml/protocols\">" + names.stream().map(name -> "<"
                    + name + ">" + json.get(name).replaceAll("^\"[a-z]+\":|\"", "") + "</" + name + ">")
                    .collect(Collectors.joining()) + "</m2m:rqp>");
            case CBOR -> cborMap(names);
        };
    }

    /** A map of so many pairs; texts of less than 24 bytes, and the operation as a small number. */
    private static byte[] cborMap(List<String> names) {
        Map<String, String> values = Map.of("to", "mn-name", "fr", "CAE01", "rqi", "r1");
        StringBuilder map = new StringBuilder().append((char) (0xA0 + names.size()));
        for (String name : names) {
            map.append((char) (0x60 + name.length())).append(name);
            String value = values.get(name);
            map.append(value == null ? "\u0002" : (char) (0x60 + value.length()) + value);
        }
        return map.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    static Stream<Arguments> mismatches() {
        return Stream.of(Serialization.values()).flatMap(stated -> Stream.of(Serialization.values())
                .filter(real -> real != stated).map(real -> Arguments.of(stated, real)));
    }

    @ParameterizedTest
    @MethodSource("mismatches")
    @Tag("MQ-27") @Tag("MQ-44")
    void aPayloadOfAnotherFormatThanTheTopicSaysIsRefusedInTheFormatOfTheTopic(Serialization stated, Serialization real) {
        byte[] request = PrimitiveCodec.of(real).encode(RequestPrimitive.builder(Operation.RETRIEVE, "mn-name").from("CAE01")
                .requestIdentifier("r1").build());

        peer.publish("/oneM2M/req/CAE01/mn-cse/" + stated.suffix(), request, 1, false);

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/resp/CAE01/mn-cse/" + stated.suffix());
        ResponsePrimitive response = (ResponsePrimitive) peer.next(0).as(stated);
        assertThat(response.statusCode()).isEqualTo(4000);
        assertThat(response.requestIdentifier()).isEqualTo("r1");
        assertThat(cse.asked).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    @Tag("MQ-44")
    void anUnknownFormatIsRefusedInTheOneThePayloadLooksLike(Serialization real) {
        byte[] request = PrimitiveCodec.of(real).encode(RequestPrimitive.builder(Operation.RETRIEVE, "mn-name").from("CAE01")
                .requestIdentifier("r1").build());

        peer.publish("/oneM2M/req/CAE01/mn-cse/yaml", request, 1, false);

        assertThat(peer.next(0).topic()).isEqualTo("/oneM2M/resp/CAE01/mn-cse/" + real.suffix());
        ResponsePrimitive response = (ResponsePrimitive) peer.next(0).as(real);
        assertThat(response.statusCode()).isEqualTo(4015);
        assertThat(response.requestIdentifier()).isEqualTo("r1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"rsc\":2000}", "{\"rqi\":\"n1\"}", "{\"rsc\":2000,\"rqi\":\"other\"}",
            "{\"rsc\":2000,\"rqi\":\"n1\"", "<m2m:rsp/>", "", "{\"op\":2,\"to\":\"x\",\"fr\":\"CAE01\",\"rqi\":\"n1\"}"})
    @Tag("MQ-32") @Tag("MQ-38")
    void whatIsNoResponseToTheRequestIsNotTakenForOne(String payload) {
        CompletionStage<ResponsePrimitive> response = send(notification("n1"), Serialization.JSON, 20);
        peer.next(0);
        peer.publish("/oneM2M/resp/mn-cse/CAE01/json", payload);
        peer.publish("/oneM2M/resp/mn-cse/CAE01/json", "{\"rsc\":2000,\"rqi\":\"n1\"}");

        assertThat(Waiting.result(response).statusCode()).isEqualTo(2000);
        assertThat(mosquitto.log().lines().filter(line -> line.contains("Sending PUBLISH to C::mn-cse"))).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    @Tag("MQ-22")
    void aPrimitiveOfAMillionBytesPassesBothWays(Serialization format) {
        Content large = new Content("m2m:cin", Attributes.of("con", "x".repeat(A_MILLION)));
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, "mn-name/cnt").from("CAE01").requestIdentifier("r1")
                .resourceType(4).content(large).build();

        peer.publish("/oneM2M/req/CAE01/mn-cse/" + format.suffix(), PrimitiveCodec.of(format).encode(request), 1, false);

        assertThat(peer.next(0).payload()).hasSizeGreaterThan(A_MILLION);
        assertThat(peer.next(0).as(format).content()).contains(large);
        assertThat(cse.asked.get(0).request()).isEqualTo(request);
    }

    @Test
    @Tag("MQ-22")
    void oneAboveTheLimitIsRefusedAndTheConnectionLivesOn() {
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", "{\"op\":1,\"to\":\"mn-name/cnt\",\"fr\":\"CAE01\",\"rqi\":\"big\","
                + "\"ty\":4,\"pc\":{\"m2m:cin\":{\"con\":\"" + "x".repeat(1 << 20) + "\"}}}");
        peer.publish("/oneM2M/req/CAE01/mn-cse/json", "{\"op\":2,\"to\":\"mn-name\",\"fr\":\"CAE01\",\"rqi\":\"small\"}");

        ResponsePrimitive refusal = (ResponsePrimitive) peer.next(0).as(Serialization.JSON);
        assertThat(refusal.statusCode()).isEqualTo(4000);
        assertThat(refusal.requestIdentifier()).isEqualTo("big");
        assertThat(peer.next(1).as(Serialization.JSON).requestIdentifier()).isEqualTo("small");
        assertThat(cse.asked).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"CAE01, mn-cse", "mn-cse:CAE01, mn-cse", ":lintel.example:mn-cse:CAE01, mn-cse", "in-cse, mn-cse",
        "in-cse:CAE07, mn-cse", ":sp.example:in-cse, mn-cse", "S77, mn-cse"})
    @Tag("MQ-26") @Tag("MQ-30")
    void anAnswerRepeatsTheLevelsOfItsRequestLetterByLetter(String originator, String receiver) {
        try (Peer sender = new Peer(mosquitto.port(), "sender", "/oneM2M/resp/" + originator + "/#")) {
            sender.publish("/oneM2M/req/" + originator + "/" + receiver + "/json",
                    "{\"op\":2,\"to\":\"mn-name\",\"fr\":\"CAE01\",\"rqi\":\"r1\"}");

            assertThat(sender.next(0).topic()).isEqualTo("/oneM2M/resp/" + originator + "/" + receiver + "/json");
        }
    }

    @Test
    @Tag("MQ-31") @Tag("MQ-36")
    void theServerSawEverySubscriptionBeforeTheFirstPublication() {
        Waiting.result(answered(send(notification("n1"), Serialization.JSON, 10)));

        List<String> log = mosquitto.log().lines().filter(line -> line.contains("C::mn-cse")).toList();
        int subscribed = indexOf(log, "Sending SUBACK to C::mn-cse");
        int published = indexOf(log, "Received PUBLISH from C::mn-cse");
        assertThat(subscribed).isNotNegative().isLessThan(published);
        assertThat(mosquitto.log()).contains("C::mn-cse 1 /oneM2M/req/+/mn-cse/#", "C::mn-cse 1 /oneM2M/resp/mn-cse/#",
                "C::mn-cse 1 /oneM2M/reg_req/+/mn-cse/#");
    }

    private CompletionStage<ResponsePrimitive> answered(CompletionStage<ResponsePrimitive> response) {
        peer.next(0);
        peer.publish("/oneM2M/resp/mn-cse/CAE01/json", "{\"rsc\":2000,\"rqi\":\"n1\"}");
        return response;
    }

    private static int indexOf(List<String> lines, String part) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(part)) {
                return i;
            }
        }
        return -1;
    }

    /** With a server elsewhere there is nothing to connect to here. */
    @Test
    @Tag("MQ-03")
    void requestsComeInAlthoughNothingListensHere() throws IOException {
        Set<String> before = listening();
        MqttBinding other = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}), "");
        RecordingCse otherCse = new RecordingCse(new CseIdentity("//lintel.example", "/other-cse", "other", "cb",
                CseIdentity.CseType.MN, "CAdmin"));
        try {
            other.bindCse(otherCse);
            Waiting.until("open", other::isOpen);
            peer.publish("/oneM2M/req/CAE01/other-cse/json", "{\"op\":2,\"to\":\"other\",\"fr\":\"CAE01\",\"rqi\":\"r1\"}");
            peer.next(0);

            assertThat(otherCse.asked).hasSize(1);
            assertThat(listening()).isEqualTo(before);
        } finally {
            other.deactivate();
        }
    }

    /** The sockets on which this process listens, as the kernel numbers them. */
    private static Set<String> listening() throws IOException {
        List<String> own = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    own.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException e) {
                    // closed meanwhile, such as that of this listing
                }
            }
        }
        return Stream.of("tcp", "tcp6").map(family -> Path.of("/proc/self/net", family)).flatMap(PrimitiveMappingTest::lines)
                .map(line -> line.strip().split("\\s+")).filter(fields -> fields.length > 9 && fields[3].equals("0A"))
                .map(fields -> "socket:[" + fields[9] + "]").filter(own::contains).collect(Collectors.toSet());
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
