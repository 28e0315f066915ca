// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS, certificates, passwords and WebSocket towards a stock Mosquitto (TS-0010 6.2, 6.3, 6.6). */
class ServersWithSettingsTest {
    @TempDir
    Path home;
    @TempDir
    Path state;
    private Certificates certificates;
    private Mosquitto mosquitto;
    private MqttBinding binding;
    private final int port = Mosquitto.freePort();

    @BeforeEach
    void prepare() {
        certificates = new Certificates(home, "ca").issue("server", "DNS:localhost,IP:127.0.0.1").issue("gateway", "DNS:mn-cse");
    }

    @AfterEach
    void end() {
        if (binding != null) {
            binding.deactivate();
        }
        mosquitto.close();
    }

    private String tls() {
        return "cafile " + certificates.ca() + "\ncertfile " + certificates.crt("server") + "\nkeyfile "
                + certificates.key("server");
    }

    private void mosquitto(String... settings) {
        mosquitto = new Mosquitto(state, settings);
    }

    private void connect(Map<String, Object> settings) {
        binding = Configs.binding(Map.of("servers", new String[] {"none"}), "");
        binding.bindServer(Configs.server("far", home, settings));
        binding.bindCse(new RecordingCse());
    }

    private void open() {
        Waiting.until("open: " + binding.detail(), binding::isOpen);
    }

    private CompletionStage<ResponsePrimitive> send(String pointOfAccess, String receiver) {
        RequestPrimitive request = RequestPrimitive.builder(Operation.RETRIEVE, "/in-cse").from("/mn-cse").requestIdentifier("r1")
                .build();
        return binding.send(new OutboundRequest(request, URI.create(pointOfAccess), Optional.of(receiver), Optional.empty(),
                Instant.now().plusSeconds(10)));
    }

    private Peer inCse() {
        Peer in = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#", "abc/def/oneM2M/req/+/in-cse/#");
        return in.reacting(r -> in.publish(r.topic().replace("/req/", "/resp/"), PrimitiveCodec.of(Serialization.JSON)
                .encode(RecordingCse.ok((RequestPrimitive) r.as(Serialization.JSON))), 1, false));
    }

    @Test
    @Tag("MQ-10")
    @Tag("MQ-49")
    @Tag("MQ-62")
    void aServerThatDemandsACertificateIsShownOurs() {
        mosquitto("listener " + port + " 127.0.0.1", tls(), "require_certificate true", "use_identity_as_username true");
        connect(Map.of("uri", "mqtts://localhost:" + port, "caFile", "ca.crt", "certificateFile", "gateway.crt", "keyFile",
                "gateway.key"));

        open();

        assertThat(mosquitto.log()).contains("as C::mn-cse (p2, c0, k30, u'gateway')");
        assertThat(binding.pointsOfAccess()).containsExactly("mqtts://localhost:" + port);
        try (Peer in = inCse()) {
            assertThat(Waiting.result(send("mqtts://localhost:" + port + "/abc/def", "/in-cse")).statusCode()).isEqualTo(2000);
            assertThat(in.next(0).topic()).isEqualTo("abc/def/oneM2M/req/mn-cse/in-cse/json");
        }
    }

    @Test
    @Tag("MQ-62")
    void withoutACertificateThatServerLetsNobodyIn() {
        mosquitto("listener " + port + " 127.0.0.1", tls(), "require_certificate true");
        connect(Map.of("uri", "mqtts://localhost:" + port, "caFile", "ca.crt"));

        Waiting.until("refused: " + binding.detail(), () -> mosquitto.log().contains("peer did not return a certificate"));
        assertThat(binding.isOpen()).isFalse();
    }

    @Test
    @Tag("MQ-62")
    void aServerOfAnotherAuthorityIsNotSpokenTo() {
        mosquitto("listener " + port + " 127.0.0.1", tls());
        new Certificates(home, "other");
        connect(Map.of("uri", "mqtts://localhost:" + port, "caFile", "other.crt", "userName", "gateway", "password", "secret"));

        Waiting.until("refused: " + binding.detail(), () -> binding.detail().contains("unable to find valid certification path"));
        assertThat(mosquitto.log()).doesNotContain("as C::mn-cse");
    }

    @Test
    @Tag("MQ-62")
    void aServerWithTheCertificateOfAnotherHostIsNotSpokenTo() {
        certificates.issue("server", "DNS:elsewhere.example");
        mosquitto("listener " + port + " 127.0.0.1", tls());
        connect(Map.of("uri", "mqtts://localhost:" + port, "caFile", "ca.crt"));

        Waiting.until("refused: " + binding.detail(), () -> binding.detail().contains("name matching localhost found"));
        assertThat(mosquitto.log()).doesNotContain("as C::mn-cse");
    }

