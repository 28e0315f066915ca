// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

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
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.mapping.Samples;
import io.lintel.rest.internal.mapping.Settings;
import io.lintel.tls.NodeTls;

/** What leaves on the wire, and what all kinds of answers mean. */
class HttpSenderTest {
    private static final RequestPrimitive NOTIFICATION = Samples.of(Operation.NOTIFY, "/mn-cse/C1").from("/mn-cse")
            .content(new Content("m2m:sgn", Attributes.of("sur", "x"))).build();

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private HttpSender sender = new HttpSender(Settings.of(HttpSettings.class, Map.of()),
            new NodeTls(Path.of("target", "no-home")));
    private ServerSocket peer;
    private volatile String answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    @BeforeEach
    void open() throws IOException {
        peer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve, "test-peer");
        server.setDaemon(true);
        server.start();
    }

    @AfterEach
    void close() throws IOException {
        sender.close();
        peer.close();
    }

    /** Reads one request whole (head, and body by Content-Length) per connection, answers, and closes. */
    private void serve() {
        while (!peer.isClosed()) {
            try (Socket socket = peer.accept()) {
                InputStream in = socket.getInputStream();
                StringBuilder text = new StringBuilder();
                while (text.indexOf("\r\n\r\n") < 0) {
                    text.append((char) in.read());
                }
                java.util.regex.Matcher length = java.util.regex.Pattern.compile("(?i)content-length: (\\d+)").matcher(text);
                if (length.find()) {
                    text.append(new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8));
                }
                received.add(text.toString());
                String reply = answer;
                if (!reply.equals("silence")) {
                    socket.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
                } else {
                    in.read();
                }
            } catch (IOException e) {
                received.add("failed: " + e);
            }
        }
    }

    private ResponsePrimitive send(RequestPrimitive request, String path, String receiver) throws Exception {
        return send(request, path, receiver, 10_000);
    }

    private ResponsePrimitive send(RequestPrimitive request, String path, String receiver, long millis) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + peer.getLocalPort() + path);
        return sender.send(new OutboundRequest(request, uri, Optional.of(receiver).filter(id -> !id.isEmpty()), Optional.empty(),
                Instant.now().plusMillis(millis))).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private String received() throws InterruptedException {
        String request = received.poll(5, TimeUnit.SECONDS);
        return request == null ? "" : request;
    }

    @ParameterizedTest
    @CsvSource({
            // a free URI is used as it stands; an AE's pointOfAccess too; a CSE's is a prefix of the mapped path
            "'',/hook?a=1&b=%20c,/hook?a=1&b=%20c", "'','',/", "/mn-cse/C1,/ae/notify,/ae/notify", "/S5,'',/",
            "/in-cse,'',/~/mn-cse/C1", "/in-cse,/,/~/mn-cse/C1", "/in-cse,/prefix/,/prefix/~/mn-cse/C1"})
    void aNotificationGoesWhereItsTargetListens(String receiver, String path, String expected) throws Exception {
        RequestPrimitive request = receiver.equals("/S5") ? NOTIFICATION.toBuilder().to("/S5").build() : NOTIFICATION;
        assertThat(send(request, path, receiver).statusCode()).isEqualTo(2000);
        String sent = received();
        assertThat(sent).startsWith("POST " + expected + " HTTP/1.1\r\n");
        assertThat(sent).containsIgnoringCase("\r\nContent-Length: 23\r\n")
                .contains("\r\nX-M2M-RI: r-17\r\n", "\r\nX-M2M-Origin: /mn-cse\r\n", "\r\nIdempotency-Key: \"r-17\"\r\n",
                "\r\nContent-Type: application/vnd.onem2m-ntfy+json\r\n").doesNotContain("ty=")
                        .endsWith("{\"m2m:sgn\":{\"sur\":\"x\"}}");
    }

    @Test
    void notificationsCanBeMarkedPlainly() throws Exception {
        sender.close();
        sender = new HttpSender(Settings.of(HttpSettings.class, Map.of("notificationMediaType", false)),
                new NodeTls(Path.of("target", "no-home")));
        send(NOTIFICATION, "/", "");
        assertThat(received()).contains("\r\nContent-Type: application/json\r\n");
    }

    @Test
    void aCreateNamesItsTypeInTheContentType() throws Exception {
        send(Samples.of(Operation.CREATE, "/in-cse/in-name").resourceType(3)
                .content(new Content("m2m:cnt", Attributes.of("rn", "c"))).build(),
                "", "/in-cse");
        assertThat(received()).startsWith("POST /~/in-cse/in-name HTTP/1.1\r\n")
                .contains("\r\nContent-Type: application/json;ty=3\r\n");
    }

    @ParameterizedTest
    @CsvSource({"200,2000", "204,2000", "202,1000", "400,4000", "401,4103", "403,4103", "404,4004", "405,4005", "406,5207",
            "408,4008",
            "409,4105", "415,4015", "500,5103", "503,5103", "504,4008"})
    void aStatusAloneIsUnderstood(int status, int rsc) throws Exception {
        answer = "HTTP/1.1 " + status + " \r\nConnection: close\r\n\r\n";
        assertThat(send(NOTIFICATION, "/hook", "").statusCode()).isEqualTo(rsc);
    }

    @ParameterizedTest
    @CsvSource({"CREATE,2001", "RETRIEVE,2000", "UPDATE,2004", "DELETE,2002"})
    void successWithoutACodeGoesByTheOperation(Operation operation, int rsc) throws Exception {
        assertThat(send(Samples.of(operation, "in-name").build(), "", "/in-cse").statusCode()).isEqualTo(rsc);
    }

    @Test
    void theCodeInTheHeaderCounts() throws Exception {
        answer = "HTTP/1.1 500 \r\nX-M2M-RSC: 5204\r\nX-M2M-RI: r-17\r\nContent-Length: 0\r\n\r\n";
        assertThat(send(NOTIFICATION, "/", "/in-cse").statusCode()).isEqualTo(5204);
    }

    @Test
    void aWebHookMayAnswerInAnyForm() throws Exception {
        answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<h1>thanks</h";
        ResponsePrimitive response = send(NOTIFICATION, "/hook", "");
        assertThat(response.statusCode()).isEqualTo(2000);
        assertThat(response.content()).isEmpty();
    }

    @Test
    void aCseThatAnswersNonsenseHasFailed() throws Exception {
        answer = "HTTP/1.1 200 OK\r\nX-M2M-RSC: 2000\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{oops";
        assertThat(send(Samples.of(Operation.RETRIEVE, "x").build(), "", "/in-cse").statusCode()).isEqualTo(5000);
    }

    @Test
    void nobodyThereMeansItDidNotArrive() throws Exception {
        peer.close();
        assertThatThrownBy(() -> send(NOTIFICATION, "/", "")).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse());
    }

    @Test
    void silenceUntilTheDeadlineMeansItMayHaveArrived() {
        answer = "silence";
        assertThatThrownBy(() -> send(NOTIFICATION, "/", "", 300)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isTrue());
    }

    @Test
    void aDeadlineInThePastIsNotTried() {
        assertThatThrownBy(() -> send(NOTIFICATION, "/", "", -1)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse());
        assertThat(received).isEmpty();
    }

    @Test
    void whatNoHeaderCanCarryDoesNotLeave() {
        RequestPrimitive request = NOTIFICATION.toBuilder().requestIdentifier("a\r\nX-Evil: 1").build();
        assertThatThrownBy(() -> send(request, "/", "")).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse());
    }

    @Test
    void theAnswersSizeIsLimited() {
        sender.close();
        sender = new HttpSender(Settings.of(HttpSettings.class, Map.of("maxAnswerBytes", 10)),
                new NodeTls(Path.of("target", "no-home")));
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789";
        assertThatThrownBy(() -> send(NOTIFICATION, "/", "")).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOf(UnreachableException.class).hasMessageContaining("larger than 10 bytes");
    }

    @Test
    void theReceiversSerializationIsUsed() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + peer.getLocalPort());
        sender.send(new OutboundRequest(Samples.of(Operation.RETRIEVE, "x").build(), uri, Optional.of("/in-cse"),
                Optional.of(Serialization.CBOR), Instant.now().plusSeconds(5))).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(received()).contains("\r\nAccept: application/cbor\r\n");
    }

    @Test
    void whatIsUnderWayWhenItClosesFailsAtOnce() throws Exception {
        answer = "silence";
        URI uri = URI.create("http://127.0.0.1:" + peer.getLocalPort() + "/hook");
        CompletableFuture<ResponsePrimitive> result = sender.send(new OutboundRequest(NOTIFICATION, uri, Optional.empty(),
                Optional.empty(), Instant.now().plusSeconds(60))).toCompletableFuture();
        assertThat(received()).startsWith("POST /hook");
        sender.close();
        assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isTrue());
    }
}
