// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Settings;

/** The CoAP door as clients meet it: Californium's, libcoap's, and single datagrams. */
class CoapDoorTest {
    private static final String CONTAINER = "{\"m2m:cnt\":{\"rn\":\"c\"}}";

    private final RecordingCse cse = new RecordingCse();
    private final EndpointThreads threads = Endpoints.threads("test-coap", 1);
    private CoapDoor door;
    private CoapEndpoint client;

    @BeforeEach
    void open() throws Exception {
        door = new CoapDoor(Settings.of(CoapSettings.class, Map.of("port", 0, "maxBodyBytes", 5000, "cseAbsenceMillis", 200)),
                new CoapPeers());
        door.bindCse(cse);
        client = TestEndpoints.make(512, threads);
        client.start();
    }

    @AfterEach
    void close() {
        client.destroy();
        door.close();
        threads.shutdownNow();
    }

    private Request request(Code code, String path) {
        Request request = new Request(code);
        request.getOptions().setUriPath(path);
        request.setDestinationContext(new AddressEndpointContext(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                door.port())));
        return request;
    }

    private Request request(Code code, String path, NumberSet numbers) {
        Request request = request(code, path);
        request.getOptions().addOption(OneM2mOption.RQI.create(numbers, "r1")).addOption(OneM2mOption.FR.create(numbers, "C1"));
        return request;
    }

    private Response send(Request request) throws InterruptedException {
        client.sendRequest(request);
        Response response = request.waitForResponse(10_000);
        assertThat(response).as("a response to %s", request).isNotNull();
        return response;
    }

    private static int rsc(Response response) {
        return CoapRequestReader.option(response.getOptions(), OneM2mOption.RSC).map(Option::getIntegerValue).orElse(0);
    }

    @ParameterizedTest
    @EnumSource(NumberSet.class)
    void bothEditionsOfOptionNumbersAreUnderstoodAndAnsweredInKind(NumberSet numbers) throws Exception {
        Request request = request(Code.POST, "mn-name", numbers);
        request.getOptions().addOption(OneM2mOption.TY.create(numbers, 3)).addOption(OneM2mOption.RVI.create(numbers, "2a"))
                .addOption(OneM2mOption.RQET.create(numbers, "20300101T000000")).setContentFormat(50);
        request.setPayload(CONTAINER);
        cse.answers(received -> ResponsePrimitive.builder(2001, "r1").build());
        Response response = send(request);
        RequestPrimitive received = cse.request();
        assertThat(received.operation()).isEqualTo(Operation.CREATE);
        assertThat(received.resourceType()).contains(3);
        assertThat(received.from()).contains("C1");
        assertThat(received.releaseVersionIndicator()).contains("2a");
        assertThat(received.requestExpirationTimestamp()).contains("20300101T000000");
        assertThat(received.content()).contains(new Content("m2m:cnt", Attributes.of("rn", "c")));
        assertThat(response.getCode()).isEqualTo(ResponseCode.CREATED);
        assertThat(response.getOptions().getMaxAge()).isZero();
        assertThat(response.getOptions().getOthers()).extracting(Option::getNumber)
                .containsExactlyInAnyOrder(numbers == NumberSet.NEW ? 307 : 265, numbers == NumberSet.NEW ? 283 : 257);
    }

    @ParameterizedTest
    @CsvSource({"cnt0007,cnt0007", "~/mn-cse/mn-name,/mn-cse/mn-name", "_/sp.example/mn-cse/x,//sp.example/mn-cse/x"})
    void everyFormOfTargetIsUnderstood(String path, String to) throws Exception {
        send(request(Code.GET, path, NumberSet.OLD));
        assertThat(cse.request().to()).isEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource({"GET,,RETRIEVE", "PUT,,UPDATE", "DELETE,,DELETE", "POST,,NOTIFY", "POST,op=2,RETRIEVE", "POST,op=3,UPDATE",
            "POST,op=4,DELETE",
            "POST,op=5,NOTIFY", "GET,rt=1,RETRIEVE"})
    void methodAndQueryMakeTheOperation(Code code, String query, Operation operation) throws Exception {
        Request request = request(code, "mn-name", NumberSet.OLD);
        if (query != null) {
            request.getOptions().addUriQuery(query);
        }
        send(request);
        assertThat(cse.request().operation()).isEqualTo(operation);
    }

    @Test
    void aNonBlockingRequestCarriesItsTargets() throws Exception {
        Request request = request(Code.POST, "mn-name", NumberSet.NEW);
        request.getOptions().addUriQuery("op=2").addUriQuery("rt=2")
                .addOption(OneM2mOption.RTURI.create(NumberSet.NEW, "coap://h/x?a=b&/C7"));
        cse.answers(received -> ResponsePrimitive.builder(1002, "r1").content(Content.uri("/mn-cse/req1")).build());
        Response response = send(request);
        RequestPrimitive received = cse.request();
        assertThat(received.responseType()).isEqualTo(2);
        assertThat(received.notificationTargets()).containsExactly("coap://h/x?a=b", "/C7");
        assertThat(response.getCode()).isEqualTo(ResponseCode.CREATED);
        assertThat(rsc(response)).isEqualTo(1002);
        assertThat(response.getOptions().getLocationPath()).containsExactly("~", "mn-cse", "req1");
    }

    @Test
    void listsAreJoinedOrRepeated() throws Exception {
        for (List<String> labels : List.of(List.of("lbl=a", "lbl=b"), List.of("lbl=a+b"))) {
            Request request = request(Code.GET, "mn-name", NumberSet.OLD);
            labels.forEach(request.getOptions()::addUriQuery);
            send(request);
            assertThat(cse.request().filterCriteria().orElseThrow().texts("lbl")).containsExactly("a", "b");
        }
    }

    @Test
    void theHopSaysWhereTheRequestCameFrom() throws Exception {
        send(request(Code.DELETE, "x", NumberSet.OLD));
        Hop hop = cse.hop();
        assertThat(hop.binding()).isEqualTo(Binding.COAP);
        assertThat(hop.loopback()).isTrue();
        assertThat(hop.secured()).isFalse();
        assertThat(hop.deliveryKey()).isPresent();
    }

    @Test
    void theUriOfWhatWasCreatedIsItsLocation() throws Exception {
        Request request = request(Code.POST, "mn-name", NumberSet.OLD);
        request.getOptions().addOption(OneM2mOption.TY.create(NumberSet.OLD, 3)).setContentFormat(50);
        request.setPayload(CONTAINER);
        cse.answers(received -> ResponsePrimitive.builder(2001, "r1").content(new Content("m2m:rce",
                Attributes.builder().set("uri", "mn-name/c").set("m2m:cnt", Attributes.of("rn", "c")).build())).build());
        Response response = send(request);
        assertThat(response.getOptions().getLocationPath()).containsExactly("mn-name", "c");
        assertThat(response.getPayloadString()).isEqualTo(CONTAINER);
    }

    @Test
    void theAnswerToANotificationIsEmpty() throws Exception {
        cse.answers(received -> RecordingCse.ok(received).content(Content.uri("x")).build());
        Response response = send(request(Code.POST, "mn-name", NumberSet.OLD));
        assertThat(response.getCode()).isEqualTo(ResponseCode.CHANGED);
        assertThat(response.getPayloadSize()).isZero();
    }

    @Test
    void theClientChoosesTheForm() throws Exception {
        cse.answers(received -> RecordingCse.ok(received).content(Content.uri("x")).build());
        Request request = request(Code.GET, "x", NumberSet.OLD);
        request.getOptions().setAccept(10001);
        assertThat(send(request).getOptions().getContentFormat()).isEqualTo(10001);
        Request other = request(Code.GET, "x", NumberSet.OLD);
        other.getOptions().setAccept(0);
        cse.request();
        assertRefused(send(other), ResponseCode.NOT_ACCEPTABLE, 5207, "Accept");
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void mistakesAreNamed() throws Exception {
        Response unidentified = send(request(Code.GET, "x"));
        assertThat(unidentified.getCode()).isEqualTo(ResponseCode.BAD_REQUEST);
        assertThat(unidentified.getPayloadString()).contains("RQI");
        assertRefused(send(request(Code.GET, "", NumberSet.OLD)), ResponseCode.NOT_FOUND, 4004, "no resource");
        assertRefused(send(request(Code.FETCH, "x", NumberSet.OLD)), ResponseCode.METHOD_NOT_ALLOWED, 4005, "FETCH");
        Request query = request(Code.GET, "x", NumberSet.OLD);
        query.getOptions().addUriQuery("nonsense=1");
        assertRefused(send(query), ResponseCode.BAD_REQUEST, 4000, "nonsense");
        Request type = request(Code.PUT, "x", NumberSet.OLD);
        type.getOptions().setContentFormat(0);
        type.setPayload("hello");
        assertRefused(send(type), ResponseCode.UNSUPPORTED_CONTENT_FORMAT, 4015, "Content-Format");
        Request broken = request(Code.PUT, "x", NumberSet.OLD);
        broken.getOptions().setContentFormat(50);
        broken.setPayload("{oops");
        assertRefused(send(broken), ResponseCode.BAD_REQUEST, 4000, "");
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void anUnknownCriticalOptionIsABadOptionAndAnElectiveOneIsIgnored() throws Exception {
        assertThat(exchange(message(0x0001, 65003 - 11)).code()).isEqualTo(0x82);
        assertThat(exchange(message(0x0002, 65002 - 11)).code()).isEqualTo(0x80);
    }

    /** A CON GET /x with one option of that distance from Uri-Path, as bytes. */
    private static byte[] message(int mid, int delta) {
        int extended = delta - 269;
        return new byte[] {0x41, 1, (byte) (mid >> 8), (byte) mid, 7, (byte) 0xb1, 'x', (byte) 0xe1, (byte) (extended >> 8),
                (byte) extended, 'v'};
    }

    private Datagrams.Datagram exchange(byte[] message) throws IOException {
        try (Datagrams socket = new Datagrams(door.port())) {
            return socket.exchange(message);
        }
    }

    /** CON POST /x, options 256 (oneM2M-FR) "C1" and 257 (oneM2M-RQI) "q1". */
    private static final byte[] NOTIFY = {0x41, 2, 0x12, 0x34, 9, (byte) 0xb1, 'x', (byte) 0xd2, (byte) (256 - 11 - 13), 'C',
            '1', 0x12, 'q', '1'};

    @Test
    void aRetransmissionIsAnsweredAgainWithoutBeingServedAgain() throws Exception {
        try (Datagrams socket = new Datagrams(door.port())) {
            Datagrams.Datagram first = socket.exchange(NOTIFY);
            Datagrams.Datagram second = socket.exchange(NOTIFY);
            assertThat(second.bytes()).isEqualTo(first.bytes());
        }
        assertThat(cse.request().requestIdentifier()).isEqualTo("q1");
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void aSlowAnswerIsAcknowledgedAtOnceAndComesSeparately() throws Exception {
        CompletableFuture<ResponsePrimitive> later = new CompletableFuture<>();
        cse.answersLater(request -> later);
        try (Datagrams socket = new Datagrams(door.port())) {
            long start = System.nanoTime();
            Datagrams.Datagram acknowledgement = socket.exchange(NOTIFY);
            assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
            assertThat(acknowledgement.type()).as("ACK").isEqualTo(2);
            assertThat(acknowledgement.code()).as("empty").isZero();
            later.complete(ResponsePrimitive.builder(2000, "q1").build());
            Datagrams.Datagram response = socket.receive();
            assertThat(response.type()).as("CON").isZero();
            assertThat(response.code()).as("2.04").isEqualTo(0x44);
        }
    }

    @Test
    void aNonConfirmableRequestIsServedToo() throws Exception {
        Request request = request(Code.GET, "x", NumberSet.OLD);
        request.setType(Type.NON);
        assertThat(send(request).getCode()).isEqualTo(ResponseCode.CONTENT);
    }

    @Test
    void largeContentTravelsInBlocksBothWaysAndIsServedOnce() throws Exception {
        String large = "y".repeat(4000);
        cse.answers(received -> ResponsePrimitive.builder(2001, "r1").content(received.content().orElseThrow()).build());
        Request request = request(Code.POST, "x", NumberSet.NEW);
        request.getOptions().addOption(OneM2mOption.TY.create(NumberSet.NEW, 4)).setContentFormat(50);
        request.setPayload("{\"m2m:cin\":{\"con\":\"" + large + "\"}}");
        Response response = send(request);
        assertThat(response.getPayloadString()).contains(large);
        assertThat(cse.request().content().orElseThrow().attributes().text("con")).contains(large);
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void contentThatIsTooLargeIsRefused() throws Exception {
        Request request = request(Code.POST, "x", NumberSet.NEW);
        request.getOptions().addOption(OneM2mOption.TY.create(NumberSet.NEW, 4)).setContentFormat(50);
        request.setPayload("{\"m2m:cin\":{\"con\":\"" + "y".repeat(9000) + "\"}}");
        Response response = send(request);
        assertThat(response.getCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(response.getOptions().getSize1()).isEqualTo(5000);
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void aBusyOrAbsentCseMeansTryAgainLater() throws Exception {
        cse.answers(received -> Busy.refusal(received, "the queue is full"));
        Response full = send(request(Code.GET, "x", NumberSet.OLD));
        assertRefused(full, ResponseCode.SERVICE_UNAVAILABLE, 5103, "full");
        assertThat(full.getOptions().getMaxAge()).isEqualTo(2);
        door.unbindCse(cse);
        assertRefused(send(request(Code.GET, "x", NumberSet.OLD)), ResponseCode.SERVICE_UNAVAILABLE, 5103, "not available");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "ffffffff", "41010001", "40", "4001000fff", "7f017d34"})
    void garbageDoesNotEndTheDoor(String hex) throws Exception {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), door.port()));
        }
        assertThat(send(request(Code.GET, "x", NumberSet.OLD)).getCode()).isEqualTo(ResponseCode.CONTENT);
    }

    @Test
    void aPlainListenerOpensToTheNetworkUnderNoCircumstances() {
        assertThatThrownBy(() -> new CoapDoor(Settings.of(CoapSettings.class, Map.of("port", 0, "host", "0.0.0.0")),
                new CoapPeers()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("coap.host=0.0.0.0")
                        .hasMessageContaining("loopback");
    }

    @Test
    void theDoorSaysWhereItIs() {
        assertThat(door.name()).isEqualTo("coap");
        assertThat(door.isOpen()).isTrue();
        assertThat(door.pointsOfAccess()).containsExactly("coap://127.0.0.1:" + door.port());
    }

    @Test
    void noThreadWaitsForAnAnswer() throws Exception {
        CompletableFuture<ResponsePrimitive> later = new CompletableFuture<>();
        cse.answersLater(request -> request.to().equals("slow") ? later : RecordingCse.done(RecordingCse.ok(request).build()));
        List<Request> slow = java.util.stream.Stream.generate(() -> request(Code.GET, "slow", NumberSet.OLD)).limit(30).toList();
        for (Request request : slow) {
            client.sendRequest(request);
            cse.request();
        }
        assertThat(send(request(Code.GET, "fast", NumberSet.OLD)).getCode()).isEqualTo(ResponseCode.CONTENT);
        later.complete(ResponsePrimitive.builder(2000, "r1").build());
        for (Request request : slow) {
            assertThat(Optional.ofNullable(request.waitForResponse(10_000))).isPresent();
        }
    }

    private static void assertRefused(Response response, ResponseCode code, int rsc, String text) {
        assertThat(response.getCode()).isEqualTo(code);
        assertThat(rsc(response)).isEqualTo(rsc);
        assertThat(response.getPayloadString()).contains("m2m:dbg").contains(text);
    }
}
