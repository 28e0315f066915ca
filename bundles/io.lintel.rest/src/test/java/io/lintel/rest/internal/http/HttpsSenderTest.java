// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Settings;
import io.lintel.tls.Identities;
import io.lintel.tls.NodeTls;
import io.lintel.tls.TestCertificates;

/** Requests that leave over HTTPS, through proxies, in order, and not more than there is room for. */
class HttpsSenderTest {
    @TempDir
    private Path here;
    @TempDir
    private Path there;

    private final RecordingCse cse = new RecordingCse();
    private HttpsDoor peer;
    private HttpSender sender;

    @BeforeEach
    void open() throws Exception {
        peer = new HttpsDoor(Settings.of(HttpsSettings.class, Map.of("port", 0, "host", "0.0.0.0")), new NodeTls(there),
                new Identities(there, "etc/identities", "none"));
        peer.bindCse(cse);
    }

    @AfterEach
    void close() throws Exception {
        sender.close();
        peer.close();
    }

    private HttpSender sender(Object... settings) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put((String) settings[i], settings[i + 1]);
        }
        sender = new HttpSender(Settings.of(HttpSettings.class, values), new NodeTls(here));
        return sender;
    }

    private static RequestPrimitive notify(String identifier) {
        return RequestPrimitive.builder(Operation.NOTIFY, "/mn-cse/C1").from("/in-cse").requestIdentifier(identifier)
                .content(new Content("m2m:sgn", Attributes.of("sur", "x"))).build();
    }

    private CompletableFuture<ResponsePrimitive> send(RequestPrimitive request, String uri, long millis) {
        return sender.send(new OutboundRequest(request, URI.create(uri), Optional.of("/mn-cse"), Optional.empty(),
                Instant.now().plusMillis(millis))).toCompletableFuture();
    }

    private ResponsePrimitive send(String host) {
        return send(notify("n1"), "https://" + host + ":" + peer.port(), 15_000).join();
    }

    private static UnreachableException unreachable(Throwable failure) {
        return (UnreachableException) (failure instanceof CompletionException ? failure.getCause() : failure);
    }

    @Test
    void aPeerIsBelievedIfItsAuthorityIsAndTheNodeShowsItsCertificate() throws Exception {
        TestCertificates authority = new TestCertificates(there.resolve("etc/tls"));
        TestCertificates.write(here, "node", authority.issue("in", "URI:m2m://lintel.example/in-cse"));
        Files.copy(authority.authorityFile(), here.resolve("peer-ca.crt"));
        sender("caFile", "peer-ca.crt", "certificateFile", "node.crt", "keyFile", "node.key");
        assertThat(send("localhost").statusCode()).isEqualTo(2000);
        assertThat(cse.hop().verified()).contains("/in-cse");
        assertThat(cse.request().requestIdentifier()).isEqualTo("n1");
    }

    @Test
    void anAuthorityThatIsTrustedLaterCountsWithoutARestart() throws Exception {
        TestCertificates authority = new TestCertificates(there.resolve("etc/tls"));
        sender("systemAuthorities", false);
        new TestCertificates(here.resolve("etc/tls"));
        assertThatThrownBy(() -> send("localhost")).satisfies(failure -> {
            assertThat(unreachable(failure)).hasMessageContaining("https://localhost:" + peer.port());
            assertThat(unreachable(failure).mayHaveArrived()).isFalse();
        });
        Files.createDirectories(here.resolve("etc/tls/trusted"));
        Files.copy(authority.authorityFile(), here.resolve("etc/tls/trusted/peer.crt"));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        Optional<ResponsePrimitive> answer = Optional.empty();
        while (answer.isEmpty() && System.nanoTime() < end) {
            answer = send(notify("n1"), "https://localhost:" + peer.port(), 15_000).handle((response, failure) ->
                    Optional.ofNullable(response)).join();
        }
        assertThat(answer.map(ResponsePrimitive::statusCode)).contains(2000);
        assertThat(cse.hop().secured()).as("it shows no certificate").isFalse();
    }

    @Test
    void aCertificateHasToShowTheNameThatWasAskedFor() throws Exception {
        TestCertificates authority = new TestCertificates(there.resolve("etc/tls"));
        Files.copy(authority.authorityFile(), here.resolve("peer-ca.crt"));
        sender("caFile", "peer-ca.crt");
        assertThat(send("127.0.0.1").statusCode()).isEqualTo(2000);
        assertThatThrownBy(() -> send("127.0.0.3")).satisfies(failure -> assertThat(unreachable(failure))
                .hasMessageContaining("127.0.0.3"));
    }

    @Test
    void aFileThatCannotBeUsedIsNamed() {
        sender("caFile", "nowhere.crt");
        assertThatThrownBy(() -> send("localhost")).satisfies(failure -> {
            assertThat(unreachable(failure)).hasMessageContaining("nowhere.crt is not there");
            assertThat(unreachable(failure).mayHaveArrived()).isFalse();
        });
    }

    @Test
    void throughAProxyTheTargetIsInItsAbsoluteForm() throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            sender("proxy", "127.0.0.1:" + proxy.getLocalPort(), "noProxy", ".inside.example");
            CompletableFuture<ResponsePrimitive> answer = send(notify("n1"), "http://gw.example:8080/x", 10_000);
            try (Socket socket = proxy.accept()) {
                assertThat(line(socket.getInputStream())).isEqualTo("POST http://gw.example:8080/x/~/mn-cse/C1 HTTP/1.1");
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\nX-M2M-RSC: 2000\r\nContent-Length: 0\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(answer.join().statusCode()).isEqualTo(2000);
            }
            send(notify("n2"), "https://gw.example:8443", 3_000);
            try (Socket socket = proxy.accept()) {
                assertThat(line(socket.getInputStream())).isEqualTo("CONNECT gw.example:8443 HTTP/1.1");
            }
        }
    }

    private static String line(InputStream in) throws Exception {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.append(b == '\r' ? "" : String.valueOf((char) b));
        }
        return line.toString();
    }

    @ParameterizedTest
    @CsvSource({"proxy, gw, http.proxy", "proxy, gw:x, http.proxy", "keyFile, a.key, http.certificateFile"})
    void aWrongSettingStopsTheStart(String key, String value, String named) {
        sender();
        assertThatThrownBy(() -> new HttpSender(Settings.of(HttpSettings.class, Map.of(key, value)), new NodeTls(here)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named);
    }

    @Test
    void whatOneOriginatorChangesAtOneTargetLeavesInOrderAndRetrievalsWaitForNobody() throws Exception {
        HttpDoor plain = new HttpDoor(Settings.of(HttpSettings.class, Map.of("port", 0)));
        try {
            plain.bindCse(cse);
            sender();
            String uri = "http://127.0.0.1:" + plain.port();
            CompletableFuture<ResponsePrimitive> held = new CompletableFuture<>();
            cse.answersLater(request -> request.requestIdentifier().equals("n1") ? held
                    : RecordingCse.done(RecordingCse.ok(request).build()));
            List<CompletableFuture<ResponsePrimitive>> answers = new ArrayList<>();
            for (String identifier : List.of("n1", "n2", "n3")) {
                answers.add(send(notify(identifier), uri, 15_000));
            }
            assertThat(cse.request().requestIdentifier()).isEqualTo("n1");
            RequestPrimitive look = RequestPrimitive.builder(Operation.RETRIEVE, "/mn-cse/x").from("/in-cse")
                    .requestIdentifier("look").build();
            assertThat(send(look, uri, 15_000).join().statusCode()).isEqualTo(2000);
            assertThat(cse.request().requestIdentifier()).isEqualTo("look");
            RequestPrimitive other = notify("other").toBuilder().from("/other-cse").build();
            assertThat(send(other, uri, 15_000).join().statusCode()).isEqualTo(2000);
            assertThat(cse.request().requestIdentifier()).isEqualTo("other");
            assertThat(cse.waiting()).isZero();
            assertThatThrownBy(() -> send(notify("late"), uri, 300).join()).satisfies(failure -> {
                assertThat(unreachable(failure)).hasMessageContaining("no turn");
                assertThat(unreachable(failure).mayHaveArrived()).isFalse();
            });
            held.complete(RecordingCse.ok(notify("n1")).build());
            for (CompletableFuture<ResponsePrimitive> answer : answers) {
                assertThat(answer.join().statusCode()).isEqualTo(2000);
            }
            assertThat(cse.request().requestIdentifier()).isEqualTo("n2");
            assertThat(cse.request().requestIdentifier()).isEqualTo("n3");
            assertThat(cse.waiting()).as("what had no turn never left").isZero();
        } finally {
            plain.close();
        }
    }

    @Test
    void moreThanThereIsRoomForIsRefusedAtOnce() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            sender("maxUnderWay", 2);
            String uri = "http://127.0.0.1:" + silent.getLocalPort();
            send(notify("n1"), uri, 20_000);
            send(notify("n2"), uri, 20_000);
            assertThatThrownBy(() -> send(notify("n3"), uri, 20_000).join()).satisfies(failure -> {
                assertThat(unreachable(failure)).hasMessageContaining("more than 2");
                assertThat(unreachable(failure).mayHaveArrived()).isFalse();
            });
        }
    }
}