    @Test
    void aFileThatCannotBeUsedKeepsTheLinkDownAndSaysWhichUntilItCan() throws IOException {
        mosquitto("listener " + port + " 127.0.0.1", tls(), "require_certificate true");
        Path key = Files.move(certificates.key("gateway"), home.resolve("kept.key"));
        Files.copy(certificates.key("server"), certificates.key("gateway"));
        connect(Map.of("uri", "mqtts://localhost:" + port, "caFile", "ca.crt", "certificateFile", "gateway.crt", "keyFile",
                "gateway.key"));
        Waiting.until("the wrong key is named", () -> binding.detail().contains(certificates.key("gateway")
                + " is not the key of the first certificate in " + certificates.crt("gateway")));

        Files.delete(certificates.key("gateway"));
        Waiting.until("its absence is told", () -> binding.detail().contains(certificates.key("gateway") + " is not there"));
        Files.move(key, certificates.key("gateway"));
        open();
    }

    @Test
    @Tag("MQ-47")
    void aServerMayBeNamedByItsIpv6Address() throws IOException {
        assumeTrue(NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress()), "no IPv6 here");
        certificates.issue("server", "IP:::1");
        mosquitto("listener " + port + " ::1", tls());
        connect(Map.of("uri", "mqtts://[::1]:" + port, "caFile", "ca.crt"));

        open();
        assertThat(binding.pointsOfAccess()).containsExactly("mqtts://[::1]:" + port);
    }

    @Test
    @Tag("MQ-49")
    void theNodesOwnAuthorityIsBelievedWhereNoneIsNamed() throws IOException {
        Files.createDirectories(home.resolve("etc/tls"));
        Files.copy(certificates.ca(), home.resolve("etc/tls/ca.crt"));
        mosquitto("listener " + port + " 127.0.0.1", tls());
        connect(Map.of("uri", "mqtts://127.0.0.1:" + port));

        open();
    }

    @Test
    @Tag("MQ-62")
    void anotherCertificateCountsFromTheNextConnectionOn() throws IOException {
        mosquitto("listener " + port + " 127.0.0.1", tls(), "require_certificate true", "use_identity_as_username true");
        connect(Map.of("uri", "mqtts://localhost:" + port, "caFile", "ca.crt", "certificateFile", "gateway.crt", "keyFile",
                "gateway.key"));
        open();
        certificates.issue("renewed", "DNS:mn-cse");
        Files.move(certificates.key("renewed"), certificates.key("gateway"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(certificates.crt("renewed"), certificates.crt("gateway"), StandardCopyOption.REPLACE_EXISTING);

        mosquitto.stop();
        Waiting.until("lost", () -> !binding.isOpen());
        mosquitto.start();

        Waiting.until("with the new one", () -> mosquitto.log().contains("as C::mn-cse (p2, c0, k30, u'renewed')"));
    }

    @Test
    @Tag("MQ-10")
    void mqttTravelsInAWebSocket() {
        mosquitto("listener " + port + " 127.0.0.1", "protocol websockets");
        connect(Map.of("uri", "mqtt://127.0.0.1:" + port, "transport", "websocket"));

        open();
        try (Peer in = inCse()) {
            assertThat(Waiting.result(send("mqtt://127.0.0.1:" + port, "/in-cse")).statusCode()).isEqualTo(2000);
        }
    }

    @Test
    @Tag("MQ-10")
    void mqttTravelsInAWebSocketOverTls() {
        mosquitto("listener " + port + " 127.0.0.1", "protocol websockets", tls());
        connect(Map.of("uri", "mqtts://localhost:" + port, "transport", "websocket", "caFile", "ca.crt"));

        open();
        try (Peer in = inCse()) {
            assertThat(Waiting.result(send("mqtts://localhost:" + port, "/in-cse")).statusCode()).isEqualTo(2000);
        }
    }

    @Test
    @Tag("MQ-18")
    void thePasswordMayStandInAFile() throws IOException, InterruptedException {
        Path users = home.resolve("users");
        assertThat(new ProcessBuilder("mosquitto_passwd", "-b", "-c", users.toString(), "gateway", "s3cret").start().waitFor())
                .isZero();
        Files.writeString(home.resolve("password"), "wrong\n");
        mosquitto("allow_anonymous false", "password_file " + users);
        connect(Map.of("uri", mosquitto.uri(), "userName", "gateway", "passwordFile", "password"));
        Waiting.until("refused: " + binding.detail(), () -> binding.detail().contains("ot authorized")
                || binding.detail().contains("Bad user name"));

        Files.writeString(home.resolve("password"), "s3cret\n");

        open();
        assertThat(binding.detail()).doesNotContain("s3cret");
    }

    @Test
    @Tag("MQ-18")
    void aServerThatOnlyAPointOfAccessNamesIsToldNoPassword() {
        mosquitto();
        try (ScriptedServer stranger = new ScriptedServer()) {
            binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}, "userName", "gateway", "password",
                    "secret"), "");
            binding.bindCse(new RecordingCse());
            open();
            assertThat(mosquitto.log()).contains("u'gateway'");

            send(stranger.uri(), "/in-cse");

            assertThat(stranger.accept().body()[7]).as("neither user nor password").isZero();
        }
    }
}
