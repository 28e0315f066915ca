// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Settings;

/** How answers are given: in which form, compressed, with a tag, to pages of other origins; and changes with conditions. */
class HttpRepresentationTest {
    private final RecordingCse cse = new RecordingCse();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpDoor door;
    private volatile String text = "one";

    private void open(Object... settings) throws Exception {
        Map<String, Object> values = new HashMap<>(Map.of("port", 0));
        for (int i = 0; i < settings.length; i += 2) {
            values.put((String) settings[i], settings[i + 1]);
        }
        door = new HttpDoor(Settings.of(HttpSettings.class, values));
        cse.answers(request -> RecordingCse.ok(request)
                .content(new Content("m2m:cnt", Attributes.of("lbl", List.of(text)))).build());
        door.bindCse(cse);
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    private HttpResponse<byte[]> send(String method, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/mn-name/c"))
                .header("X-M2M-RI", "r1").header("X-M2M-Origin", "C1").timeout(Duration.ofSeconds(20));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        boolean body = method.equals("PUT");
        if (body) {
            request.header("Content-Type", "application/json");
        }
        return client.send(request.method(method, body ? HttpRequest.BodyPublishers.ofString("{\"m2m:cnt\":{\"mni\":5}}")
                : HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "406", value = {
        "application/json|application/json",
        "application/xml|application/xml",
        "application/cbor|application/cbor",
        "application/vnd.onem2m-res+xml|application/vnd.onem2m-res+xml",
        "*/*|application/json",
        "application/*;q=0.1|application/json",
        "text/html, application/xml;q=0.2|application/xml",
        "application/json;q=0.5, application/xml;q=0.7|application/xml",
        "application/xml;q=0.5, application/json;q=0.5|application/json",
        "application/json;q=0, */*;q=0.3|application/xml",
        "application/json; q=0|406",
        "text/html, image/png|406",
        "APPLICATION/XML|application/xml",
        "application/xml;Q=0.9, application/cbor;q=1.0|application/cbor",
        "application/json;q=2, application/xml|application/xml"})
    void theHighestWeightThatCanBeServedCounts(String accept, String type) throws Exception {
        open();
        HttpResponse<byte[]> answer = send("GET", "Accept", accept);
        assertThat(answer.statusCode()).isEqualTo(type == null ? 406 : 200);
        assertThat(header(answer, "Content-Type")).isEqualTo(type == null ? "application/json" : type);
        assertThat(header(answer, "X-M2M-RSC")).isEqualTo(type == null ? "5207" : "2000");
    }

    @Test
    void tagsAreThereForThoseWhoCompareAndChangeWithTheRepresentation() throws Exception {
        open();
        assertThat(header(send("GET"), "ETag")).as("nobody asked").isNull();
        HttpResponse<byte[]> first = send("GET", "If-None-Match", "\"?\"");
        String tag = header(first, "ETag");
        assertThat(tag).startsWith("\"").endsWith("\"").doesNotStartWith("W/");
        HttpResponse<byte[]> same = send("GET", "If-None-Match", "\"x\", " + tag);
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(header(same, "ETag")).isEqualTo(tag);
        assertThat(header(same, "X-M2M-RSC")).isEqualTo("2000");
        assertThat(header(same, "X-M2M-RI")).isEqualTo("r1");
        assertThat(header(send("GET", "If-None-Match", tag, "Accept", "application/xml"), "ETag")).as("another form")
                .isNotEqualTo(tag);
        text = "two";
        HttpResponse<byte[]> changed = send("GET", "If-None-Match", tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(header(changed, "ETag")).isNotEqualTo(tag);
        assertThat(send("GET", "If-None-Match", "W/" + header(changed, "ETag")).statusCode()).isEqualTo(304);
    }

    @Test
    void tagsMayAlwaysBeThereOrNever() throws Exception {
        open("entityTags", "always");
        assertThat(header(send("GET"), "ETag")).isNotNull();
        close();
        open("entityTags", "never");
        assertThat(header(send("GET", "If-None-Match", "*"), "ETag")).isNull();
        assertThat(send("PUT", "If-Match", "\"x\"").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"PUT", "DELETE"})
    void aChangeWithAConditionHappensIfItHolds(String method) throws Exception {
        open();
        String tag = header(send("GET", "If-None-Match", "\"?\""), "ETag");
        cse.request();
        HttpResponse<byte[]> missed = send(method, "If-Match", "\"other\"");
        assertThat(missed.statusCode()).isEqualTo(412);
        assertThat(header(missed, "X-M2M-RSC")).isEqualTo("4105");
        assertThat(new String(missed.body(), StandardCharsets.UTF_8)).contains("m2m:dbg").contains("If-Match");
        assertThat(cse.request().operation()).as("looked at").isEqualTo(Operation.RETRIEVE);
        assertThat(cse.waiting()).as("and not changed").isZero();
        assertThat(send(method, "If-Match", "W/" + tag).statusCode()).as("a weak tag").isEqualTo(412);
        cse.request();
        assertThat(send(method, "If-None-Match", tag).statusCode()).isEqualTo(412);
        cse.request();

        assertThat(send(method, "If-Match", "\"other\"," + tag).statusCode()).isEqualTo(200);
        assertThat(cse.request().operation()).isEqualTo(Operation.RETRIEVE);
        assertThat(cse.request().operation()).isEqualTo(method.equals("PUT") ? Operation.UPDATE : Operation.DELETE);
        assertThat(send(method, "If-Match", "*").statusCode()).isEqualTo(200);
    }

    @Test
    void whatCannotBeRetrievedIsNotChangedEither() throws Exception {
        open();
        cse.answers(request -> ResponsePrimitive.builder(ResponseStatusCode.NOT_FOUND, request.requestIdentifier())
                .content(Content.debugInfo("nothing there")).build());
        HttpResponse<byte[]> answer = send("PUT", "If-Match", "*");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(cse.request().operation()).isEqualTo(Operation.RETRIEVE);
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void aLargeAnswerIsCompressedForThoseWhoTakeIt() throws Exception {
        open("compressionBytes", 1000);
        text = "many words ".repeat(200);
        HttpResponse<byte[]> plain = send("GET");
        assertThat(header(plain, "Content-Encoding")).isNull();
        assertThat(header(plain, "Vary")).isEqualTo("Accept-Encoding");
        HttpResponse<byte[]> compressed = send("GET", "Accept-Encoding", "br, gzip;q=0.8", "If-None-Match", "\"?\"");
        assertThat(header(compressed, "Content-Encoding")).isEqualTo("gzip");
        assertThat(compressed.body().length).isLessThan(plain.body().length / 4);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes()).isEqualTo(plain.body());
        String tag = header(compressed, "ETag");
        assertThat(tag).endsWith("-gzip\"");
        assertThat(send("GET", "Accept-Encoding", "gzip", "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(header(send("GET", "Accept-Encoding", "gzip;q=0"), "Content-Encoding")).isNull();
        text = "few";
        HttpResponse<byte[]> small = send("GET", "Accept-Encoding", "gzip");
        assertThat(header(small, "Content-Encoding")).isNull();
        assertThat(header(small, "Vary")).isNull();
    }

    @Test
    void aCompressedRequestIsRefused() throws Exception {
        open();
        HttpResponse<byte[]> answer = send("PUT", "Content-Encoding", "gzip");
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(header(answer, "X-M2M-RSC")).isEqualTo("4015");
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("Content-Encoding");
    }

    @Test
    void pagesOfOtherOriginsAreKeptOutUntilTheyAreNamed() throws Exception {
        open();
        RawHttp.Answer preflight = preflight("https://app.example");
        assertThat(preflight.status()).isEqualTo(405);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isNull();
        close();

        open("allowedOrigins", "https://app.example, http://localhost:3000");
        RawHttp.Answer allowed = preflight("https://app.example");
        assertThat(allowed.status()).isEqualTo(204);
        assertThat(allowed.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example");
        assertThat(allowed.header("Access-Control-Allow-Methods")).isEqualTo("GET, POST, PUT, DELETE");
        assertThat(allowed.header("Access-Control-Allow-Headers")).contains("X-M2M-Origin", "X-M2M-RI", "Content-Type");
        assertThat(allowed.header("X-M2M-RSC")).isEqualTo("2000");
        assertThat(cse.waiting()).as("no request of oneM2M's").isZero();
        RawHttp.Answer other = preflight("https://evil.example");
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.header("Access-Control-Allow-Origin")).isNull();
        RawHttp.Answer get = RawHttp.exchange(door.port(), "GET /mn-name HTTP/1.1", "Host: h", "X-M2M-RI: 1", "X-M2M-Origin: C1",
                "Origin: http://localhost:3000", "", "");
        assertThat(get.status()).isEqualTo(200);
        assertThat(get.header("Access-Control-Allow-Origin")).isEqualTo("http://localhost:3000");
        assertThat(get.header("Access-Control-Expose-Headers")).contains("X-M2M-RSC", "X-M2M-RI", "Content-Location");
        assertThat(get.header("Vary")).isEqualTo("Origin");
        close();

        open("allowedOrigins", "*");
        assertThat(preflight("https://any.example").header("Access-Control-Allow-Origin")).isEqualTo("*");
    }

    private RawHttp.Answer preflight(String origin) throws IOException {
        try (RawHttp http = new RawHttp(door.port())) {
            http.send("OPTIONS /mn-name HTTP/1.1", "Host: h", "Origin: " + origin, "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: x-m2m-origin, x-m2m-ri", "", "");
            return http.receiveHead();
        }
    }

    @Test
    void http2IsSpokenWithoutTlsToo() throws Exception {
        open();
        HttpClient two = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/mn-name"))
                .header("X-M2M-RI", "r1").header("X-M2M-Origin", "C1").build();
        HttpResponse<String> answer = two.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(header(answer, "X-M2M-RSC")).isEqualTo("2000");
        assertThat(cse.hop().loopback()).isTrue();
    }
}
