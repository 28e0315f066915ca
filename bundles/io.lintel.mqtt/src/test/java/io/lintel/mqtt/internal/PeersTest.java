// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Public implementations as they are, over a stock Mosquitto: each test plays one with its own topics, payloads, levels of
 * quality and client identifiers. What a leniency accepts is refused or passed over without it, and what is sent to a peer
 * is the standard's, whatever the peer itself sends.
 */
class PeersTest {
    private static final List<String> ALL = Arrays.stream(Leniency.values()).map(Leniency::key).toList();

    /**
     * At QoS 1 and not retained; requests with the own CSE-ID, the receiver's without leading colon, and a format; responses
     * with the levels of their request.
     */
    private static final Pattern STRICT = Pattern.compile(".* \\(d[01], q1, r0, m\\d+, '(acme)?/oneM2M/"
            + "(req/mn-cse/[\\w.-][\\w.:-]*/(json|xml|cbor)|(resp|reg_resp)/[\\w.:-]+/[\\w.:-]+(/(json|xml|cbor))?)', .*");

    @TempDir
    Path directory;
    private Mosquitto mosquitto;
    private MqttBinding binding;
    private final RecordingCse cse = new RecordingCse();

    @BeforeEach
    void startServer() {
        mosquitto = new Mosquitto(directory);
    }

    @AfterEach
    void end() {
        if (binding != null) {
            binding.deactivate();
        }
        mosquitto.close();
        assertThat(sent()).filteredOn(line -> !line.contains("'/id-in'")).allSatisfy(line -> assertThat(line).matches(STRICT));
    }

    /** Everything that the binding has published, as Mosquitto saw it. */
    private List<String> sent() {
        return mosquitto.log().lines().filter(line -> line.contains("Received PUBLISH from C::mn-cse")).toList();
    }

