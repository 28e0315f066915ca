// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Settings;
import io.lintel.rest.internal.ws.WebSocketEntrance;

/** The HTTP door as clients meet it, well-behaved and otherwise. */
class HttpDoorTest {
    private final RecordingCse cse = new RecordingCse();
    private HttpDoor door;

    @BeforeEach
    void open() throws Exception {
        door = new HttpDoor(Settings.of(HttpSettings.class, Map.of("port", 0, "maxBodyBytes", 2000, "cseAbsenceMillis", 200,
                "answerTimeoutMillis", 300)));
        door.bindCse(cse);
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    private RawHttp.Answer exchange(String... lines) throws IOException {
        return RawHttp.exchange(door.port(), lines);
    }

    private RawHttp.Answer get(String path, String... headers) throws IOException {
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: h\r\nX-M2M-RI: r1\r\nX-M2M-Origin: C1\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return exchange(head + "\r\n");
    }

    private RawHttp.Answer post(String contentType, String body, String... headers) throws IOException {
        StringBuilder head = new StringBuilder("POST /mn-name HTTP/1.1\r\nHost: h\r\nX-M2M-RI: r1\r\nX-M2M-Origin: C1\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (!contentType.isEmpty()) {
            head.append("Content-Type: ").append(contentType).append("\r\n");
        }
        return exchange(head + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    @ParameterizedTest
    @CsvSource({"/cnt0007,cnt0007", "/mn-name/ae1/,mn-name/ae1", "/~/mn-cse/mn-name,/mn-cse/mn-name",
            "/_/sp.example/mn-cse/x,//sp.example/mn-cse/x", "/mn%2Dname/a,mn-name/a", "/-/ae1/la,-/ae1/la"})
    void everyFormOfTargetIsUnderstood(String path, String to) throws Exception {
        assertThat(get(path).status()).isEqualTo(200);
        assertThat(cse.request().to()).isEqualTo(to);
    }

    @Test
    void headersAreReadInAnyCase() throws Exception {
        exchange("GET /mn-name HTTP/1.1", "Host: h", "x-m2m-ri: r9", "x-m2m-ORIGIN: /mn-cse/C5", "x-m2m-ret: 5000",
                "X-M2M-RST: 20270101T000000",
                "X-Unknown: 1", "", "");
        RequestPrimitive request = cse.request();
        assertThat(request.requestIdentifier()).isEqualTo("r9");
        assertThat(request.from()).contains("/mn-cse/C5");
        assertThat(request.parameters().text("rqet")).contains("5000");
        assertThat(request.parameters().text("rset")).contains("20270101T000000");
    }

    @Test
    void aParameterThatIsSaidTwiceIsRefused() throws Exception {
        for (String header : List.of("X-M2M-Origin: C2", "x-m2m-origin: C1", "X-M2M-RI: r2", "X-M2M-RVI: 3")) {
            assertRefused(exchange("GET /mn-name HTTP/1.1", "Host: h", "X-M2M-RI: r1", "X-M2M-Origin: C1", "X-M2M-RVI: 2a",
                    header, "", ""), 400, 4000, header.substring(0, header.indexOf(':')) + " occurs twice");
        }
    }

    @Test
    void theHopSaysWhereTheRequestCameFromAndThatNobodyIsVerified() throws Exception {
        get("/mn-name");
        Hop hop = cse.hop();
        assertThat(hop.binding()).isEqualTo(Binding.HTTP);
        assertThat(hop.loopback()).isTrue();
        assertThat(hop.secured()).isFalse();
        assertThat(hop.verified()).isEmpty();
        assertThat(hop.peer()).contains("127.0.0.1");
    }

    private String deliveryKey(String method, String body, String... headers) throws Exception {
        StringBuilder head = new StringBuilder(method + " /mn-name HTTP/1.1\r\nHost: h\r\nX-M2M-Origin: C1\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        exchange(head + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        cse.request();
        return cse.hop().deliveryKey().orElse(null);
    }

    @Test
    void aChangeWithAnIdempotencyKeyIsKnownAgain() throws Exception {
        String body = "{\"m2m:cnt\":{\"mni\":1}}";
        String key = deliveryKey("PUT", body, "X-M2M-RI: r1", "Idempotency-Key: \"8e03\"");
        assertThat(key).isNotNull();
        assertThat(deliveryKey("PUT", body, "X-M2M-RI: r1", "idempotency-key: 8e03")).isEqualTo(key);
        assertThat(deliveryKey("PUT", body, "X-M2M-RI: r1", "Idempotency-Key: \"8e04\"")).isNotEqualTo(key);
        assertThat(deliveryKey("PUT", body, "X-M2M-RI: r2", "Idempotency-Key: \"8e03\"")).isNotEqualTo(key);
        assertThat(deliveryKey("PUT", body.replace('1', '2'), "X-M2M-RI: r1", "Idempotency-Key: \"8e03\""))
                .isNotEqualTo(key);
        assertThat(deliveryKey("POST", body, "X-M2M-RI: r1", "Idempotency-Key: \"8e03\"")).isNotEqualTo(key);
        assertThat(deliveryKey("PUT", body, "X-M2M-RI: r1")).as("HTTP itself has no word for it").isNull();
        assertThat(deliveryKey("GET", "", "X-M2M-RI: r1", "Idempotency-Key: \"8e03\"")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\""})
    void anIdempotencyKeyThatIsNoneIsRefused(String key) throws Exception {
        RawHttp.Answer answer = post("application/json", "{\"m2m:sgn\":{\"sur\":\"x\"}}", "Idempotency-Key: " + key);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("Idempotency-Key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json;ty=3", "application/json ; ty = 3", "application/json; charset=utf-8; ty=3",
            "application/vnd.onem2m-res+json;ty=3", "application/json;ty=\"3\""})
    void aPostWithATypeCreates(String contentType) throws Exception {
        post(contentType, "{\"m2m:cnt\":{\"rn\":\"c\"}}");
        RequestPrimitive request = cse.request();
        assertThat(request.operation()).isEqualTo(Operation.CREATE);
        assertThat(request.resourceType()).contains(3);
        assertThat(request.content()).contains(new Content("m2m:cnt", Attributes.of("rn", "c")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/vnd.onem2m-ntfy+json"})
    void aPostWithoutATypeNotifies(String contentType) throws Exception {
        post(contentType, "{\"m2m:sgn\":{\"sur\":\"x\"}}");
        assertThat(cse.request().operation()).isEqualTo(Operation.NOTIFY);
    }

    @Test
    void aReleaseOneClientNamesTheResourceInAHeader() throws Exception {
        post("application/json;ty=3", "{\"m2m:cnt\":{\"mni\":1}}", "X-M2M-NM: old");
        assertThat(cse.request().content().orElseThrow().attributes().text("rn")).contains("old");
        post("application/json;ty=3", "{\"m2m:cnt\":{\"rn\":\"body\"}}", "X-M2M-NM: old");
        assertThat(cse.request().content().orElseThrow().attributes().text("rn")).contains("body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lbl=a&lbl=b", "lbl=a+b"})
    void listsAreJoinedOrRepeated(String query) throws Exception {
        get("/mn-name?fu=1&ty=2+3&" + query);
        Attributes filter = cse.request().filterCriteria().orElseThrow();
        assertThat(filter.texts("lbl")).containsExactly("a", "b");
        assertThat(filter.numbers("ty")).containsExactly(2L, 3L);
        assertThat(filter.number("fu")).contains(1L);
    }

    @Test
    void anAttributeIsAConditionAndAnythingElseIsRefused() throws Exception {
        get("/mn-name?fu=1&cr=C1");
        assertThat(cse.request().filterCriteria().orElseThrow().objects("atr"))
                .containsExactly(Attributes.builder().set("nm", "cr").set("val", "C1").build());
        RawHttp.Answer answer = get("/mn-name?nonsense=1");
        assertRefused(answer, 400, 4000, "nonsense");
    }

    @Test
    void aPartialRetrieveNamesItsAttributes() throws Exception {
        get("/mn-name?atrl=ri+lbl");
        assertThat(cse.request().content()).contains(new Content("m2m:atrl", List.of("ri", "lbl")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"rcn=x|rcn", "rcn=1&rcn=2|twice", "da=maybe|da", "lbl=%zz|percent", "lim=1e3|lim",
            "rt=two|rt"})
    void aBrokenQueryIsRefusedAndTheFieldNamed(String query, String named) throws Exception {
        assertRefused(get("/mn-name?" + query), 400, 4000, named);
        assertThat(cse.waiting()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PATCH", "OPTIONS", "TRACE", "MKCOL"})
    void otherMethodsAreNotAllowed(String method) throws Exception {
        RawHttp.Answer answer = exchange(method + " /mn-name HTTP/1.1", "Host: h", "X-M2M-RI: r1", "", "");
        assertRefused(answer, 405, 4005, method);
        assertThat(answer.header("Allow")).contains("GET", "POST", "PUT", "DELETE");
        assertThat(answer.header("X-M2M-RI")).isEqualTo("r1");
    }

    @Test
    void headIsRefusedWithoutABody() throws Exception {
        try (RawHttp http = new RawHttp(door.port())) {
            http.send("HEAD /mn-name HTTP/1.1", "Host: h", "X-M2M-RI: r1", "", "");
            RawHttp.Answer answer = http.receiveHead();
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("X-M2M-RSC")).isEqualTo("4005");
            http.send("GET /mn-name HTTP/1.1", "Host: h", "X-M2M-RI: r2", "", "");
            assertThat(http.receive().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/~", "/_/", "/~/"})
    void aPathWithoutAResourceIsNotFoundInOneM2mTermsToo(String path) throws Exception {
        assertRefused(get(path), 404, 4004, "");
    }

    @Test
    void withoutARequestIdentifierNothingHappens() throws Exception {
        assertRefused(exchange("GET /mn-name HTTP/1.1", "Host: h", "X-M2M-Origin: C1", "", ""), 400, 4000, "X-M2M-RI");
    }

    @Test
    void theClientChoosesTheForm() throws Exception {
        cse.answers(request -> RecordingCse.ok(request).content(Content.uri("a")).build());
        assertThat(get("/x", "Accept: application/json").header("Content-Type")).isEqualTo("application/json");
        assertThat(get("/x", "Accept: text/html, application/vnd.onem2m-res+json;q=0.5").header("Content-Type"))
                .isEqualTo("application/vnd.onem2m-res+json");
        assertThat(get("/x", "Accept: */*").header("Content-Type")).isEqualTo("application/json");
        assertThat(get("/x").header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void whatCannotBeServedIsNotAcceptableAndNothingHappens() throws Exception {
        RawHttp.Answer answer = post("application/json;ty=3", "{\"m2m:cnt\":{}}", "Accept: text/html");
        assertRefused(answer, 406, 5207, "text/html");
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void anUnknownMediaTypeIsRefused() throws Exception {
        assertRefused(post("text/plain;ty=3", "hello"), 415, 4015, "text/plain");
        assertRefused(post("", "{\"m2m:sgn\":{}}"), 400, 4000, "Content-Type");
        assertRefused(post("application/json;ty=three", "{\"m2m:cnt\":{}}"), 400, 4000, "three");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"m2m:cnt\":{}} x", "{\"a\":1,\"b\":2}", "not json", "{\"m2m:cnt\":{\"a\":1,\"a\":2}}"})
    void aMalformedBodyIsRefusedAndTheConnectionLivesOn(String body) throws Exception {
        try (RawHttp http = new RawHttp(door.port())) {
            http.sendText("POST /mn-name HTTP/1.1\r\nHost: h\r\nX-M2M-RI: r1\r\nContent-Type: application/json;ty=3\r\n"
                    + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            assertRefused(http.receive(), 400, 4000, "");
            http.send("GET /mn-name HTTP/1.1", "Host: h", "X-M2M-RI: r2", "", "");
            assertThat(http.receive().header("X-M2M-RI")).isEqualTo("r2");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "application/xml|<m2m:cnt xmlns:m2m='http://www.onem2m.org/xml/protocols'><mni>1</m2m:cnt>",
            "application/xml|<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", "application/xml|no xml",
            "application/cbor|abc", "application/json|{\"m2m:cnt\":"})
    void aMalformedBodyIsRefusedInEverySerializationAndTheAnswerIsWrittenInIt(String type, String body) throws Exception {
        RawHttp.Answer answer = post(type + ";ty=3", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("X-M2M-RSC")).isEqualTo("4000");
        assertThat(answer.header("Content-Type")).isEqualTo(type);
        assertThat(answer.body()).contains("dbg");
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void nothingIsLeftRunningWhenTheDoorIsClosed() throws Exception {
        get("/mn-name");
        door.close();
        long giveUp = System.nanoTime() + 5_000_000_000L;
        while (threads().findAny().isPresent() && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
        assertThat(threads()).isEmpty();
        assertThat(door.isOpen()).isFalse();
    }

    private static java.util.stream.Stream<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("lintel-http") && !name.startsWith("lintel-http-out"));
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        assertRefused(post("application/json;ty=4", "{\"m2m:cin\":{\"con\":\"" + "x".repeat(2000) + "\"}}"), 413, 4000,
                "2000 bytes");
        String chunk = "7d0\r\n" + "x".repeat(2000) + "\r\n";
        try (RawHttp http = new RawHttp(door.port())) {
            http.sendText("POST /mn-name HTTP/1.1\r\nHost: h\r\nX-M2M-RI: r1\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
            assertRefused(http.receive(), 413, 4000, "2000 bytes");
        }
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void aChunkedBodyIsTolerated() throws Exception {
        exchange("POST /mn-name HTTP/1.1", "Host: h", "X-M2M-RI: r1", "Content-Type: application/json;ty=3",
                "Transfer-Encoding: chunked", "",
                "8", "{\"m2m:cn", "b", "t\":{\"a\":1}}", "0", "", "");
        assertThat(cse.request().content()).contains(new Content("m2m:cnt", Attributes.of("a", 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GARBAGE\r\n\r\n", "GET /x\r\n\r\n", "GET /x HTTP/9.9\r\n\r\n",
            "GET /x HTTP/1.1\r\nBad Header: 1\r\n\r\n",
            "GET /x HTTP/1.1\r\n\r\n", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n"})
    void whatIsNoHttpGetsAStatusCodeToo(String bytes) throws Exception {
        try (RawHttp http = new RawHttp(door.port())) {
            http.sendText(bytes);
            RawHttp.Answer answer = http.receive();
            assertThat(answer.status()).isBetween(400, 505);
            assertThat(answer.header("X-M2M-RSC")).isIn("4000", "5000");
            assertThat(answer.header("Content-Length")).isNotNull();
        }
        assertThat(get("/mn-name").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mn-name/%zz", "/mn-name/a%2", "/mn-name/%00", "/../x", "/%2e%2e/x", "mn-name"})
    void aTargetThatCannotBeTakenApartIsSaidToBeSo(String target) throws Exception {
        RawHttp.Answer answer = exchange("GET " + target + " HTTP/1.1", "Host: h", "X-M2M-RI: r1", "X-M2M-Origin: C1", "", "");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("X-M2M-RSC")).isEqualTo("4000");
        assertThat(answer.body()).contains("the request target is no path with valid escapes");
    }

    @Test
    void anHttp10ClientIsServed() throws Exception {
        RawHttp.Answer answer = exchange("GET /mn-name HTTP/1.0", "X-M2M-RI: r1", "X-M2M-Origin: C1", "", "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("X-M2M-RSC")).isEqualTo("2000");
    }

    @Test
    void theUriOfWhatWasCreatedIsAContentLocationOnlyIfTheContentHoldsIt() throws Exception {
        String body = "{\"m2m:cnt\":{}}";
        cse.answers(request -> ResponsePrimitive.builder(2001, "r1").content(Content.uri("mn-name/c1")).build());
        assertThat(post("application/json;ty=3", body).header("Content-Location")).isEqualTo("/mn-name/c1");
        cse.answers(request -> ResponsePrimitive.builder(2001, "r1").content(new Content("m2m:rce",
                Attributes.builder().set("uri", "/mn-cse/mn-name/c1").set("m2m:cnt", Attributes.of("rn", "c1")).build()))
                        .build());
        RawHttp.Answer both = post("application/json;ty=3", body);
        assertThat(both.status()).isEqualTo(201);
        assertThat(both.header("Content-Location")).isEqualTo("/~/mn-cse/mn-name/c1");
        assertThat(both.body()).contains("m2m:rce");
        cse.answers(request -> ResponsePrimitive.builder(2001, "r1").content(new Content("m2m:cnt", Attributes.of("rn", "c1")))
                .build());
        assertThat(post("application/json;ty=3", body).header("Content-Location")).isNull();
    }

    @Test
    void aBusyCseMeansTryAgainLater() throws Exception {
        cse.answers(request -> Busy.refusal(request, "the store is full"));
        RawHttp.Answer answer = get("/mn-name");
        assertRefused(answer, 503, 5103, "the store is full");
        assertThat(answer.header("Retry-After")).isEqualTo("2");
    }

    @Test
    void theListenerStaysOpenWhileTheCseIsReplaced() throws Exception {
        door.unbindCse(cse);
        RawHttp.Answer answer = get("/mn-name");
        assertRefused(answer, 503, 5103, "not available");
        assertThat(answer.header("Retry-After")).isNotNull();
        assertThat(answer.header("X-M2M-RI")).isEqualTo("r1");
        try (RawHttp http = new RawHttp(door.port())) {
            http.send("GET /mn-name HTTP/1.1", "Host: h", "X-M2M-RI: r2", "", "");
            RecordingCse next = new RecordingCse();
            door.bindCse(next);
            assertThat(http.receive().status()).isEqualTo(200);
            assertThat(next.request().requestIdentifier()).isEqualTo("r2");
        }
    }

    @Test
    void aCseThatNeverAnswersTimesOut() throws Exception {
        cse.answersLater(request -> new CompletableFuture<>());
        assertRefused(get("/mn-name"), 504, 4008, "no answer");
    }

    @Test
    void manyUnansweredRequestsHoldNoThread() throws Exception {
        CompletableFuture<ResponsePrimitive> later = new CompletableFuture<>();
        cse.answersLater(request -> request.to().equals("slow") ? later : RecordingCse.done(RecordingCse.ok(request).build()));
        RawHttp[] waiting = new RawHttp[50];
        for (int i = 0; i < waiting.length; i++) {
            waiting[i] = new RawHttp(door.port());
            waiting[i].send("GET /slow HTTP/1.1", "Host: h", "X-M2M-RI: slow", "", "");
        }
        for (int i = 0; i < waiting.length; i++) {
            cse.request();
        }
        assertThat(get("/fast").status()).isEqualTo(200);
        later.complete(ResponsePrimitive.builder(2000, "slow").build());
        for (RawHttp http : waiting) {
            assertThat(http.receive().status()).isEqualTo(200);
            http.close();
        }
    }

    @Test
    void aPlainListenerOpensToTheNetworkUnderNoCircumstances() {
        for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            assertThatThrownBy(() -> new HttpDoor(Settings.of(HttpSettings.class, Map.of("port", 0, "host", host))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("http.host=" + host)
                            .hasMessageContaining("loopback");
        }
    }

    @Test
    void theDoorSaysWhereItIs() {
        assertThat(door.name()).isEqualTo("http");
        assertThat(door.isOpen()).isTrue();
        assertThat(door.pointsOfAccess()).containsExactly("http://127.0.0.1:" + door.port());
        assertThat(door.detail()).isEqualTo("http://127.0.0.1:" + door.port());
    }

    @Test
    void aPortThatIsTakenIsTriedAgain() throws Exception {
        HttpDoor second = new HttpDoor(Settings.of(HttpSettings.class, Map.of("port", door.port())));
        try {
            assertThat(second.isOpen()).isFalse();
            assertThat(second.detail()).contains("cannot listen");
            door.close();
            long giveUp = System.nanoTime() + 10_000_000_000L;
            while (!second.isOpen() && System.nanoTime() < giveUp) {
                Thread.onSpinWait();
            }
            assertThat(second.isOpen()).isTrue();
            second.bindCse(cse);
            assertThat(RawHttp.exchange(second.port(), "GET /x HTTP/1.1", "Host: h", "X-M2M-RI: r1", "", "").status())
                    .isEqualTo(200);
        } finally {
            second.close();
        }
    }

    private static void assertRefused(RawHttp.Answer answer, int status, int rsc, String text) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("X-M2M-RSC")).isEqualTo(Integer.toString(rsc));
        assertThat(answer.header("Content-Length")).isEqualTo(Integer.toString(answer.body().length()));
        assertThat(answer.body()).contains("m2m:dbg").contains(text);
    }

    @Test
    @Tag("WS-02")
    @Tag("WS-10")
    void openingHandshakesOfWebSocketAreHandedOverAndItsAddressIsTold() throws Exception {
        String http = "http://127.0.0.1:" + door.port();
        assertThat(door.pointsOfAccess()).containsExactly(http);
        String[] handshake = {"GET / HTTP/1.1", "Host: h", "Upgrade: WebSocket", "Connection: Upgrade, close", "", ""};
        assertThat(exchange(handshake).status()).as("a path that names nothing").isEqualTo(404);
        AtomicReference<Hop> came = new AtomicReference<>();
        WebSocketEntrance entrance = new WebSocketEntrance() {
            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void upgrade(Request request, Response response, Callback callback,
                    Function<Optional<RequestPrimitive>, Hop> hops, String prefix) {
                came.set(hops.apply(Optional.empty()));
                Response.writeError(request, response, callback, 426, "not today");
            }
        };
        door.bindWebSocket(entrance);
        assertThat(door.pointsOfAccess()).containsExactly(http, "ws://127.0.0.1:" + door.port());
        assertThat(exchange(handshake).status()).isEqualTo(426);
        assertThat(came.get().loopback()).isTrue();
        door.unbindWebSocket(entrance);
        assertThat(exchange(handshake).status()).isEqualTo(404);
    }
}
