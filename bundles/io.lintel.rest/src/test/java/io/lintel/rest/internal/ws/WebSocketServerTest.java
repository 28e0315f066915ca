// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import static io.lintel.rest.internal.ws.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.RecordingCse;

/** What registrees and their registrar say to each other, the registrar being this node: clients frame by frame. */
class WebSocketServerTest {
    private static final String JSON = "oneM2M.R2.0.json";
    private final List<AutoCloseable> opened = new ArrayList<>();
    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        restart(Map.of());
    }

    private void restart(Map<String, Object> settings) throws Exception {
        if (node != null) {
            node.close();
        }
        node = new TestNode(settings);
        node.known.add("C1");
        node.known.add("/asn-cse");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        node.close();
    }

    private RawWebSocket connect(String subprotocol) throws Exception {
        RawWebSocket socket = RawWebSocket.speaking(node.port(), subprotocol);
        opened.add(socket);
        assertThat(socket.status()).isEqualTo(101);
        return socket;
    }

    private static String retrieve(String from, String rqi) {
        return "{\"op\":2,\"to\":\"mn-name\",\"fr\":\"" + from + "\",\"rqi\":\"" + rqi + "\",\"rvi\":\"2a\"}";
    }

    /** A connection whose sender is known. */
    private RawWebSocket connected(String from, String entity) throws Exception {
        RawWebSocket socket = connect(JSON).say(retrieve(from, "hello"));
        assertThat(socket.next().text()).isEqualTo("{\"rsc\":2000,\"rqi\":\"hello\"}");
        await(entity + " can be reached", () -> node.binding.connection(entity).isPresent());
        node.cse.request();
        node.cse.hop();
        return socket;
    }

    @Test
    @Tag("WS-02")
    void theOpeningHandshakeIsAnsweredWithOneSubprotocol() throws Exception {
        RawWebSocket socket = connect(JSON);
        assertThat(socket.header("Upgrade")).isEqualToIgnoringCase("websocket");
        assertThat(socket.header("Connection")).isEqualToIgnoringCase("Upgrade");
        assertThat(socket.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(socket.header("Sec-WebSocket-Protocol")).isEqualTo(JSON);
        assertThat(socket.header("Sec-WebSocket-Extensions")).isNull();
    }

    @Test
    @Tag("WS-02")
    void anotherTargetThanTheRootIsRefused() throws Exception {
        try (RawWebSocket socket = RawWebSocket.request(node.port(), "GET /mn-name HTTP/1.1", "13", "Sec-WebSocket-Protocol: "
                + JSON)) {
            assertThat(socket.status()).isEqualTo(404);
            assertThat(socket.body()).contains("a WebSocket is opened at /, not at /mn-name");
        }
        try (RawWebSocket socket = RawWebSocket.request(node.port(), "GET /prefix HTTP/1.1", "13", "Sec-WebSocket-Protocol: "
                + JSON)) {
            assertThat(socket.status()).isEqualTo(101);
        }
    }

    @Test
    @Tag("WS-02")
    void withoutACommonSubprotocolItIsRefused() throws Exception {
        try (RawWebSocket none = RawWebSocket.open(node.port());
                RawWebSocket other = RawWebSocket.open(node.port(), "Sec-WebSocket-Protocol: mqtt, oneM2M.protobuf")) {
            assertThat(none.status()).isEqualTo(400);
            assertThat(none.body()).contains("Sec-WebSocket-Protocol must offer one of oneM2M.R2.0.json, oneM2M.R2.0.xml,")
                    .contains("and offers none");
            assertThat(other.status()).isEqualTo(400);
            assertThat(other.body()).contains("and offers mqtt, oneM2M.protobuf");
        }
    }

    @Test
    @Tag("WS-02")
    void anotherVersionOfTheProtocolIsRefusedAndTheRightOneNamed() throws Exception {
        try (RawWebSocket old = RawWebSocket.request(node.port(), "GET / HTTP/1.1", "8", "Sec-WebSocket-Protocol: " + JSON)) {
            assertThat(old.status()).isEqualTo(400);
            assertThat(old.header("Sec-WebSocket-Version")).isEqualTo("13");
        }
    }

    @ParameterizedTest
    @CsvSource({"oneM2M.R2.0.json, JSON", "oneM2M.R2.0.xml, XML", "oneM2M.R2.0.cbor, CBOR", "oneM2M.json, JSON",
            "oneM2M.xml, XML", "oneM2M.cbor, CBOR"})
    @Tag("WS-03")
    @Tag("WS-04")
    void theSubprotocolsOfBothGenerationsCarryTheirSerialisation(String name, Serialization serialization) throws Exception {
        RawWebSocket socket = connect(name);
        assertThat(socket.header("Sec-WebSocket-Protocol")).isEqualTo(name);
        boolean text = serialization != Serialization.CBOR;
        RequestPrimitive request = TestNode.retrieve("C1", "mn-name/x", "r1");
        Content content = new Content("m2m:cnt", Attributes.builder().set("rn", "x").set("cni", 3).build());
        node.cse.answers(asked -> RecordingCse.ok(asked).content(content).build());

        socket.frame(text ? RawWebSocket.TEXT : RawWebSocket.BINARY, true, false, PrimitiveCodec.of(serialization)
                .encode(request));

        assertThat(node.cse.request()).isEqualTo(request);
        RawWebSocket.Frame answer = socket.next();
        assertThat(answer.opcode()).isEqualTo(text ? RawWebSocket.TEXT : RawWebSocket.BINARY);
        assertThat(PrimitiveCodec.of(serialization).decode(answer.payload()))
                .isEqualTo(RecordingCse.ok(request).content(content).build());
    }

    @Test
    @Tag("WS-03")
    void theFirstKnownOfTheOfferedOnesIsChosen() throws Exception {
        try (RawWebSocket one = RawWebSocket.open(node.port(), "Sec-WebSocket-Protocol: x.y, oneM2M.xml, oneM2M.R2.0.json");
                RawWebSocket lines = RawWebSocket.open(node.port(), "Sec-WebSocket-Protocol: x.y",
                        "Sec-WebSocket-Protocol: oneM2M.cbor", "Sec-WebSocket-Protocol: oneM2M.json")) {
            assertThat(one.header("Sec-WebSocket-Protocol")).isEqualTo("oneM2M.xml");
            assertThat(lines.header("Sec-WebSocket-Protocol")).isEqualTo("oneM2M.cbor");
        }
    }

    @ParameterizedTest
    @CsvSource({"oneM2M.json, 2", "oneM2M.xml, 2", "oneM2M.cbor, 1"})
    @Tag("WS-04")
    void aMessageOfTheWrongKindEndsTheConnection(String subprotocol, int opcode) throws Exception {
        RawWebSocket socket = connect(subprotocol).frame(opcode, true, false, "{}".getBytes(StandardCharsets.UTF_8));
        RawWebSocket.Frame close = socket.next();
        assertThat(close.opcode()).isEqualTo(RawWebSocket.CLOSE);
        assertThat(close.closeCode()).isEqualTo(1007);
        assertThat(close.closeReason()).startsWith("this subprotocol has ").endsWith(" messages only");
        assertThat(node.cse.waiting()).isZero();
    }

    @Test
    @Tag("WS-04")
    void textThatIsNoUtf8EndsTheConnection() throws Exception {
        RawWebSocket.Frame close = connect(JSON).frame(RawWebSocket.TEXT, true, false, new byte[] {'"', (byte) 0xc3, '"'}).next();
        assertThat(close.closeCode()).isEqualTo(1007);
    }

    @Test
    @Tag("WS-04")
    void aPrimitiveMayComeInSeveralFramesWithOthersBetween() throws Exception {
        byte[] whole = retrieve("C1", "r-ö").getBytes(StandardCharsets.UTF_8);
        int middle = whole.length - 4 - "\",\"rvi\":\"2a\"}".length() + 3;
        RawWebSocket socket = connect(JSON);
        socket.frame(RawWebSocket.TEXT, false, false, java.util.Arrays.copyOf(whole, middle))
                .frame(RawWebSocket.PING, true, false, new byte[] {7})
                .frame(RawWebSocket.CONTINUATION, true, false, java.util.Arrays.copyOfRange(whole, middle, whole.length));
        RawWebSocket.Frame pong = socket.frame();
        assertThat(pong.opcode()).isEqualTo(RawWebSocket.PONG);
        assertThat(pong.payload()).containsExactly(7);
        assertThat(socket.frame().text()).isEqualTo("{\"rsc\":2000,\"rqi\":\"r-ö\"}");
    }

    @Test
    void aMessageThatIsTooLargeEndsTheConnection() throws Exception {
        restart(Map.of("maxMessageBytes", 1000));
        RawWebSocket.Frame close = connect(JSON).say("x".repeat(1001)).next();
        assertThat(close.closeCode()).isEqualTo(1009);
        assertThat(close.closeReason()).isEqualTo("a message may have 1000 bytes");
    }

    @Test
    void aSmallMessageThatUnpacksToALargeOneEndsTheConnection() throws Exception {
        restart(Map.of("maxMessageBytes", 20_000));
        RawWebSocket socket = RawWebSocket.open(node.port(), "Sec-WebSocket-Protocol: " + JSON,
                "Sec-WebSocket-Extensions: permessage-deflate");
        opened.add(socket);
        socket.frame(RawWebSocket.TEXT, true, true, RawWebSocket.deflated("x".repeat(1_000_000)));
        assertThat(socket.next().closeCode()).isEqualTo(1009);
    }

    @Test
    @Tag("WS-05")
    void permessageDeflateIsUsedIfTheClientOffersIt() throws Exception {
        RawWebSocket socket = RawWebSocket.open(node.port(), "Sec-WebSocket-Protocol: " + JSON,
                "Sec-WebSocket-Extensions: x-unknown, permessage-deflate; client_max_window_bits");
        opened.add(socket);
        assertThat(socket.header("Sec-WebSocket-Extensions").replace(" ", "").split(";"))
                .containsExactlyInAnyOrder("permessage-deflate", "server_no_context_takeover", "client_no_context_takeover");
        for (String rqi : List.of("a".repeat(300), "b".repeat(300))) {
            socket.frame(RawWebSocket.TEXT, true, true, RawWebSocket.deflated(retrieve("C1", rqi)));
            assertThat(node.cse.request().requestIdentifier()).isEqualTo(rqi);
            RawWebSocket.Frame answer = socket.next();
            assertThat(answer.compressed()).isTrue();
            assertThat(answer.payload().length).isLessThan(100);
            assertThat(RawWebSocket.inflated(answer.payload())).isEqualTo("{\"rsc\":2000,\"rqi\":\"" + rqi + "\"}");
        }
    }

    @Test
    @Tag("WS-05")
    void compressionThatIsSwitchedOffIsNotConfirmed() throws Exception {
        restart(Map.of("compression", false));
        RawWebSocket socket = RawWebSocket.open(node.port(), "Sec-WebSocket-Protocol: " + JSON,
                "Sec-WebSocket-Extensions: permessage-deflate");
        opened.add(socket);
        assertThat(socket.status()).isEqualTo(101);
        assertThat(socket.header("Sec-WebSocket-Extensions")).isNull();
        assertThat(socket.say(retrieve("C1", "r")).next().compressed()).isFalse();
    }

    @Test
    @Tag("WS-06")
    void requestsAndResponsesFlowBothWaysAndAreCorrelatedByTheirIdentifiers() throws Exception {
        RawWebSocket socket = connected("C1", "/mn-cse/C1");
        Map<String, CompletableFuture<ResponsePrimitive>> held = new java.util.concurrent.ConcurrentHashMap<>();
        node.cse.answersLater(request -> held.computeIfAbsent(request.requestIdentifier(), rqi -> new CompletableFuture<>()));
        socket.say(retrieve("C1", "slow")).say(retrieve("C1", "fast"));
        node.cse.request();
        RequestPrimitive fast = node.cse.request();
        CompletableFuture<ResponsePrimitive> mine = node.send(TestNode.retrieve("/mn-cse", "C1", "n-1"), "connection:/mn-cse/C1",
                "/mn-cse/C1").toCompletableFuture();
        CompletableFuture<ResponsePrimitive> other = node.send(TestNode.retrieve("/mn-cse", "C1", "n-2"), "connection:/mn-cse/C1",
                "/mn-cse/C1").toCompletableFuture();
        assertThat(socket.next().text()).isEqualTo("{\"op\":2,\"to\":\"C1\",\"fr\":\"/mn-cse\",\"rqi\":\"n-1\"}");
        assertThat(socket.next().text()).contains("\"rqi\":\"n-2\"");
        held.get("fast").complete(RecordingCse.ok(fast).build());
        assertThat(socket.next().text()).isEqualTo("{\"rsc\":2000,\"rqi\":\"fast\"}");
        socket.say("{\"rsc\":2004,\"rqi\":\"n-2\"}").say("{\"rsc\":2000,\"rqi\":\"nobody\"}")
                .say("{\"rsc\":4004,\"rqi\":\"n-1\"}");
        assertThat(other.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(2004);
        assertThat(mine.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(4004);
        held.get("slow").complete(ResponsePrimitive.builder(ResponseStatusCode.NOT_FOUND, "slow").build());
        assertThat(socket.next().text()).isEqualTo("{\"rsc\":4004,\"rqi\":\"slow\"}");
    }

    @Test
    @Tag("WS-06")
    void theWrappedFormIsUnderstood() throws Exception {
        RawWebSocket socket = connect(JSON).say("{\"m2m:rqp\":" + retrieve("C1", "w") + "}");
        assertThat(socket.next().text()).isEqualTo("{\"rsc\":2000,\"rqi\":\"w\"}");
        var answer = node.send(TestNode.retrieve("/mn-cse", "C1", "n"), "connection:/mn-cse/C1", "/mn-cse/C1")
                .toCompletableFuture();
        socket.next();
        socket.say("{\"m2m:rsp\":{\"rsc\":2000,\"rqi\":\"n\"}}");
        assertThat(answer.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(2000);
    }

    @Test
    @Tag("WS-06")
    void whatCanBeNamedIsRefusedAndWhatCantEndsTheConnection() throws Exception {
        RawWebSocket socket = connect(JSON);
        socket.say("{\"rqi\":\"r\",\"rvi\":\"3\",\"op\":9,\"to\":\"x\"}");
        assertThat(socket.next().text()).isEqualTo("{\"rsc\":4000,\"rqi\":\"r\",\"rvi\":\"3\",\"pc\":{\"m2m:dbg\":"
                + "\"op must be a whole number from 1 to 5, but is 9\"}}");
        socket.say("hello");
        RawWebSocket.Frame close = socket.next();
        assertThat(close.closeCode()).isEqualTo(1007);
        assertThat(close.closeReason()).startsWith("no primitive with a request identifier (rqi): ");
    }

    @Test
    @Tag("WS-07")
    void anAeIsKnownByItsRegistrationAndNobodyIsRoutedToBefore() throws Exception {
        RawWebSocket socket = connect(JSON);
        assertThat(node.binding.connection("/mn-cse/Cnew")).isEmpty();
        node.cse.answers(request -> {
            node.known.add("Cnew");
            return ResponsePrimitive.builder(ResponseStatusCode.CREATED, request.requestIdentifier())
                    .content(new Content("m2m:ae", Attributes.of("aei", "Cnew"))).build();
        });
        socket.say("{\"op\":1,\"to\":\"mn-name\",\"fr\":\"C\",\"rqi\":\"1\",\"ty\":2,\"pc\":{\"m2m:ae\":{\"api\":\"Nx\"}}}");
        assertThat(socket.next().text()).contains("\"rsc\":2001");
        Hop first = node.cse.hop();
        assertThat(first.binding()).isEqualTo(Binding.WEBSOCKET);
        assertThat(first.originator()).isEmpty();
        assertThat(first.deliveryKey()).as("two devices may send the same registration").isEmpty();
        assertThat(node.binding.connection("/mn-cse/Cnew")).isPresent();
        assertThat(node.cse.reached()).contains("/mn-cse/Cnew");
        node.cse.answers(request -> RecordingCse.ok(request).build());
        socket.say(retrieve("Cother", "2"));
        socket.next();
        assertThat(node.cse.hop().originator()).as("whoever fr says it is").contains("/mn-cse/Cnew");
    }

    @Test
    @Tag("WS-07")
    void whoIsRefusedStaysUnknownAndIsAskedOneAfterTheOther() throws Exception {
        RawWebSocket socket = connect(JSON);
        ConcurrentLinkedQueue<CompletableFuture<ResponsePrimitive>> answers = new ConcurrentLinkedQueue<>();
        node.cse.answersLater(request -> {
            CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        });
        socket.say(retrieve("Cnobody", "1")).say(retrieve("C1", "2"));
        assertThat(node.cse.request().requestIdentifier()).isEqualTo("1");
        assertThat(node.cse.hop().originator()).contains("Cnobody");
        assertThat(node.cse.waiting()).isZero();
        await("the CSE is asked", () -> !answers.isEmpty());
        answers.remove().complete(ResponsePrimitive.builder(ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED, "1").build());
        assertThat(socket.next().text()).contains("4106");
        assertThat(node.cse.request().requestIdentifier()).isEqualTo("2");
        assertThat(node.binding.connection("/mn-cse/C1")).isEmpty();
        await("the CSE is asked", () -> !answers.isEmpty());
        answers.remove().complete(ResponsePrimitive.builder(ResponseStatusCode.OK, "2").build());
        assertThat(socket.next().text()).contains("2000");
        assertThat(node.binding.connection("/mn-cse/C1")).isPresent();
    }

    @Test
    @Tag("WS-07")
    void aRegisteredCseThatComesBackIsKnownByWhatItForwards() throws Exception {
        RawWebSocket socket = connect(JSON).say(retrieve("/asn-cse/C77", "1"));
        socket.next();
        assertThat(node.cse.hop().originator()).contains("/asn-cse");
        assertThat(node.binding.connection("/asn-cse")).isPresent();
        assertThat(node.binding.connection("/asn-cse").get()).hasToString("connection:/asn-cse");
    }

    @Test
    @Tag("WS-07")
    void closingTheConnectionDoesNotDeregister() throws Exception {
        RawWebSocket socket = connected("C1", "/mn-cse/C1");
        socket.frame(RawWebSocket.CLOSE, true, false, new byte[] {3, (byte) 0xe8});
        assertThat(socket.next().closeCode()).isEqualTo(1000);
        assertThat(socket.isAtEnd()).isTrue();
        await("C1 is not connected any more", () -> node.binding.connection("/mn-cse/C1").isEmpty());
        assertThat(node.cse.waiting()).as("nothing was asked of the CSE").isZero();
    }

    @Test
    @Tag("WS-07")
    void whoIsDeregisteredIsAStrangerAgain() throws Exception {
        RawWebSocket socket = connected("C1", "/mn-cse/C1");
        node.binding.deregistered(node.known.ae("C1").orElseThrow());
        assertThat(node.binding.connection("/mn-cse/C1")).isEmpty();
        socket.say(retrieve("C2", "2")).next();
        assertThat(node.cse.hop().originator()).contains("C2");
    }

    @Test
    @Tag("WS-07")
    void aStrangerIsNotKeptForEver() throws Exception {
        RawWebSocket socket = connect(JSON);
        socket.frame(RawWebSocket.PING, true, false, new byte[0]).frame();
        node.pass(Duration.ofSeconds(31));
        RawWebSocket.Frame close = socket.next();
        assertThat(close.closeCode()).isEqualTo(1008);
        assertThat(close.closeReason()).isEqualTo("nobody has registered over this connection for 30 s");
    }

    @Test
    @Tag("WS-01")
    void aNewerConnectionTakesOverAndTheOlderEndsWhenItIsDone() throws Exception {
        RawWebSocket old = connected("C1", "/mn-cse/C1");
        CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
        node.cse.answersLater(request -> request.requestIdentifier().equals("late") ? answer
                : RecordingCse.done(RecordingCse.ok(request).build()));
        old.say(retrieve("C1", "late"));
        node.cse.request();
        RawWebSocket newer = connected("C1", "/mn-cse/C1");
        node.send(TestNode.retrieve("/mn-cse", "C1", "n"), "connection:/mn-cse/C1", "/mn-cse/C1");
        assertThat(newer.next().text()).contains("\"rqi\":\"n\"");
        answer.complete(ResponsePrimitive.builder(ResponseStatusCode.OK, "late").build());
        assertThat(old.next().text()).isEqualTo("{\"rsc\":2000,\"rqi\":\"late\"}");
        RawWebSocket.Frame close = old.next();
        assertThat(close.closeCode()).isEqualTo(1000);
        assertThat(close.closeReason()).isEqualTo("a newer connection of /mn-cse/C1 takes its place");
    }

    @Test
    @Tag("WS-08")
    void aQuietConnectionIsKeptByPingsAndASilentOneIsGivenUp() throws Exception {
        RawWebSocket kept = connected("C1", "/mn-cse/C1");
        for (int i = 0; i < 4; i++) {
            node.pass(Duration.ofSeconds(31));
            assertThat(kept.frame().opcode()).isEqualTo(RawWebSocket.PING);
            kept.frame(RawWebSocket.PONG, true, false, new byte[0]).say(retrieve("C1", "r" + i)).next();
        }
        node.pass(Duration.ofSeconds(91));
        await("silence", () -> node.binding.connection("/mn-cse/C1").isEmpty());
    }

    @Test
    @Tag("WS-08")
    void whatWaitsForAResponseFailsWhenTheConnectionEnds() throws Exception {
        RawWebSocket socket = connected("C1", "/mn-cse/C1");
        CompletableFuture<ResponsePrimitive> answer = node.send(TestNode.retrieve("/mn-cse", "C1", "n"), "connection:/mn-cse/C1",
                "/mn-cse/C1").toCompletableFuture();
        socket.next();
        socket.close();
        assertThatThrownBy(() -> answer.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOf(UnreachableException.class)
                .satisfies(failure -> assertThat(((UnreachableException) failure).mayHaveArrived()).isTrue());
    }

    @Test
    @Tag("WS-09")
    void whoIsNotConnectedIsSurelyNotReached() throws Exception {
        connected("C1", "/mn-cse/C1").close();
        await("the end", () -> node.binding.connection("/mn-cse/C1").isEmpty());
        assertThatThrownBy(() -> node.send(TestNode.retrieve("/mn-cse", "C1", "n"), "connection:/mn-cse/C1", "/mn-cse/C1")
                .toCompletableFuture().get()).cause().isInstanceOf(UnreachableException.class)
                .hasMessage("/mn-cse/C1 is not connected any more")
                .satisfies(failure -> assertThat(((UnreachableException) failure).mayHaveArrived()).isFalse());
    }

    @Test
    @Tag("WS-09")
    @Tag("WS-10")
    void theCseIsToldWhoCanBeReachedFromNowOn() throws Exception {
        connected("C1", "/mn-cse/C1");
        assertThat(node.cse.reached()).containsExactly("/mn-cse/C1");
        assertThat(node.binding.connection("/mn-cse/C1")).map(Object::toString).isEqualTo(Optional.of("connection:/mn-cse/C1"));
    }

    @Test
    void aRepetitionOverAnotherConnectionIsTheSameDeliveryButNotOverTheSameOne() throws Exception {
        String create = "{\"op\":1,\"to\":\"mn-name/C1\",\"fr\":\"C1\",\"rqi\":\"1\",\"ty\":3,\"pc\":{\"m2m:cnt\":{}}}";
        List<Hop> hops = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            RawWebSocket socket = connected("C1", "/mn-cse/C1");
            socket.say(create).next();
            hops.add(node.cse.hop());
            socket.say(create).next();
            hops.add(node.cse.hop());
            node.cse.request();
            node.cse.request();
        }
        assertThat(hops).extracting(Hop::deliveryKey).allMatch(Optional::isPresent).containsOnly(hops.get(0).deliveryKey());
        assertThat(hops).extracting(Hop::first).containsExactly(false, true, false, true);
    }

    @Test
    void requestsBeyondThoseInProgressAreRefusedAsBusyWhileResponsesComeThrough() throws Exception {
        restart(Map.of("maxInProgress", 2));
        RawWebSocket socket = connected("C1", "/mn-cse/C1");
        node.cse.answersLater(request -> new CompletableFuture<>());
        socket.say(retrieve("C1", "1")).say(retrieve("C1", "2")).say(retrieve("C1", "3"));
        assertThat(socket.next().text()).startsWith("{\"rsc\":5103,\"rqi\":\"3\"")
                .contains("busy: 2 requests of this connection");
        var answer = node.send(TestNode.retrieve("/mn-cse", "C1", "n"), "connection:/mn-cse/C1", "/mn-cse/C1");
        socket.next();
        socket.say("{\"rsc\":2000,\"rqi\":\"n\"}");
        assertThat(answer.toCompletableFuture().get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(2000);
    }

    @Test
    void aSlowReaderIsAskedForNothingMoreAndRefusedFurtherRequests() throws Exception {
        restart(Map.of("maxWaiting", 4, "maxWaitingBytes", 10_000_000, "maxInProgress", 1000, "writeTimeoutSeconds", 2));
        RawWebSocket socket = connected("C1", "/mn-cse/C1");
        Content large = new Content("m2m:cin", Attributes.of("con", "x".repeat(900_000)));
        node.cse.answers(request -> RecordingCse.ok(request).content(large).build());
        for (int i = 0; i < 200; i++) {
            socket.say(retrieve("C1", "r" + i));
        }
        await("a request to it is refused", () -> {
            var answer = node.send(TestNode.retrieve("/mn-cse", "C1", "n"), "connection:/mn-cse/C1", "/mn-cse/C1")
                    .toCompletableFuture();
            return answer.isCompletedExceptionally();
        });
        assertThat(node.cse.waiting()).as("requests that were read").isLessThan(30);
        await("it is given up", () -> node.binding.connection("/mn-cse/C1").isEmpty());
    }

    @Test
    void connectionsBeyondTheirNumberAreRefused() throws Exception {
        restart(Map.of("maxConnections", 1));
        connect(JSON).say(retrieve("C1", "1")).next();
        try (RawWebSocket second = RawWebSocket.speaking(node.port(), JSON)) {
            assertThat(second.status()).isEqualTo(503);
            assertThat(second.header("Retry-After")).isEqualTo("2");
        }
    }

    @Test
    void aBindingThatIsSwitchedOffTakesNone() throws Exception {
        restart(Map.of("enabled", false));
        assertThat(node.binding.isOpen()).isFalse();
        try (RawWebSocket socket = RawWebSocket.speaking(node.port(), JSON)) {
            assertThat(socket.status()).isEqualTo(404);
        }
    }

    @Test
    void connectionsStayWhileTheCseIsReplaced() throws Exception {
        RawWebSocket socket = connected("C1", "/mn-cse/C1");
        node.binding.unbindCse(node.cse);
        socket.say(retrieve("C1", "away"));
        assertThat(socket.next().text()).contains("\"rsc\":5103").contains("busy: the CSE is not available");
        node.binding.bindCse(node.cse);
        assertThat(socket.say(retrieve("C1", "back")).next().text()).isEqualTo("{\"rsc\":2000,\"rqi\":\"back\"}");
    }

    @Test
    @Tag("WS-08")
    void theEndOfTheNodeIsSaid() throws Exception {
        RawWebSocket socket = connected("C1", "/mn-cse/C1");
        node.binding.close();
        RawWebSocket.Frame close = socket.next();
        assertThat(close.closeCode()).isEqualTo(1001);
        assertThat(close.closeReason()).isEqualTo("this node goes away");
    }

    @Test
    @Tag("WS-11")
    void whoseCredentialStandsForSeveralIsBelievedToBeOneOfThoseThatRegisteredWithIt() throws Exception {
        node.withCredential = (hop, request) -> request.flatMap(RequestPrimitive::from).filter("C1"::equals).isEmpty() ? hop
                : new Hop(hop.binding(), hop.peer(), false, true, Optional.of("C1"), Optional.empty(), hop.credential(),
                        Optional.empty());
        RawWebSocket socket = RawWebSocket.open(node.port(), "Sec-WebSocket-Protocol: " + JSON, "X-Test-Credential: x");
        opened.add(socket);
        node.cse.answers(request -> ResponsePrimitive.builder(ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED,
                request.requestIdentifier()).build());
        socket.say(retrieve("Cother", "1")).next();
        Hop other = node.cse.hop();
        assertThat(other.credential()).contains("12-shared");
        assertThat(other.verified()).isEmpty();
        assertThat(other.originator()).as("nobody vouches for that").isEmpty();
        node.cse.answers(request -> RecordingCse.ok(request).build());
        socket.say(retrieve("C1", "2")).next();
        Hop own = node.cse.hop();
        assertThat(own.verified()).contains("C1");
        assertThat(own.secured()).isTrue();
        assertThat(node.binding.connection("/mn-cse/C1")).isPresent();
        socket.say(retrieve("Cother", "3")).next();
        assertThat(node.cse.hop().originator()).as("whoever fr says it is").contains("/mn-cse/C1");
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> new TestNode(Map.of("silenceSeconds", 20))).hasMessageStartingWith("websocket.silenceSeconds");
        assertThatThrownBy(() -> new TestNode(Map.of("maxInProgress", 0)))
                .hasMessage("websocket.maxInProgress must be positive: 0");
        assertThatThrownBy(() -> new TestNode(Map.of("proxy", "nowhere"))).hasMessage("websocket.proxy is host:port: nowhere");
    }
}