    private void start(String path, String... leniencies) {
        binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri() + path}, "leniencies",
                leniencies.length == 0 ? new String[] {"none"} : leniencies), "");
        binding.bindCse(cse);
        Waiting.until("the binding is open: " + binding.detail(), binding::isOpen);
    }

    private void lenient() {
        start("", ALL.toArray(String[]::new));
    }

    /** All leniencies but one. */
    private void without(String leniency) {
        assertThat(ALL).contains(leniency);
        start("", ALL.stream().filter(key -> !key.equals(leniency)).toArray(String[]::new));
    }

    private static String retrieve(String from, String requestIdentifier) {
        return "{\"op\":2,\"to\":\"mn-name\"," + (from.isEmpty() ? "" : "\"fr\":\"" + from + "\",") + "\"rqi\":\""
                + requestIdentifier + "\",\"rvi\":\"2a\"}";
    }

    private static String ok(Peer.Received request) {
        return "{\"rsc\":2000,\"rqi\":\"" + request.as(Serialization.JSON).requestIdentifier() + "\"}";
    }

    private CompletionStage<ResponsePrimitive> send(String path, String receiver, Serialization format, int seconds) {
        return send("out-1", path, receiver, format, seconds);
    }

    private CompletionStage<ResponsePrimitive> send(String requestIdentifier, String path, String receiver, Serialization format,
            int seconds) {
        return binding.send(new OutboundRequest(RequestPrimitive.builder(Operation.RETRIEVE, "/id-in/cse-in").from("/mn-cse")
                .requestIdentifier(requestIdentifier).build(), URI.create(mosquitto.uri() + path), Optional.of(receiver),
                Optional.of(format), Instant.now().plusSeconds(seconds)));
    }

    private static int status(Peer.Received received) {
        return ((ResponsePrimitive) received.as(Serialization.JSON)).statusCode();
    }

    private List<String> asked() {
        return cse.asked.stream().map(a -> a.request().requestIdentifier()).toList();
    }

    /** Sends what a strict reader passes over, then what it serves: only the second is answered. */
    private void passedOver(Peer peer, Runnable deviation, String topic, String from) {
        deviation.run();
        peer.publish(topic, retrieve(from, "proper"));
        Waiting.until("the proper request is answered: " + peer.received,
                () -> peer.received.stream().anyMatch(r -> r.text().contains("proper")));
        assertThat(asked()).containsExactly("proper");
    }

    private void notTaken(CompletionStage<ResponsePrimitive> response) {
        assertThat(Waiting.failure(response)).isInstanceOf(UnreachableException.class).hasMessageContaining("no response");
    }

    /** ACME: publishes at QoS 0, under a prefix if it is told to; levels are exactly those of the standard. */
    @Nested
    class Acme {
        private Peer acme;

        @BeforeEach
        void connect() {
            acme = new Peer(mosquitto.port(), "C::id-in", "acme/oneM2M/req/+/id-in/#", "acme/oneM2M/resp/id-in/+/#",
                    "/oneM2M/req/+/id-in/#", "/oneM2M/resp/id-in/+/#");
        }

        @AfterEach
        void disconnect() {
            acme.close();
        }

        private void request(String prefix) {
            acme.publish(prefix + "/oneM2M/req/id-in/mn-cse/json", retrieve("/id-in", "acme-1").getBytes(StandardCharsets.UTF_8),
                    0, false);
        }

        @Test
        @Tag("MQ-22")
        void itsRequestsAtQosZeroUnderItsPrefixAreServed() {
            start("/acme", ALL.toArray(String[]::new));

            request("acme");

            assertThat(acme.next(0).topic()).isEqualTo("acme/oneM2M/resp/id-in/mn-cse/json");
            assertThat(acme.next(0).qos()).isEqualTo(1);
            assertThat(cse.asked.get(0).hop().originator()).contains("/id-in");
        }

        @Test
        void itsResponsesAtQosZeroAreTaken() {
            lenient();
            acme.reacting(r -> acme.publish(r.topic().replace("/req/", "/resp/"), ok(r).getBytes(StandardCharsets.UTF_8), 0,
                    false));

            assertThat(Waiting.result(send("/acme", "/id-in", Serialization.JSON, 10)).statusCode()).isEqualTo(2000);
            assertThat(acme.next(0).topic()).isEqualTo("acme/oneM2M/req/mn-cse/id-in/json");
        }

        @Test
        void withoutQosZeroItsPrimitivesArePassedOver() {
            without("qos0");

            passedOver(acme, () -> request(""), "/oneM2M/req/id-in/mn-cse/json", "/id-in");
            acme.reacting(r -> acme.publish(r.topic().replace("/req/", "/resp/"), ok(r).getBytes(StandardCharsets.UTF_8), 0,
                    false));
            notTaken(send("", "/id-in", Serialization.JSON, 1));
        }

        private CompletionStage<ResponsePrimitive> notify(String path) {
            return binding.send(new OutboundRequest(RequestPrimitive.builder(Operation.NOTIFY, mosquitto.uri() + path)
                    .from("/mn-cse").requestIdentifier("n-1").build(), URI.create(mosquitto.uri() + path), Optional.empty(),
                    Optional.empty(), Instant.now().plusSeconds(10)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"//id-in", "///id-in"})
        void itsUrisWithAReceiverForAPathLeadToThatReceiver(String path) {
            lenient();
            acme.reacting(r -> acme.publish(r.topic().replace("/req/", "/resp/"), ok(r)));

            assertThat(Waiting.result(notify(path)).statusCode()).isEqualTo(2000);
            assertThat(acme.next(0).topic()).isEqualTo("/oneM2M/req/mn-cse/id-in/json");
        }

        @Test
        void withoutReceiverInPathTheyAreTopics() {
            without("receiverInPath");
            try (Peer watcher = new Peer(mosquitto.port(), "watcher", "/id-in")) {
                assertThat(Waiting.result(notify("//id-in")).statusCode()).isEqualTo(2000);
                assertThat(watcher.next(0).topic()).isEqualTo("/id-in");
            }
        }

        @Test
        @Tag("MQ-35")
        void registrationTopicsAreForCreationsOnlyAsWithIt() {
            lenient();
            try (Peer client = new Peer(mosquitto.port(), "client", "/oneM2M/reg_resp/#")) {
                client.publish("/oneM2M/reg_req/id-new/mn-cse/json", retrieve("/id-new", "r-1").replace("mn-name", "mn-name/x"));
                client.publish("/oneM2M/reg_req/id-new/mn-cse/json", retrieve("/id-new", "r-2").replace("\"op\":2", "\"op\":4"));

                assertThat(List.of(status(client.next(0)), status(client.next(1)))).containsExactly(4000, 4000);
                assertThat(cse.asked).isEmpty();
            }
        }
    }

    /** Mobius: colons for leading slashes, topics with and without format, CBOR as text, JSON wrapped or bare. */
    @Nested
    class Mobius {
        private Peer mobius;

        @BeforeEach
        void connect() {
            mobius = new Peer(mosquitto.port(), "mqttjs_4f2a", "/oneM2M/req/+/in-cse/+", "/oneM2M/req/+/in-cse",
                    "/oneM2M/resp/in-cse/#", "/oneM2M/resp/:in-cse/#", "/oneM2M/reg_resp/#");
        }

        @AfterEach
        void disconnect() {
            mobius.close();
        }

        @Test
        @Tag("MQ-26")
        void itsColonsAreSlashes() {
            lenient();

            mobius.publish("/oneM2M/req/:in-cse/:mn-cse/json", retrieve("/in-cse", "m-1"));

            assertThat(mobius.next(0).topic()).isEqualTo("/oneM2M/resp/:in-cse/:mn-cse/json");
            assertThat(cse.asked.get(0).hop().originator()).contains("/in-cse");
        }

        @Test
        void withoutLeadingColonsTheyArePassedOverAsAReceiverAndRefusedAsAnOriginator() {
            without("leadingColon");

            passedOver(mobius, () -> mobius.publish("/oneM2M/req/in-cse/:mn-cse/json", retrieve("/in-cse", "m-1")),
                    "/oneM2M/req/in-cse/mn-cse/json", "/in-cse");
            mobius.publish("/oneM2M/req/:in-cse/mn-cse/json", retrieve("/in-cse", "m-2"));
            assertThat(status(mobius.next(1))).isEqualTo(4000);
            assertThat(asked()).containsExactly("proper");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("MQ-32")
        void itsSecondCopyOfAResponseIsDropped(boolean suffixFirst) {
            lenient();
            mobius.reacting(r -> {
                String topic = r.topic().replace("/req/", "/resp/");
                String bare = topic.substring(0, topic.lastIndexOf('/'));
                mobius.publish(suffixFirst ? topic : bare, ok(r));
                mobius.publish(suffixFirst ? bare : topic, ok(r));
            });

            assertThat(Waiting.result(send("", "/in-cse", Serialization.JSON, 10)).statusCode()).isEqualTo(2000);
            // The copy of the first response arrives before the second response, on the same connection.
            assertThat(Waiting.result(send("out-2", "", "/in-cse", Serialization.JSON, 10)).requestIdentifier())
                    .isEqualTo("out-2");
            assertThat(mobius.received).extracting(Peer.Received::topic).hasSize(2)
                    .containsOnly("/oneM2M/req/mn-cse/in-cse/json");
            assertThat(mosquitto.log().lines().filter(line -> line.contains("Sending PUBLISH to C::mn-cse")))
                    .hasSizeGreaterThanOrEqualTo(3);
        }

        @Test
        void withoutNoSuffixItsCopyWithoutFormatIsNotTaken() {
            without("noSuffix");
            mobius.reacting(r -> mobius.publish("/oneM2M/resp/mn-cse/in-cse", ok(r)));

            notTaken(send("", "/in-cse", Serialization.JSON, 1));
        }

        @Test
        @Tag("MQ-44")
        void itsCborIsReadFromItsText() {
            lenient();
            byte[] request = cbor(PrimitiveCodec.of(Serialization.JSON).decode(bytes(retrieve("/in-cse", "m-1"))));
            mobius.publish("/oneM2M/req/in-cse/mn-cse/cbor", HexFormat.of().formatHex(request));

            // What is sent is CBOR, not its text.
            assertThat(((ResponsePrimitive) mobius.next(0).as(Serialization.CBOR)).statusCode()).isEqualTo(2000);

            mobius.reacting(r -> mobius.publish(r.topic().replace("/req/", "/resp/"), HexFormat.of().withUpperCase().formatHex(
                    cbor(RecordingCse.ok((RequestPrimitive) r.as(Serialization.CBOR))))));
            assertThat(Waiting.result(send("", "/in-cse", Serialization.CBOR, 10)).statusCode()).isEqualTo(2000);
        }

        @Test
        void withoutHexCborItsTextIsNoCbor() {
            without("hexCbor");
            byte[] request = cbor(PrimitiveCodec.of(Serialization.JSON).decode(bytes(retrieve("/in-cse", "m-1"))));
            mobius.publish("/oneM2M/req/in-cse/mn-cse/cbor", HexFormat.of().formatHex(request));
            Waiting.until("refused", () -> !mobius.received.isEmpty());
            assertThat(mobius.next(0).text()).contains("dbg");
            assertThat(cse.asked).isEmpty();

            mobius.reacting(r -> mobius.publish(r.topic().replace("/req/", "/resp/"), HexFormat.of().formatHex(
                    cbor(RecordingCse.ok((RequestPrimitive) r.as(Serialization.CBOR))))));
            notTaken(send("", "/in-cse", Serialization.CBOR, 1));
        }

        @ParameterizedTest
        @CsvSource({"in-cse, /in-cse", "mn-cse:CAE01, CAE01", "CAE01, CAE01"})
        @Tag("MQ-37")
        void aMissingFromIsTheTopicsOriginator(String level, String from) {
            lenient();
            try (Peer sender = new Peer(mosquitto.port(), "sender", "/oneM2M/resp/" + level + "/#")) {
                sender.publish("/oneM2M/req/" + level + "/mn-cse/json", retrieve("", "m-1"));
                assertThat(status(sender.next(0))).isEqualTo(2000);
                assertThat(cse.asked.get(0).request().from()).contains(from);
            }
        }

        @Test
        void aMissingFromStaysMissingInARegistration() {
            lenient();
            mobius.publish("/oneM2M/req/in-cse/mn-cse/json", retrieve("", "m-1").replace("\"op\":2",
                    "\"op\":1,\"ty\":2,\"pc\":{\"m2m:ae\":{\"api\":\"Nx\"}}"));
            mobius.next(0);
            assertThat(cse.asked.get(0).request().from()).isEmpty();
        }

        @Test
        void withoutMissingFromItIsForTheCseToRefuse() {
            without("missingFrom");
            mobius.publish("/oneM2M/req/in-cse/mn-cse/json", retrieve("", "m-1"));
            mobius.next(0);
            assertThat(cse.asked.get(0).request().from()).isEmpty();
        }

        @Test
        void itsRetrievalOfTheCseBaseOnARegistrationTopicIsServedWhenAllowed() {
            lenient();
            mobius.publish("/oneM2M/reg_req/:in-cse/mn-cse/json", retrieve("/in-cse", "m-1"));

            assertThat(mobius.next(0).topic()).isEqualTo("/oneM2M/reg_resp/:in-cse/mn-cse/json");
            assertThat(status(mobius.next(0))).isEqualTo(2000);
            assertThat(cse.asked.get(0).hop().originator()).contains("/in-cse");
            assertThat(cse.asked.get(0).hop().credential()).isEmpty();
        }

        @Test
        @Tag("MQ-35")
        void otherwiseItIsRefused() {
            without("registrationRetrieve");
            mobius.publish("/oneM2M/reg_req/:in-cse/mn-cse/json", retrieve("/in-cse", "m-1"));

            assertThat(status(mobius.next(0))).isEqualTo(4000);
            assertThat(cse.asked).isEmpty();
        }

        @Test
        @Tag("MQ-42")
        void itsWrappedJsonIsReadAndAnsweredBare() {
            lenient();
            mobius.publish("/oneM2M/req/in-cse/mn-cse/json", "{ \"m2m:rqp\" : " + retrieve("/in-cse", "m-1") + "}");
            assertThat(mobius.next(0).text()).startsWith("{\"rsc\":2000").doesNotContain("m2m:rsp");

            mobius.reacting(r -> mobius.publish(r.topic().replace("/req/", "/resp/"), "{\"m2m:rsp\":" + ok(r) + "}"));
            assertThat(Waiting.result(send("", "/in-cse", Serialization.JSON, 10)).statusCode()).isEqualTo(2000);
            assertThat(mobius.next(1).text()).startsWith("{\"op\":2").doesNotContain("m2m:rqp");
        }

        @Test
        @Tag("MQ-42")
        void withoutWrappedJsonItIsRefused() {
            without("wrappedJson");
            mobius.publish("/oneM2M/req/in-cse/mn-cse/json", "{ \"m2m:rqp\" : " + retrieve("/in-cse", "m-1") + "}");
            assertThat(status(mobius.next(0))).isEqualTo(4000);
            assertThat(mobius.next(0).as(Serialization.JSON).requestIdentifier()).isEqualTo("m-1");

            mobius.reacting(r -> mobius.publish(r.topic().replace("/req/", "/resp/"), "{\"m2m:rsp\":" + ok(r) + "}"));
            notTaken(send("", "/in-cse", Serialization.JSON, 1));
        }
    }

    /** Eclipse OM2M: exchanges the levels of responses, subscribes at QoS 2, has a clean session of its own for each request. */
    @Nested
    class Om2m {
        private Peer.Options cleanAtQos2() {
            return new Peer.Options(true, 2);
        }

        @Test
        @Tag("MQ-32")
        void itsExchangedResponsesAreTaken() {
            lenient();
            try (Peer om2m = new Peer(mosquitto.port(), "in-cse", cleanAtQos2(), "/oneM2M/req/+/in-cse/+")) {
                om2m.reacting(r -> om2m.publish("/oneM2M/resp/in-cse/mn-cse/json", ok(r).getBytes(StandardCharsets.UTF_8), 2,
                        false));

                assertThat(Waiting.result(send("", "/in-cse", Serialization.JSON, 10)).statusCode()).isEqualTo(2000);
                assertThat(om2m.next(0).topic()).isEqualTo("/oneM2M/req/mn-cse/in-cse/json");
                assertThat(om2m.next(0).qos()).isEqualTo(1);
            }
        }

        @Test
        void withoutSwappedResponsesTheyAreNot() {
            without("swappedResponses");
            try (Peer om2m = new Peer(mosquitto.port(), "in-cse", cleanAtQos2(), "/oneM2M/req/+/in-cse/+")) {
                om2m.reacting(r -> om2m.publish("/oneM2M/resp/in-cse/mn-cse/json", ok(r)));

                notTaken(send("", "/in-cse", Serialization.JSON, 1));
                assertThat(mosquitto.log()).doesNotContain("/oneM2M/resp/in-cse/mn-cse/#");
            }
        }

        @Test
        void aStrangersResponseIsNotTakenInEitherOrder() {
            lenient();
            try (Peer om2m = new Peer(mosquitto.port(), "in-cse", cleanAtQos2(), "/oneM2M/req/+/in-cse/+")) {
                om2m.reacting(r -> {
                    om2m.publish("/oneM2M/resp/other-cse/mn-cse/json", ok(r));
                    om2m.publish("/oneM2M/resp/mn-cse/other-cse/json", ok(r));
                });

                notTaken(send("", "/in-cse", Serialization.JSON, 1));
            }
        }

        @Test
        @Tag("MQ-22")
        @Tag("MQ-30")
        void itsRequestsAreAnsweredInTheOrderOfTheStandard() {
            lenient();
            try (Peer om2m = new Peer(mosquitto.port(), "om2m-rqi-77", cleanAtQos2(), "/oneM2M/resp/in-cse/mn-cse/xml")) {
                byte[] request = PrimitiveCodec.of(Serialization.XML).encode(PrimitiveCodec.of(Serialization.JSON)
                        .decode(bytes(retrieve("/in-cse", "om2m-rqi-77"))));
                om2m.publish("/oneM2M/req/in-cse/mn-cse/xml", request, 2, false);

                assertThat(om2m.next(0).topic()).isEqualTo("/oneM2M/resp/in-cse/mn-cse/xml");
                assertThat(om2m.next(0).as(Serialization.XML).requestIdentifier()).isEqualTo("om2m-rqi-77");
            }
        }
    }

    /** tinyIoT: JSON without a format level, and the CSEBase's resource ID for the CSE-ID. */
    @Nested
    class TinyIot {
        private Peer tiny;

        @BeforeEach
        void connect() {
            tiny = new Peer(mosquitto.port(), "tinyiot", "/oneM2M/req/+/tinyiot/#", "/oneM2M/resp/tinyiot/#",
                    "/oneM2M/reg_resp/tinyiot/#");
        }

        @AfterEach
        void disconnect() {
            tiny.close();
        }

        private String notification(String requestIdentifier) {
            return "{\"op\":5,\"to\":\"/mn-cse/CAE01\",\"fr\":\"/tinyiot\",\"rqi\":\"" + requestIdentifier + "\",\"rvi\":\"2a\","
                    + "\"pc\":{\"m2m:sgn\":{\"sur\":\"/tinyiot/sub1\"}}}";
        }

        @Test
        @Tag("MQ-45")
        void itsNotificationWithoutFormatIsJsonAndAnsweredLikewise() {
            lenient();
            tiny.publish("/oneM2M/req/tinyiot/mn-cse", notification("t-1"));

            assertThat(tiny.next(0).topic()).isEqualTo("/oneM2M/resp/tinyiot/mn-cse");
            assertThat(status(tiny.next(0))).isEqualTo(2000);
        }

        @Test
        void withoutNoSuffixItIsRefused() {
            without("noSuffix");
            tiny.publish("/oneM2M/req/tinyiot/mn-cse", notification("t-1"));

            assertThat(status(tiny.next(0))).isEqualTo(4000);
            assertThat(tiny.next(0).as(Serialization.JSON).requestIdentifier()).isEqualTo("t-1");
            assertThat(cse.asked).isEmpty();
        }

        /** It makes the topic of the target's characters behind the first, slashes and all. */
        @Test
        @Tag("MQ-44")
        void itsNotificationOfAnAeBehindTheCseHasALevelTooMany() {
            lenient();
            tiny.publish("/oneM2M/req/tinyiot/mn-cse/CAE01", notification("t-1"));

            assertThat(tiny.next(0).topic()).isEqualTo("/oneM2M/resp/tinyiot/mn-cse/json");
            assertThat(status(tiny.next(0))).isEqualTo(4015);
        }

        @ParameterizedTest
        @ValueSource(strings = {"req", "reg_req"})
        void theResourceIdOfTheCseBaseMeansTheCseWhenAllowed(String kind) {
            lenient();
            tiny.publish("/oneM2M/" + kind + "/tinyiot/cb/json", retrieve("/tinyiot", "t-1"));

            assertThat(tiny.next(0).topic()).isEqualTo("/oneM2M/" + kind.replace("req", "resp") + "/tinyiot/cb/json");
            assertThat(status(tiny.next(0))).isEqualTo(2000);
        }

        @Test
        void otherwiseItMeansAnotherCse() {
            without("baseResourceId");
            passedOver(tiny, () -> tiny.publish("/oneM2M/req/tinyiot/cb/json", retrieve("/tinyiot", "t-1")),
                    "/oneM2M/req/tinyiot/mn-cse/json", "/tinyiot");
        }
    }

    private static byte[] cbor(Primitive primitive) {
        return PrimitiveCodec.of(Serialization.CBOR).encode(primitive);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
