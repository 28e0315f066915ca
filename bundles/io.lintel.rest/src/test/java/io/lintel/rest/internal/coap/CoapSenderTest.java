// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;
import io.lintel.rest.internal.mapping.Samples;
import io.lintel.rest.internal.mapping.Settings;

/** What leaves over CoAP, and what all kinds of answers mean. */
class CoapSenderTest {
    private static final RequestPrimitive NOTIFICATION = Samples.of(Operation.NOTIFY, "/mn-cse/C1").from("/mn-cse")
            .content(new Content("m2m:sgn", Attributes.of("sur", "x"))).build();

    private final EndpointThreads threads = Endpoints.threads("test-peer", 1);
    private final BlockingQueue<Request> received = new LinkedBlockingQueue<>();
    private final CoapPeers peers = new CoapPeers();
    private final CoapSender sender = new CoapSender(Settings.of(CoapSettings.class, Map.of()), peers);
    private volatile Response answer = new Response(ResponseCode.CHANGED);
    private volatile BiConsumer<Exchange, Response> behaviour = Exchange::sendResponse;
    private CoapEndpoint peer;

    @BeforeEach
    void open() throws Exception {
        peer = TestEndpoints.make(1024, threads);
        peer.setMessageDeliverer(new MessageDeliverer() {
            @Override
            public void deliverRequest(Exchange exchange) {
                received.add(exchange.getRequest());
                Response once = new Response(answer.getCode());
                once.setOptions(new OptionSet(answer.getOptions()));
                once.setPayload(answer.getPayload());
                behaviour.accept(exchange, once);
            }

            @Override
            public void deliverResponse(Exchange exchange, Response response) {
                throw new AssertionError("the peer asks nothing");
            }
        });
        peer.start();
    }

    @AfterEach
    void close() {
        sender.close();
        peer.destroy();
        threads.shutdownNow();
    }

    private ResponsePrimitive send(RequestPrimitive request, String path, String receiver) throws Exception {
        return send(request, "127.0.0.1:" + peer.getAddress().getPort(), path, receiver, 10_000);
    }

