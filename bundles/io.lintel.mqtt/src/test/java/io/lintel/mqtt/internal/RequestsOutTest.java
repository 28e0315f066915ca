// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that go out through a stock Mosquitto, and their responses (TS-0010 6.4, 6.6). */
class RequestsOutTest {
    @TempDir
    Path own;
    @TempDir
    Path remote;
    private Mosquitto mosquitto;
    private MqttBinding binding;
    private final RecordingCse cse = new RecordingCse();

    @BeforeEach
    void start() {
        mosquitto = new Mosquitto(own);
        binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}), "");
        binding.bindCse(cse);
        Waiting.until("the binding is open", binding::isOpen);
    }

    @AfterEach
    void end() {
        binding.deactivate();
        mosquitto.close();
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    @Tag("MQ-06") @Tag("MQ-11") @Tag("MQ-21") @Tag("MQ-25") @Tag("MQ-27") @Tag("MQ-39") @Tag("MQ-45")
    void aRequestGoesToTheTopicOfItsReceiverAndItsResponseComesBack(Serialization format) {
        try (Peer in = inCse("/oneM2M/req/+/in-cse/#")) {
            CompletionStage<ResponsePrimitive> response = send(request("r1"), mosquitto.uri(), "/in-cse", format, 10);

            assertThat(Waiting.result(response).statusCode()).isEqualTo(2000);
            assertThat(in.next(0).topic()).isEqualTo("/oneM2M/req/mn-cse/in-cse/" + format.suffix());
            assertThat(in.next(0).qos()).isEqualTo(1);
            assertThat(in.next(0).retained()).isFalse();
            assertThat(in.next(0).as(format)).isEqualTo(request("r1"));
        }
    }

    @Test
    @Tag("MQ-25")
    void aForwardedRequestHasThisHopInItsTopicAndItsOriginatorInItsPayload() {
        try (Peer in = inCse("/oneM2M/req/+/in-cse/#")) {
            RequestPrimitive forwarded = RequestPrimitive.builder(Operation.RETRIEVE, "/third-cse/x").from("/mn-cse/CAE01")
                    .requestIdentifier("f1").build();
            Waiting.result(send(forwarded, mosquitto.uri(), "/in-cse", Serialization.JSON, 10));

            assertThat(in.next(0).topic()).isEqualTo("/oneM2M/req/mn-cse/in-cse/json");
            assertThat(((RequestPrimitive) in.next(0).as(Serialization.JSON)).from()).contains("/mn-cse/CAE01");
        }
    }

    @Test
    @Tag("MQ-32")
    void responsesInAnyOrderFindTheirRequests() {
        List<Peer.Received> requests = new ArrayList<>();
        try (Peer in = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#")) {
            in.reacting(r -> {
                synchronized (requests) {
                    requests.add(0, r);
                }
            });
            List<CompletionStage<ResponsePrimitive>> responses = IntStream.range(0, 20)
                    .mapToObj(i -> send(request("r" + i), mosquitto.uri(), "/in-cse", Serialization.JSON, 10)).toList();
            in.next(19);
            synchronized (requests) {
                requests.forEach(r -> answer(in, r, r.topic().replace("/req/", "/resp/")));
            }

            for (int i = 0; i < 20; i++) {
                assertThat(Waiting.result(responses.get(i)).requestIdentifier()).isEqualTo("r" + i);
            }
        }
    }

    @Test
    void aRequestThatWantsNoResponseIsDoneWhenTheServerHasIt() {
        try (Peer in = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#")) {
            RequestPrimitive silent = request("r1").toBuilder().set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 5))
                    .build();

            assertThat(Waiting.result(send(silent, mosquitto.uri(), "/in-cse", Serialization.JSON, 10)).statusCode())
                    .isEqualTo(1000);
            assertThat(in.next(0).as(Serialization.JSON)).isEqualTo(silent);
        }
    }

    @Test
    void aPeerThatSwapsTheLevelsOfItsResponseIsUnderstood() {
        try (Peer om2m = new Peer(mosquitto.port(), "om2m", "/oneM2M/req/+/in-cse/+")) {
            om2m.reacting(r -> answer(om2m, r, "/oneM2M/resp/in-cse/mn-cse/json"));

            assertThat(Waiting.result(send(request("r1"), mosquitto.uri(), "/in-cse", Serialization.JSON, 10)).statusCode())
                    .isEqualTo(2000);
            assertThat(Waiting.result(send(request("r2"), mosquitto.uri(), "/in-cse", Serialization.JSON, 10)).statusCode())
                    .isEqualTo(2000);
        }
    }

    @Test
    void aPeerThatAnswersAsItShouldIsNotListenedToElsewhere() {
        try (Peer in = inCse("/oneM2M/req/+/in-cse/#")) {
            Waiting.result(send(request("r1"), mosquitto.uri(), "/in-cse", Serialization.JSON, 10));

            Waiting.until("unsubscribed", () -> mosquitto.log().contains("C::mn-cse /oneM2M/resp/in-cse/mn-cse/#\n")
                    && mosquitto.log().contains("Received UNSUBSCRIBE from C::mn-cse"));
        }
    }

    @Test
    @Tag("MQ-32")
    void aResponseFromSomebodyElseIsNotTaken() {
        try (Peer in = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#")) {
            in.reacting(r -> answer(in, r, "/oneM2M/resp/mn-cse/other-cse/json"));

            Throwable failure = Waiting.failure(send(request("r1"), mosquitto.uri(), "/in-cse", Serialization.JSON, 1));

            assertThat(failure).isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isTrue());
        }
    }

    @Test
    @Tag("MQ-26")
    void anAeIsAddressedByItsStemOrByTheFormItUses() {
        try (Peer ae = new Peer(mosquitto.port(), "A::CAE01", "/oneM2M/req/+/CAE01/#", "/oneM2M/req/+/mn-cse:CAE01/#",
                "/oneM2M/resp/mn-cse:CAE01/#")) {
            ae.reacting(r -> {
                if (r.topic().contains("/req/")) {
                    answer(ae, r, r.topic().replace("/req/", "/resp/"));
                }
            });
            Waiting.result(send(request("r1"), mosquitto.uri(), "/mn-cse/CAE01", Serialization.JSON, 10));
            assertThat(ae.next(0).topic()).isEqualTo("/oneM2M/req/mn-cse/CAE01/json");

            ae.publish("/oneM2M/req/mn-cse:CAE01/mn-cse/json",
                    "{\"op\":2,\"to\":\"mn-name\",\"fr\":\"CAE01\",\"rqi\":\"a1\",\"rvi\":\"2a\"}");
            assertThat(ae.next(1).topic()).isEqualTo("/oneM2M/resp/mn-cse:CAE01/mn-cse/json");
            Waiting.result(send(request("r2"), mosquitto.uri(), "/mn-cse/CAE01", Serialization.JSON, 10));
            assertThat(ae.next(2).topic()).isEqualTo("/oneM2M/req/mn-cse/mn-cse:CAE01/json");
        }
    }

    @Test
    @Tag("MQ-51") @Tag("MQ-52")
    void aReceiverBehindAPrefixIsAddressedAndHeardUnderIt() {
        try (Peer ae = new Peer(mosquitto.port(), "A::CAE01", "abc/def/oneM2M/req/+/CAE01/#")) {
            ae.reacting(r -> answer(ae, r, r.topic().replace("/req/", "/resp/")));

            Waiting.result(send(request("r1"), mosquitto.uri() + "/abc/def", "/mn-cse/CAE01", Serialization.JSON, 10));

            assertThat(ae.next(0).topic()).isEqualTo("abc/def/oneM2M/req/mn-cse/CAE01/json");
        }
    }

    @Test
    @Tag("MQ-53") @Tag("MQ-55")
    void aFreeNotificationTopicIsUsedAsItIsAndItsAcknowledgementIsSuccess() {
        try (Peer watcher = new Peer(mosquitto.port(), "watcher", "my/own/#")) {
            ResponsePrimitive response = Waiting.result(binding.send(new OutboundRequest(request("n1"),
                    URI.create(mosquitto.uri() + "/my/own/topic"), Optional.empty(), Optional.empty(), Instant.now()
                    .plusSeconds(10))));

            assertThat(response.statusCode()).isEqualTo(2000);
            assertThat(response.requestIdentifier()).isEqualTo("n1");
            assertThat(watcher.next(0).topic()).isEqualTo("my/own/topic");
            assertThat(watcher.next(0).as(Serialization.JSON)).isEqualTo(request("n1"));
        }
    }

    /** ACME writes notification URIs so. */
    @Test
    void aReceiverBehindTwoSlashesIsAddressedOnTheStandardTopic() {
        try (Peer in = inCse("/oneM2M/req/+/in-cse/#")) {
            ResponsePrimitive response = Waiting.result(binding.send(new OutboundRequest(request("n1"),
                    URI.create(mosquitto.uri() + "//in-cse?ct=xml"), Optional.empty(), Optional.empty(), Instant.now()
                    .plusSeconds(10))));

            assertThat(response.requestIdentifier()).isEqualTo("n1");
            assertThat(in.next(0).topic()).isEqualTo("/oneM2M/req/mn-cse/in-cse/xml");
        }
    }

    @Test
    void withoutThatLeniencyItIsATopicLikeAnyOther() {
        binding.deactivate();
        binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}, "leniencies", new String[] {"none"}), "");
        binding.bindCse(cse);
        try (Peer watcher = new Peer(mosquitto.port(), "watcher", "/in-cse")) {
            Waiting.result(binding.send(new OutboundRequest(request("n1"), URI.create(mosquitto.uri() + "//in-cse"),
                    Optional.empty(), Optional.empty(), Instant.now().plusSeconds(10))));

            assertThat(watcher.next(0).topic()).isEqualTo("/in-cse");
        }
    }

    @Test
    void aFreeTopicMustBeThere() {
        assertThat(Waiting.failure(binding.send(new OutboundRequest(request("n1"), URI.create(mosquitto.uri()), Optional.empty(),
                Optional.empty(), Instant.now().plusSeconds(10))))).hasMessageContaining("path");
    }

    @Test
    @Tag("MQ-08")
    void twoServersAreUsedAtOnceAndNothingIsBridged() {
        try (Mosquitto other = new Mosquitto(remote);
                Peer in = new Peer(other.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#", "/oneM2M/resp/in-cse/#");
                Peer ae = new Peer(mosquitto.port(), "A::CAE01", "/oneM2M/resp/CAE01/#")) {
            in.reacting(r -> {
                if (r.topic().contains("/req/")) {
                    answer(in, r, r.topic().replace("/req/", "/resp/"));
                }
            });
            cse.answering(request -> send(RequestPrimitive.builder(Operation.RETRIEVE, request.to()).from("/mn-cse/CAE01")
                    .requestIdentifier("fwd-" + request.requestIdentifier()).build(), other.uri(), "/in-cse", Serialization.JSON,
                    10)
                    .thenApply(response -> response.toBuilder().requestIdentifier(request.requestIdentifier()).build()));

            ae.publish("/oneM2M/req/CAE01/mn-cse/json",
                    "{\"op\":2,\"to\":\"/in-cse/x\",\"fr\":\"CAE01\",\"rqi\":\"a1\",\"rvi\":\"2a\"}");

            assertThat(ae.next(0).as(Serialization.JSON).requestIdentifier()).isEqualTo("a1");
            assertThat(in.next(0).as(Serialization.JSON).requestIdentifier()).isEqualTo("fwd-a1");
        }
    }

    /** As in configuration 5.2.3.8, with more requests than the server's window lets through at a time. */
    @Test
    @Tag("MQ-08") @Tag("MQ-19") @Tag("MQ-25")
    void manyForwardedRequestsOverOneServerDoNotBlockEachOther() {
        try (Peer in = inCse("/oneM2M/req/+/in-cse/#");
                Peer ae = new Peer(mosquitto.port(), "A::CAE01", "/oneM2M/resp/CAE01/#")) {
            cse.answering(request -> send(request("fwd-" + request.requestIdentifier()), mosquitto.uri(), "/in-cse",
                    Serialization.JSON,
                    15).thenApply(response -> response.toBuilder().requestIdentifier(request.requestIdentifier()).build()));

            IntStream.range(0, 300).forEach(i -> ae.publish("/oneM2M/req/CAE01/mn-cse/json",
                    "{\"op\":2,\"to\":\"/in-cse/x\",\"fr\":\"CAE01\",\"rqi\":\"a" + i + "\",\"rvi\":\"2a\"}"));

            ae.next(299);
            assertThat(ae.received.stream().map(r -> r.as(Serialization.JSON).requestIdentifier()).distinct()).hasSize(300);
        }
    }

    @Test
    void anUnreachableServerFailsWithinTheBoundAndSurelyNothingLeft() {
        binding.deactivate();
        binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}, "connectWaitMillis", 300), "");
        binding.bindCse(cse);

        Throwable failure = Waiting.failure(send(request("r1"), "mqtt://127.0.0.1:" + Mosquitto.freePort(), "/in-cse",
                Serialization.JSON, 30));

        assertThat(failure).isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse());
    }

    @Test
    void aRequestOutlivesARestartOfTheServer() {
        try (Peer in = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#")) {
            CompletableFuture<Peer.Received> arrived = new CompletableFuture<>();
            in.reacting(arrived::complete);
            CompletionStage<ResponsePrimitive> response = send(request("r1"), mosquitto.uri(), "/in-cse", Serialization.JSON, 20);
            Waiting.result(arrived);
            mosquitto.stop();
            Waiting.until("the door is shut", () -> !binding.isOpen());
            mosquitto.start();
            answer(in, arrived.join(), "/oneM2M/resp/mn-cse/in-cse/json");

            assertThat(Waiting.result(response).statusCode()).isEqualTo(2000);
        }
    }

    @Test
    void theRegistrarsServerIsConnectedToFromTheStartButTheDoorDoesNotDependOnIt() {
        try (Mosquitto other = new Mosquitto(remote)) {
            binding.deactivate();
            binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}), other.uri());
            binding.bindCse(cse);
            Waiting.until("open", binding::isOpen);
            Waiting.until("there too", () -> other.log().contains("as C::mn-cse"));
            assertThat(binding.pointsOfAccess()).containsExactly(other.uri(), mosquitto.uri());
            other.stop();
            assertThat(binding.isOpen()).isTrue();
        }
    }

    private Peer inCse(String filter) {
        Peer in = new Peer(mosquitto.port(), "C::in-cse", filter);
        return in.reacting(r -> answer(in, r, r.topic().replace("/req/", "/resp/")));
    }

    private static void answer(Peer peer, Peer.Received request, String topic) {
        Serialization format = Serialization.ofSuffix(request.topic().substring(request.topic().lastIndexOf('/') + 1))
                .orElseThrow();
        RequestPrimitive asked = (RequestPrimitive) request.as(format);
        peer.publish(topic, PrimitiveCodec.of(format).encode(RecordingCse.ok(asked)), 1, false);
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive request, String uri, String receiver, Serialization format,
            int seconds) {
        return binding.send(new OutboundRequest(request, URI.create(uri), Optional.of(receiver), Optional.of(format),
                Instant.now().plusSeconds(seconds)));
    }

    private static RequestPrimitive request(String identifier) {
        return RequestPrimitive.builder(Operation.RETRIEVE, "/in-cse/in-name").from("/mn-cse").requestIdentifier(identifier)
                .build();
    }
}
