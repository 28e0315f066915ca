// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import static io.lintel.rest.internal.ws.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.tls.ListenerTls;
import io.lintel.tls.NodeTls;
import io.lintel.tls.TestCertificates;
import io.lintel.tls.TlsSettings;

/** This node as a client of its registrar, which is another node with this binding: both ends as they are. */
class WebSocketClientTest {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private TestNode mn;
    private TestNode in;

    @BeforeEach
    void start() throws Exception {
        in = opened(new TestNode("/in-cse", Map.of()));
        mn = opened(new TestNode(Map.of()));
        in.known.add("/mn-cse");
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private static ResponsePrimitive answer(java.util.concurrent.CompletionStage<ResponsePrimitive> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static UnreachableException failure(java.util.concurrent.CompletionStage<ResponsePrimitive> stage) {
        try {
            stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return (UnreachableException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it was answered");
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    @Tag("WS-01")
    @Tag("WS-04")
    void requestsGoToTheRegistrarAndComeFromItOverOneConnection(Serialization serialization) throws Exception {
        Content content = new Content("m2m:cin", Attributes.of("con", "warm ö"));
        in.cse.answers(asked -> RecordingCse.ok(asked).content(content).build());
        RequestPrimitive up = TestNode.retrieve("/mn-cse/C1", "/in-cse/in-name/x", "up");
        assertThat(answer(mn.send(up, in.uri(), "/in-cse", serialization))).isEqualTo(RecordingCse.ok(up).content(content)
                .build());
        assertThat(in.cse.request()).isEqualTo(up);
        assertThat(in.cse.hop().originator()).contains("/mn-cse");
        assertThat(mn.binding.connection("/in-cse")).isPresent();
        await("the registrar knows the connection", () -> in.binding.connection("/mn-cse").isPresent());

        RequestPrimitive down = TestNode.retrieve("/in-cse/CApp", "/mn-cse/mn-name", "down");
        assertThat(answer(in.send(down, "connection:/mn-cse", "/mn-cse"))).isEqualTo(RecordingCse.ok(down).build());
        assertThat(mn.cse.request()).isEqualTo(down);
        Hop hop = mn.cse.hop();
        assertThat(hop.originator()).contains("/in-cse");
        assertThat(hop.loopback()).isTrue();
        assertThat(hop.secured()).isFalse();

        answer(mn.send(TestNode.retrieve("/mn-cse/C1", "/in-cse/in-name", "again"), in.uri(), "/in-cse", serialization));
        assertThat(in.cse.hop()).isNotNull();
        assertThat(in.accepted()).as("connections").isEqualTo(1);
    }

    @Test
    @Tag("WS-08")
    void theConnectionToTheRegistrarIsMadeAgainWithoutARequest() throws Exception {
        mn.known.registrar("/in-cse");
        answer(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "1"), in.uri(), "/in-cse"));
        in.cse.request();
        int port = in.port();
        in.stopListening();
        mn.pass(Duration.ofSeconds(91));
        await("the end is seen", () -> mn.binding.connection("/in-cse").isEmpty());
        await("the registrar sees it", () -> in.binding.connection("/mn-cse").isEmpty());
        in.listen(port);
        await("the registrar can reach it again", () -> in.binding.connection("/mn-cse").isPresent());
        RequestPrimitive here = in.cse.request();
        assertThat(here.from()).contains("/mn-cse");
        assertThat(here.to()).isEqualTo("/in-cse");
        assertThat(here.content()).contains(new Content("m2m:atrl", List.of("ri")));
        await("what waits for the registrar may go", () -> mn.cse.reached().contains("/in-cse"));
    }

    @Test
    @Tag("WS-08")
    void aConnectionToAnotherThanTheRegistrarIsMadeWhenThereIsSomethingToSend() throws Exception {
        answer(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "1"), in.uri(), "/in-cse"));
        in.binding.close();
        await("the end is seen", () -> mn.binding.connection("/in-cse").isEmpty());
        mn.pass(Duration.ofSeconds(5));
        assertThat(failure(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "2"), in.uri(), "/in-cse")).mayHaveArrived())
                .isFalse();
    }

    @Test
    void whoIsNotThereIsSurelyNotReachedAndLeftAloneForAWhile() throws Exception {
        int port = in.port();
        in.stopListening();
        UnreachableException first = failure(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "1"), "ws://127.0.0.1:" + port,
                "/in-cse"));
        assertThat(first.mayHaveArrived()).isFalse();
        UnreachableException second = failure(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "2"), "ws://127.0.0.1:" + port,
                "/in-cse"));
        assertThat(second.mayHaveArrived()).isFalse();
        in.listen(port);
        mn.pass(Duration.ofSeconds(1));
        assertThat(answer(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "3"), in.uri(), "/in-cse")).statusCode())
                .isEqualTo(2000);
    }

    @Test
    @Tag("WS-03")
    void aServerThatSpeaksAnotherSubprotocolIsNotSpokenTo() throws Exception {
        try (ScriptedServer server = new ScriptedServer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n")) {
            UnreachableException failure = failure(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "1"), server.uri(),
                    "/in-cse"));
            assertThat(failure).hasMessageContaining("takes none of the subprotocols [oneM2M.R2.0.json, oneM2M.json]");
            assertThat(server.head()).startsWith("GET / HTTP/1.1")
                    .contains("Sec-WebSocket-Protocol: oneM2M.R2.0.json, oneM2M.json")
                    .contains("Sec-WebSocket-Version: 13");
            assertThat(mn.binding.connection("/in-cse")).isEmpty();
        }
    }

    @Test
    @Tag("WS-02")
    void aRefusedHandshakeIsToldByItsStatus() throws Exception {
        try (ScriptedServer server = new ScriptedServer("HTTP/1.1 403 \r\nContent-Length: 0\r\n\r\n")) {
            assertThat(failure(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "1"), server.uri(), "/in-cse")))
                    .hasMessageEndingWith("its answer to the opening handshake is 403");
        }
    }

    @Test
    @Tag("WS-12")
    void itLeavesByAProxyWithConnect() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy()) {
            TestNode behind = opened(new TestNode(Map.of("proxy", "127.0.0.1:" + proxy.port())));
            assertThat(answer(behind.send(TestNode.retrieve("/mn-cse", "/in-cse", "1"), in.uri(), "/in-cse")).statusCode())
                    .isEqualTo(2000);
            assertThat(proxy.asked).containsExactly("CONNECT 127.0.0.1:" + in.port() + " HTTP/1.1");
        }
    }

    @Test
    void aClosingBindingTellsItsCallersAtOnce() throws Exception {
        in.cse.answersLater(request -> new CompletableFuture<>());
        var waits = mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "1"), in.uri(), "/in-cse");
        in.cse.request();
        mn.binding.close();
        assertThat(failure(waits).mayHaveArrived()).isTrue();
        assertThatThrownBy(() -> answer(mn.send(TestNode.retrieve("/mn-cse", "/in-cse", "2"), in.uri(), "/in-cse")))
                .cause().hasMessageContaining("closing");
    }

    @Test
    @Tag("WS-11")
    void bothEndsOfWssProveWhoTheyAreBeforeTheHandshake(@TempDir Path mnHome, @TempDir Path inHome) throws Exception {
        NodeTls inTls = new NodeTls(inHome);
        ListenerTls listener = inTls.listener("test", TlsSettings.of(inHome, new TlsSettings.Texts("", "", "", "", "", "", ""),
                "127.0.0.1", TlsSettings.ClientCertificates.REQUIRED), Runnable::run);
        listener.prepare().get(10, TimeUnit.SECONDS);
        TestCertificates authority = new TestCertificates(NodeTls.folder(inHome));
        Path mine = Files.createDirectories(NodeTls.folder(mnHome));
        TestCertificates.write(mine, "client", authority.issue("/mn-cse"));
        TestNode secure = opened(new TestNode("/in-cse", Map.of(), inHome, Optional.of(listener.current().context())));
        secure.known.add("/mn-cse");
        Map<String, Object> keys = Map.of("certificateFile", "etc/tls/client.crt", "keyFile", "etc/tls/client.key");

        TestNode unbelieving = opened(new TestNode("/mn-cse", keys, mnHome, Optional.empty()));
        UnreachableException refused = failure(unbelieving.send(TestNode.retrieve("/mn-cse", "/in-cse", "1"), secure.uri(),
                "/in-cse"));
        assertThat(refused.mayHaveArrived()).isFalse();
        assertThat(refused).as("nobody trusted has signed the server's certificate").hasMessageContaining("certification path");

        Files.copy(authority.authorityFile(), Files.createDirectories(mine.resolve("trusted")).resolve("in.crt"));
        unbelieving.pass(Duration.ofSeconds(1));
        assertThat(answer(unbelieving.send(TestNode.retrieve("/mn-cse", "/in-cse", "2"), secure.uri(), "/in-cse")).statusCode())
                .isEqualTo(2000);
        secure.cse.request();
        Hop hop = secure.cse.hop();
        assertThat(hop.secured()).isTrue();
        assertThat(hop.verified()).contains("/mn-cse");
        await("the registrar knows the connection", () -> secure.binding.connection("/mn-cse").isPresent());
        answer(secure.send(TestNode.retrieve("/in-cse", "/mn-cse", "3"), "connection:/mn-cse", "/mn-cse"));
        Hop back = unbelieving.cse.hop();
        assertThat(back.secured()).isTrue();
        assertThat(back.verified()).contains("/in-cse");

        TestNode unknown = opened(new TestNode("/mn-cse", Map.of("caFile", authority.authorityFile().toString()), mnHome,
                Optional.empty()));
        assertThat(failure(unknown.send(TestNode.retrieve("/mn-cse", "/in-cse", "4"), secure.uri(), "/in-cse")).mayHaveArrived())
                .as("without a certificate there is no connection").isFalse();
    }

    /** Connects where it is asked to. */
    private static final class ConnectProxy implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

        ConnectProxy() throws IOException {
            daemon(() -> {
                while (true) {
                    Socket client = listening.accept();
                    String line = ScriptedServer.readHead(client.getInputStream()).split("\r\n")[0];
                    asked.add(line);
                    Socket server = new Socket(InetAddress.getLoopbackAddress(),
                            Integer.parseInt(line.replaceFirst("CONNECT \\S+:(\\d+) .*", "$1")));
                    client.getOutputStream().write("HTTP/1.1 200 \r\n\r\n".getBytes());
                    client.getOutputStream().flush();
                    daemon(() -> client.getInputStream().transferTo(server.getOutputStream()));
                    daemon(() -> server.getInputStream().transferTo(client.getOutputStream()));
                }
            });
        }

        int port() {
            return listening.getLocalPort();
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void daemon(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    // the test is over
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
