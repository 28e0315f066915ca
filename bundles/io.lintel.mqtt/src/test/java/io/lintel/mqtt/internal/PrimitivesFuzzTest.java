// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Any payload on any topic: it is a request that can be answered, a refusal that can be sent, or a response, or it is passed
 * over; nothing else happens. The first byte is the length of the topic, which follows; the rest is the payload.
 */
class PrimitivesFuzzTest {
    private static final int MOST_BYTES = 65_536;
    private static final Set<Leniency> ALL = EnumSet.allOf(Leniency.class);
    private static final Set<Leniency> NONE = EnumSet.noneOf(Leniency.class);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void leave() {
        logger().detachAppender(log);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "20s")
    void takesAnyPrimitiveOnAnyTopic(byte[] input) {
        if (input == null || input.length < 1 || input.length > MOST_BYTES) {
            return;
        }
        int end = Math.min(input.length, 1 + (input[0] & 0xff));
        Optional<String> name = utf8(Arrays.copyOfRange(input, 1, end)).filter(PrimitivesFuzzTest::isTopicName);
        if (name.isEmpty()) {
            return;
        }
        byte[] payload = Arrays.copyOfRange(input, end, input.length);
        Topic.parse(name.get()).ifPresent(topic -> {
            assertThat(topic.name()).isEqualTo(name.get());
            spellings(topic.originator());
            spellings(topic.receiver());
            if (topic.kind().isRequest()) {
                request(topic, payload);
            } else {
                response(topic, payload);
            }
        });
        assertThat(log.list).filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN)).isEmpty();
        log.list.clear();
    }

    /** What a level denotes has one normal form, and the level made of it denotes the same. */
    private static void spellings(String level) {
        Segments segments = segments(ALL);
        segments.entity(level).ifPresent(entity -> {
            assertThat(segments.normalise(entity)).isEqualTo(entity);
            assertThat(segments.entity(segments.segment(entity, false))).contains(entity);
            assertThat(segments.entity(segments.segment(entity, true))).contains(entity);
        });
    }

    private static void request(Topic topic, byte[] payload) {
        RequestReader.Reading lenient = read(topic, payload, ALL);
        RequestReader.Reading strict = read(topic, payload, NONE);
        if (strict.request().isPresent()) {
            assertThat(lenient.request()).as("what is strictly right is right").isPresent();
            assertThat(lenient.format()).isEqualTo(strict.format());
            if (strict.request().get().from().isPresent()) {
                assertThat(lenient.request()).isEqualTo(strict.request());
                assertThat(lenient.hop()).isEqualTo(strict.hop());
            }
        }
    }

    private static RequestReader.Reading read(Topic topic, byte[] payload, Set<Leniency> leniencies) {
        RequestReader reader = new RequestReader(segments(leniencies), leniencies, "localhost:1883", true, Optional::empty);
        RequestReader.Reading reading = reader.read(topic, payload, "key");
        Topic answer = topic.answer(reading.format());
        assertThat(isTopicName(answer.name())).isTrue();
        assertThat(answer.originator()).isEqualTo(topic.originator());
        assertThat(answer.receiver()).isEqualTo(topic.receiver());
        assertThat(reading.request().isPresent()).isEqualTo(reading.hop().isPresent()).isNotEqualTo(
                reading.refusal().isPresent());
        PrimitiveCodec codec = PrimitiveCodec.of(reading.format());
        reading.request().ifPresent(request -> {
            ResponsePrimitive.Builder response = ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier());
            request.content().ifPresent(response::content);
            assertThat(codec.decode(codec.encode(response.build())).requestIdentifier())
                    .isEqualTo(request.requestIdentifier());
        });
        reading.refusal().ifPresent(refusal -> {
            assertThat(refusal.statusCode()).isIn(4000, 4015);
            byte[] sent = codec.encode(refusal);
            if (!refusal.requestIdentifier().isEmpty()) {
                assertThat(((ResponsePrimitive) codec.decode(sent)).statusCode()).isEqualTo(refusal.statusCode());
            }
        });
        return reading;
    }

    private static void response(Topic topic, byte[] payload) {
        ResponseReader lenient = new ResponseReader(segments(ALL), ALL);
        ResponseReader strict = new ResponseReader(segments(NONE), NONE);
        Optional<ResponsePrimitive> read = strict.read(topic, payload);
        Optional<ResponsePrimitive> leniently = lenient.read(topic, payload);
        if (read.isPresent()) {
            assertThat(leniently).as("what is strictly right is right").isEqualTo(read);
        }
        strict.sender(topic).ifPresent(sender -> assertThat(lenient.sender(topic)).isPresent());
    }

    private static Segments segments(Set<Leniency> leniencies) {
        return new Segments(RecordingCse.MN, Set.of("/in-cse", "/Cottage")::contains,
                leniencies.contains(Leniency.LEADING_COLON), leniencies.contains(Leniency.BASE_RESOURCE_ID));
    }

    private static boolean isTopicName(String name) {
        return !name.isEmpty() && name.indexOf('+') < 0 && name.indexOf('#') < 0 && name.indexOf('\0') < 0;
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.lintel");
    }

    static Stream<byte[]> seeds() {
        String request = "{\"op\":1,\"to\":\"mn-name/x\",\"fr\":\"CAE01\",\"rqi\":\"r1\",\"rvi\":\"2a\",\"ty\":4,"
                + "\"pc\":{\"m2m:cin\":{\"con\":\"21.5\",\"cnf\":\"text/plain:0\"}},\"fc\":{\"lbl\":[\"a\"]},\"rt\":{\"rtv\":3}}";
        String registration = "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"C\",\"rqi\":\"1\",\"ty\":2,\"pc\":{\"m2m:ae\":"
                + "{\"api\":\"Nx\",\"rr\":true}}}";
        String response = "{\"rsc\":2000,\"rqi\":\"r1\",\"pc\":{\"m2m:uril\":[\"a/b\"]}}";
        return Stream.of(
                seed("/oneM2M/req/CAE01/mn-cse/json", utf8(request)), seed("/oneM2M/req/:in-cse/mn-cse", utf8(request)),
                seed("/oneM2M/req/mn-cse:CAE01/mn-cse/json", utf8("{\"m2m:rqp\":" + request + "}")),
                seed("/oneM2M/req/CAE01/cb/xml", as(Serialization.XML, request)),
                seed("a/b/oneM2M/req/in-cse/mn-cse/cbor", as(Serialization.CBOR, request)),
                seed("/oneM2M/req/in-cse/mn-cse/cbor", utf8(HexFormat.of().formatHex(as(Serialization.CBOR, request)))),
                seed("/oneM2M/req/in-cse/mn-cse/yaml", utf8(request)),
                seed("/oneM2M/reg_req/10-abc@mef.example/mn-cse/json", utf8(registration)),
                seed("/oneM2M/resp/mn-cse/in-cse/json", utf8(response)), seed("/oneM2M/resp/in-cse/mn-cse", utf8(response)),
                seed("/oneM2M/resp/mn-cse/in-cse/xml", as(Serialization.XML, response)),
                seed("/oneM2M/resp/mn-cse/:sp.example:in-cse/cbor", as(Serialization.CBOR, response)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] as(Serialization format, String json) {
        return PrimitiveCodec.of(format).encode(PrimitiveCodec.of(Serialization.JSON).decode(utf8(json)));
    }

    private static byte[] seed(String topic, byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(topic.length());
        bytes.writeBytes(utf8(topic));
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }
}
