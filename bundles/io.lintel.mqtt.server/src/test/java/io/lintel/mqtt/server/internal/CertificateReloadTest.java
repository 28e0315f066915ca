// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.tls.internal.NodeCertificates.ClientCertificate;
import io.lintel.tls.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Certificates that change under living connections, handshakes that never end, and settings that are wrong. */
class CertificateReloadTest {
    private TestServer server;
    private Path tls;
    private TestCertificates certificates;

    @BeforeEach
    void start() {
        server = TestServer.start(new InMemorySessionStore(), new PasswordTest.Seen(), Map.of("connectTimeoutMillis", 4_000));
        tls = server.home().resolve("etc/tls");
        certificates = new TestCertificates(tls);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void listen(Map<String, Object> settings) {
        server.listening("tls", settings);
    }

    private PacketClient connected(TestCertificates authority, ClientCertificate certificate) {
        return PacketClient.open(server.port("tls"), authority.client(certificate))
                .send(Packets.connect("c-" + System.nanoTime(), true, 0))
                .expectConnack(0, false);
    }

    private X509Certificate shown() throws IOException {
        try (SSLSocket socket = (SSLSocket) certificates.client(certificates.issue("any")).getSocketFactory()
                .createSocket("127.0.0.1", server.port("tls"))) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void aNewServerCertificateIsUsedAndConnectionsStay() throws Exception {
        listen(Map.of("transport", "tls"));
        try (PacketClient before = connected(certificates, certificates.issue("before"))) {
            X509Certificate old = shown();
            Files.delete(tls.resolve("server.crt"));   // the node makes another
            TestServer.eventually("another certificate is shown", () -> {
                try {
                    return !shown().equals(old);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            before.expectNothing();
            connected(certificates, certificates.issue("after")).close();
        }
    }

    @Test
    void theNodesCertificateHasTheNamesOfAllListeners() throws Exception {
        server.listening("other", Map.of("transport", "tls", "names", "other.example, 192.0.2.7"));
        listen(Map.of("transport", "tls", "names", "gateway.example"));
        TestServer.eventually("all names are in it", () -> {
            try {
                String names = String.valueOf(shown().getSubjectAlternativeNames());
                return names.contains("gateway.example") && names.contains("other.example") && names.contains("192.0.2.7")
                        && names.contains("localhost");
            } catch (java.security.cert.CertificateParsingException | IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aBrokenFileLeavesWhatWasThereAndIsReportedInState() throws Exception {
        TestCertificates.write(tls, "mine", certificates.issue("not used"));
        Files.copy(tls.resolve("server.crt"), tls.resolve("mine.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(tls.resolve("server.key"), tls.resolve("mine.key"), StandardCopyOption.REPLACE_EXISTING);
        listen(Map.of("transport", "tls", "certificateFile", "etc/tls/mine.crt", "keyFile", "etc/tls/mine.key"));
        try (PacketClient before = connected(certificates, certificates.issue("before"))) {
            X509Certificate old = shown();
            Files.writeString(tls.resolve("mine.crt"), "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
            server.server().reload();
            TestServer.eventually("the reason is shown",
                    () -> server.server().warnings().stream().anyMatch(w -> w.contains("mine.crt")));
            assertThat(server.server().isOpen()).isTrue();
            assertThat(shown()).isEqualTo(old);
            before.expectNothing();
            Files.copy(tls.resolve("server.crt"), tls.resolve("mine.crt"), StandardCopyOption.REPLACE_EXISTING);
            server.server().reload();
            TestServer.eventually("all is well", () -> server.server().warnings().isEmpty());
        }
    }

    @Test
    void aWrongKeyKeepsTheListenerFromServingUntilItIsRight() throws Exception {
        TestCertificates.write(tls, "mine", certificates.issue("of another key"));
        Files.copy(tls.resolve("server.crt"), tls.resolve("mine.crt"), StandardCopyOption.REPLACE_EXISTING);
        server.server().addListener(new ConfiguredListener("tls", TestServer.defaults(ConfiguredListener.Config.class,
                Map.of("transport", "tls", "certificateFile", "etc/tls/mine.crt", "keyFile", "etc/tls/mine.key"))));
        TestServer.eventually("the reason is told",
                () -> server.server().state().contains("is not the key of the first certificate"));
        assertThat(server.server().isOpen()).isFalse();
        server.connected("c").close();   // the others serve
        Files.copy(tls.resolve("server.key"), tls.resolve("mine.key"), StandardCopyOption.REPLACE_EXISTING);
        TestServer.eventually("it serves", () -> server.server().isOpen());
        connected(certificates, certificates.issue("after")).close();
    }

    @Test
    void aRevokedClientDoesNotComeInAgain() throws Exception {
        ClientCertificate lamp = certificates.issue("lamp");
        listen(Map.of("transport", "tls", "authentication", "certificate"));
        try (PacketClient before = connected(certificates, lamp)) {
            certificates.revoke(lamp);
            server.server().reload();
            TestServer.eventually("it is refused", () -> {
                try (PacketClient again = PacketClient.open(server.port("tls"), certificates.client(lamp))) {
                    again.sendAnyway(Packets.connect("again", true, 0));
                    again.receive();
                    return false;
                } catch (AssertionError | java.io.UncheckedIOException e) {
                    return true;
                }
            });
            before.expectNothing();
            connected(certificates, certificates.issue("another")).close();
        }
    }

    @Test
    void handshakesThatNeverEndAreClosedInTimeAndOthersAreServed() throws Exception {
        listen(Map.of("transport", "tls"));
        connected(certificates, certificates.issue("first")).close();
        List<Socket> halfOpen = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Socket socket = new Socket("127.0.0.1", server.port("tls"));
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 1, 0, 1});   // the beginning of a ClientHello
            halfOpen.add(socket);
        }
        long start = System.nanoTime();
        connected(certificates, certificates.issue("served")).close();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(4_000);
        for (Socket socket : halfOpen) {
            try (InputStream in = socket.getInputStream()) {
                in.readAllBytes();   // an alert, perhaps; then the end, before the time is out
            }
        }
    }

    @Test
    void whatIsNotTlsIsClosedAtOnce() throws Exception {
        listen(Map.of("transport", "tls"));
        connected(certificates, certificates.issue("first")).close();
        try (Socket socket = new Socket("127.0.0.1", server.port("tls"))) {
            socket.setSoTimeout(3_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().readAllBytes();
        }
    }

    @Test
    void wrongSettingsCloseOneListenerOnlyAndAreTold() {
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("transport", "quic"), Map.of("transport", "tls", "authentication", "none"),
                Map.of("transport", "ws", "authentication", "certificate"), Map.of("transport", "ws", "host", "0.0.0.0"),
                Map.of("transport", "tcp", "host", "192.0.2.1"), Map.of("transport", "tls", "protocols", "SSLv3"),
                Map.of("transport", "tls", "certificateFile", "x"), Map.of("transport", "wss", "path", "mqtt"))) {
            ConfiguredListener listener =
                    new ConfiguredListener("wrong", TestServer.defaults(ConfiguredListener.Config.class, wrong));
            server.server().addListener(listener);
            assertThat(server.server().state()).as(wrong.toString()).startsWith("serving, but wrong: ");
            assertThat(server.server().isOpen()).isFalse();
            assertThat(server.server().listeners()).containsExactly("127.0.0.1:" + server.port());
            server.connected("c").close();
            server.server().removeListener(listener);
            assertThat(server.server().state()).isEqualTo("serving");
        }
    }

    @Test
    void aListenerComesAndGoesAndTheOthersStay() {
        ConfiguredListener listener = new ConfiguredListener("second",
                TestServer.defaults(ConfiguredListener.Config.class, Map.of("transport", "tcp")));
        try (PacketClient first = server.connected("first")) {
            server.server().addListener(listener);
            PacketClient second = PacketClient.connected(server.port("second"), "second", false);
            server.server().removeListener(listener);
            second.expectClosed();
            first.expectNothing();
            assertThat(server.session("second")).as("the session stays").isPresent();
            assertThatThrownBy(() -> server.port("second")).isInstanceOf(java.util.NoSuchElementException.class);
        }
    }
}
