// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.tls.internal.NodeCertificates.ClientCertificate;
import io.lintel.tls.TestCertificates;
import io.lintel.mqtt.server.internal.users.TestUsers;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** TLS listeners with the node's own certificates and a JDK client: who gets in and as whom. */
class TlsTest {
    private final PasswordTest.Seen seen = new PasswordTest.Seen();
    private TestServer server;
    private TestCertificates certificates;

    @BeforeEach
    void start() {
        server = TestServer.start(new InMemorySessionStore(), seen, Map.of("sysSeconds", 0));
        certificates = new TestCertificates(server.home().resolve("etc/tls"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void listen(String authentication) {
        listen(authentication, Map.of());
    }

    private void listen(String authentication, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(Map.of("transport", "tls", "authentication", authentication));
        settings.putAll(more);
        server.listening("tls", settings);
    }

    private PacketClient connect(SSLContext tls) {
        return PacketClient.open(server.port("tls"), tls).send(Packets.connect("c", true, 0));
    }

    private void refused(SSLContext tls) {
        assertThatThrownBy(() -> connect(tls).receive()).satisfiesAnyOf(
                thrown -> assertThat(thrown).isInstanceOf(UncheckedIOException.class),
                thrown -> assertThat(thrown).hasMessage("the server closed the connection"));
        assertThat(seen.clients()).isEmpty();
    }

    @Test
    @Tag("MQ-62")
    void aCertificateMakesTheIdentity() throws Exception {
        listen("certificate");
        ClientCertificate lamp = certificates.issue("Lamp", "DNS:lamp.example", "URI://lintel.example/Clamp");
        connect(certificates.client(lamp)).expectConnack(0, false).close();
        ConnectedClient client = seen.next();
        assertThat(client.identity().method()).isEqualTo(Identity.Method.CERTIFICATE);
        assertThat(client.identity().names()).containsExactly("URI://lintel.example/Clamp", "DNS:lamp.example", "CN:Lamp");
        assertThat(client.identity().name()).isEqualTo("//lintel.example/Clamp");
        assertThat(client.listener()).isEqualTo("tls");
        assertThat(client.loopback()).as("through a plain listener").isFalse();
    }

    @Test
    void withoutOneNobodyComesInWhereItIsRequired() {
        listen("certificate");
        refused(certificates.client(null));
    }

    @Test
    void aStrangersCertificateEndsTheHandshake() {
        listen("certificate");
        ClientCertificate stranger = new TestCertificates(server.home().resolve("stranger")).issue("Lamp");
        refused(certificates.client(stranger));
        TestServer.eventually("it is counted", () -> server.counter(Counter.TLS_HANDSHAKES_FAILED) == 1);
    }

    @Test
    void anExpiredCertificateEndsTheHandshake() {
        listen("certificate");
        refused(certificates.client(certificates.issue(Duration.ofHours(-1), "Lamp")));
    }

    @Test
    @Tag("MQ-66")
    void eitherMeansCertificateOrPassword() throws Exception {
        listen("password,certificate");
        TestUsers.put(server.home(), "lamp", "right");
        PacketClient.open(server.port("tls"), certificates.client(null)).send(Packets.connect("c", true, "lamp", "right"))
                .expectConnack(0, false).close();
        assertThat(seen.next().identity()).isEqualTo(Identity.user("lamp"));
        connect(certificates.client(certificates.issue("Lamp"))).expectConnack(0, false).close();
        assertThat(seen.next().identity()).isEqualTo(Identity.certificate(java.util.List.of("CN:Lamp")));
        connect(certificates.client(null)).expectConnack(5, false).expectClosed();
        PacketClient.open(server.port("tls"), certificates.client(null)).send(Packets.connect("c", true, "lamp", "wrong"))
                .expectConnack(4, false).expectClosed();
    }

    @Test
    void passwordsAloneAskForNoCertificate() throws Exception {
        listen("password");
        TestUsers.put(server.home(), "lamp", "right");
        PacketClient.open(server.port("tls"), certificates.client(certificates.issue("Lamp")))
                .send(Packets.connect("c", true, "lamp", "right")).expectConnack(0, false).close();
        assertThat(seen.next().identity()).isEqualTo(Identity.user("lamp"));
        connect(certificates.client(certificates.issue("Lamp"))).expectConnack(5, false).expectClosed();
    }

    @Test
    void messagesOfAllSizesPass() throws Exception {
        listen("certificate");
        try (PacketClient client = connect(certificates.client(certificates.issue("Lamp"))).expectConnack(0, false)) {
            client.subscribed("t/#", 1);
            for (int size : new int[] {0, 1, 16_000, 16_400, 100_000, 1_000_000}) {
                client.send(Packets.publish("t/" + size, "x".repeat(size), 0, 0));
                client.expectPublish("t/" + size, "x".repeat(size), 0);
            }
        }
    }
}