    private ResponsePrimitive send(RequestPrimitive request, String authority, String path, String receiver,
            long millis) throws Exception {
        return sender.send(new OutboundRequest(request, URI.create("coap://" + authority + path),
                Optional.of(receiver).filter(id -> !id.isEmpty()), Optional.empty(), Instant.now().plusMillis(millis)))
                .toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Request received() throws InterruptedException {
        Request request = received.poll(5, TimeUnit.SECONDS);
        assertThat(request).as("a request at the peer").isNotNull();
        return request;
    }

    @ParameterizedTest
    @CsvSource({"'',/hook/%C3%A4?a=1&b=x%20y,hook/ä,a=1&b=x y", "'','','',''", "/mn-cse/C1,/ae/notify,ae/notify,''",
            "/in-cse,'',~/mn-cse/C1,''",
            "/in-cse,/prefix/,prefix/~/mn-cse/C1,''"})
    void aNotificationGoesWhereItsTargetListens(String receiver, String path, String uriPath, String uriQuery) throws Exception {
        assertThat(send(NOTIFICATION, path, receiver).statusCode()).isEqualTo(2000);
        Request sent = received();
        assertThat(sent.getCode()).isEqualTo(Code.POST);
        assertThat(sent.getType()).isEqualTo(Type.CON);
        assertThat(sent.getOptions().getUriPathString()).isEqualTo(uriPath);
        assertThat(sent.getOptions().getUriQueryString()).isEqualTo(uriQuery);
        assertThat(sent.getOptions().getContentFormat()).isEqualTo(10003);
        assertThat(sent.getPayloadString()).isEqualTo("{\"m2m:sgn\":{\"sur\":\"x\"}}");
        assertThat(sent.getOptions().getOthers()).extracting(Option::getNumber).containsExactlyInAnyOrder(256, 257);
    }

    @Test
    void aPeerThatHasShownTheNewNumbersGetsThem() throws Exception {
        peers.learn(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), peer.getAddress().getPort()), NumberSet.NEW);
        send(NOTIFICATION, "/x", "");
        assertThat(received().getOptions().getOthers()).extracting(Option::getNumber).containsExactlyInAnyOrder(279, 283);
    }

    @Test
    void anythingButBlockingIsAPostThatNamesItsOperation() throws Exception {
        Response accepted = new Response(ResponseCode.CREATED);
        accepted.getOptions().addOption(OneM2mOption.RSC.create(NumberSet.OLD, 1001)).addLocationPath("~")
                .addLocationPath("in-cse")
                .addLocationPath("req7");
        answer = accepted;
        ResponsePrimitive response = send(Samples.of(Operation.RETRIEVE, "/in-cse/in-name")
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 1)).build(), "", "/in-cse");
        Request sent = received();
        assertThat(sent.getCode()).isEqualTo(Code.POST);
        assertThat(sent.getOptions().getUriQuery()).containsExactlyInAnyOrder("rt=1", "op=2");
        assertThat(response.statusCode()).isEqualTo(1001);
        assertThat(response.content()).contains(Content.uri("/in-cse/req7"));
    }

    @Test
    void aTimestampLosesItsFraction() throws Exception {
        send(NOTIFICATION.toBuilder().set(RequestParameter.ORIGINATING_TIMESTAMP, "20260102T030405,123456")
                .set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "1234567890123456").build(), "", "");
        Request sent = received();
        assertThat(CoapRequestReader.option(sent.getOptions(), OneM2mOption.OT).orElseThrow().getStringValue())
                .isEqualTo("20260102T030405");
        assertThat(CoapRequestReader.option(sent.getOptions(), OneM2mOption.RQET).orElseThrow().getStringValue())
                .isEqualTo("1234567890123456");
    }

    @ParameterizedTest
    @CsvSource({"CREATED,CREATE,2001", "DELETED,DELETE,2002", "CHANGED,UPDATE,2004", "CHANGED,NOTIFY,2000",
            "CONTENT,RETRIEVE,2000",
            "BAD_REQUEST,CREATE,4000", "BAD_OPTION,CREATE,4000", "FORBIDDEN,CREATE,4103", "NOT_FOUND,CREATE,4004",
            "METHOD_NOT_ALLOWED,CREATE,4005", "NOT_ACCEPTABLE,CREATE,5207", "UNSUPPORTED_CONTENT_FORMAT,CREATE,4015",
            "INTERNAL_SERVER_ERROR,CREATE,5000", "NOT_IMPLEMENTED,CREATE,5001", "SERVICE_UNAVAILABLE,CREATE,5103",
                    "GATEWAY_TIMEOUT,CREATE,4008"})
    void aCodeAloneIsUnderstood(ResponseCode code, Operation operation, int rsc) throws Exception {
        answer = new Response(code);
        assertThat(send(Samples.of(operation, "x").build(), "", "/in-cse").statusCode()).isEqualTo(rsc);
    }

    @Test
    void theUriOfACreatedResourceIsPutTogetherWithItsRepresentation() throws Exception {
        Response created = new Response(ResponseCode.CREATED);
        created.getOptions().addLocationPath("in-name").addLocationPath("c").setContentFormat(50);
        created.setPayload("{\"m2m:cnt\":{\"rn\":\"c\"}}");
        answer = created;
        assertThat(send(Samples.of(Operation.CREATE, "in-name").resourceType(3).set(RequestParameter.RESULT_CONTENT, 3)
                .content(new Content("m2m:cnt", Attributes.of("rn", "c"))).build(), "", "/in-cse").content())
                .contains(new Content("m2m:rce", Attributes.builder().set("uri", "in-name/c")
                .set("m2m:cnt", Attributes.of("rn", "c")).build()));
    }

    @Test
    void aLargeBodyLeavesInBlocksWithItsOptions() throws Exception {
        String large = "y".repeat(5000);
        send(Samples.of(Operation.CREATE, "in-name/c").resourceType(4)
                .content(new Content("m2m:cin", Attributes.of("con", large))).build(), "",
                "/in-cse");
        Request sent = received();
        assertThat(sent.getPayloadString()).contains(large);
        assertThat(CoapRequestReader.read(sent, sent.getPayload()).resourceType()).contains(4);
    }

    @Test
    void silenceUntilTheDeadlineMeansItMayHaveArrived() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> send(NOTIFICATION, "127.0.0.1:" + silent.getLocalPort(), "/", "", 300))
                    .isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isTrue());
        }
    }

    @Test
    void whatIsUnderWayWhenItClosesFailsAtOnce() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            CompletableFuture<ResponsePrimitive> result = sender.send(new OutboundRequest(NOTIFICATION,
                    URI.create("coap://127.0.0.1:" + silent.getLocalPort() + "/"), Optional.empty(), Optional.empty(),
                    Instant.now().plusSeconds(60))).toCompletableFuture();
            silent.setSoTimeout(5_000);
            silent.receive(new DatagramPacket(new byte[2_000], 2_000));
            sender.close();
            assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isTrue());
        }
    }

    @Test
    void whatCannotLeaveDidNotArrive() {
        assertThatThrownBy(() -> send(NOTIFICATION, "127.0.0.1:1", "/", "", -1)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse());
        assertThatThrownBy(() -> send(NOTIFICATION, "no.such.host.invalid", "/", "", 5_000))
                .isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse());
    }

    private CompletableFuture<ResponsePrimitive> begin(String to, int port) {
        RequestPrimitive request = Samples.of(Operation.NOTIFY, to).from("/mn-cse").build();
        return sender.send(new OutboundRequest(request, URI.create("coap://127.0.0.1:" + port + "/" + to), Optional.empty(),
                Optional.empty(), Instant.now().plusSeconds(10))).toCompletableFuture();
    }

    @Test
    void whatGoesToOneTargetArrivesInOrderAndOneAtATime() throws Exception {
        BlockingQueue<Exchange> unanswered = new LinkedBlockingQueue<>();
        behaviour = (exchange, response) -> unanswered.add(exchange);
        List<CompletableFuture<ResponsePrimitive>> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            results.add(begin("n" + i, peer.getAddress().getPort()));
        }
        for (int i = 0; i < 20; i++) {
            Exchange exchange = unanswered.poll(5, TimeUnit.SECONDS);
            assertThat(exchange.getRequest().getOptions().getUriPathString()).isEqualTo("n" + i);
            assertThat(unanswered).as("the next one waits").isEmpty();
            exchange.sendResponse(new Response(ResponseCode.CHANGED));
        }
        for (CompletableFuture<ResponsePrimitive> result : results) {
            assertThat(result.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(2000);
        }
    }

    @Test
    void whatIsAcknowledgedMakesTheNextWaitNoLonger() throws Exception {
        BlockingQueue<Exchange> unanswered = new LinkedBlockingQueue<>();
        behaviour = (exchange, response) -> {
            exchange.sendAccept();
            unanswered.add(exchange);
        };
        CompletableFuture<ResponsePrimitive> first = begin("n1", peer.getAddress().getPort());
        CompletableFuture<ResponsePrimitive> second = begin("n2", peer.getAddress().getPort());
        Exchange one = unanswered.poll(5, TimeUnit.SECONDS);
        Exchange two = unanswered.poll(5, TimeUnit.SECONDS);
        assertThat(two).as("it left although the first has no answer").isNotNull();
        Response nonConfirmable = new Response(ResponseCode.CHANGED);
        nonConfirmable.setType(Type.NON);
        two.sendResponse(nonConfirmable);
        assertThat(second.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(2000);
        assertThat(first).isNotDone();
        Response confirmable = new Response(ResponseCode.CHANGED);
        confirmable.setType(Type.CON);
        one.sendResponse(confirmable);
        assertThat(first.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(2000);
    }

    @Test
    void aSilentTargetHindersNoOtherAndItsLaneIsBounded() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            List<CompletableFuture<ResponsePrimitive>> stuck = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                stuck.add(begin("n" + i, silent.getLocalPort()));
            }
            assertThat(stuck.stream().filter(CompletableFuture::isCompletedExceptionally).count()).isEqualTo(300 - 257);
            assertThatThrownBy(() -> stuck.get(299).get()).cause().isInstanceOfSatisfying(UnreachableException.class, e -> {
                assertThat(e.mayHaveArrived()).isFalse();
                assertThat(e.getMessage()).contains("too many requests wait");
            });
            assertThat(begin("other", peer.getAddress().getPort()).get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(2000);
        }
    }

    @Test
    void whatDidNotGetItsTurnDidNotArrive() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            begin("n1", silent.getLocalPort());
            assertThatThrownBy(() -> send(NOTIFICATION, "127.0.0.1:" + silent.getLocalPort(), "/", "", 300))
                    .isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse());
        }
    }

    @Test
    void aPeerThatDoesNotKnowTheOldNumbersGetsTheNewOnes() throws Exception {
        behaviour = (exchange, response) -> {
            boolean old = exchange.getRequest().getOptions().getOthers().stream().anyMatch(o -> o.getNumber() == 257);
            Response answer = old ? new Response(ResponseCode.BAD_OPTION) : response;
            if (!old) {
                answer.getOptions().addOption(OneM2mOption.RSC.create(NumberSet.NEW, 2000));
            }
            exchange.sendResponse(answer);
        };
        assertThat(send(NOTIFICATION, "/x", "").statusCode()).isEqualTo(2000);
        received();
        assertThat(received().getOptions().getOthers()).extracting(Option::getNumber).containsExactlyInAnyOrder(279, 283);
        send(NOTIFICATION, "/x", "");
        assertThat(received().getOptions().getOthers()).as("learned").extracting(Option::getNumber)
                .containsExactlyInAnyOrder(279, 283);
        assertThat(received).isEmpty();
    }

    @Test
    void aPeerIsKnownByItsHostAsLongAsAllThereUseTheSame() throws Exception {
        InetAddress host = InetAddress.getByName("127.0.0.1");
        InetSocketAddress receiving = new InetSocketAddress(host, 5683);
        assertThat(peers.numbers(receiving)).isEmpty();
        peers.learn(new InetSocketAddress(host, 40_001), NumberSet.NEW);
        assertThat(peers.numbers(receiving)).contains(NumberSet.NEW);
        peers.learn(new InetSocketAddress(host, 40_002), NumberSet.OLD);
        assertThat(peers.numbers(receiving)).isEmpty();
        assertThat(peers.numbers(new InetSocketAddress(host, 40_001))).contains(NumberSet.NEW);
        for (int port = 1; port < 2_000; port++) {
            peers.learn(new InetSocketAddress("127.0.0.2", port), NumberSet.OLD);
        }
        assertThat(peers.numbers(new InetSocketAddress(host, 40_001))).as("it is bounded").isEmpty();
    }
}
