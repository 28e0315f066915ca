// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.Registrations;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Settings;
import io.lintel.tls.Identities;
import io.lintel.tls.NodeTls;
import io.lintel.tls.TestCertificates;

/** HTTPS as clients meet it: who they are taken for, which versions are spoken, and what becomes of half a handshake. */
class HttpsDoorTest {
    @TempDir
    private Path home;

    private final RecordingCse cse = new RecordingCse();
    private final List<Registrations.Registration> registered = new ArrayList<>();
    private HttpsDoor door;

    private HttpsDoor open(Object... settings) throws Exception {
        Map<String, Object> values = new HashMap<>(Map.of("port", 0));
        for (int i = 0; i < settings.length; i += 2) {
            values.put((String) settings[i], settings[i + 1]);
        }
        door = new HttpsDoor(Settings.of(HttpsSettings.class, values), new NodeTls(home),
                new Identities(home, "etc/identities", "%c.%d"));
        door.bindCse(cse);
        door.bindRegistrations(new Registered());
        return door;
    }

    @AfterEach
    void close() throws Exception {
        if (door != null) {
            door.close();
        }
    }

    private TestCertificates authority() {
        return new TestCertificates(home.resolve("etc/tls"));
    }

    private static HttpClient client(SSLContext context, HttpClient.Version version, String... protocols) {
        HttpClient.Builder builder = HttpClient.newBuilder().sslContext(context).version(version)
                .connectTimeout(Duration.ofSeconds(10));
        if (protocols.length > 0) {
            SSLParameters parameters = new SSLParameters();
            parameters.setProtocols(protocols);
            builder.sslParameters(parameters);
        }
        return builder.build();
    }

    private HttpClient client(String commonName, String... names) {
        return client(authority().client(authority().issue(commonName, names)), HttpClient.Version.HTTP_1_1);
    }

    private HttpResponse<String> get(HttpClient client, String origin) throws IOException, InterruptedException {
        return client.send(request(origin).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String origin) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + door.port() + "/mn-name")).header("X-M2M-RI", "r1")
                .header("X-M2M-Origin", origin).timeout(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @CsvSource({
        "URI:m2m://lintel.example/mn-cse/Clamp, Clamp,   33-Clamp",
        "URI:m2m://lintel.example/Smeter,       Smeter,  33-Smeter",
        "DNS:attic.lintel.example,              /attic,  32-attic"})
    void aCertificateSaysWhoItsHolderIs(String name, String id, String credential) throws Exception {
        open();
        assertThat(get(client("whoever", name), id).headers().firstValue("X-M2M-RSC")).contains("2000");
        Hop hop = cse.hop();
        assertThat(hop.binding()).isEqualTo(Binding.HTTP);
        assertThat(hop.secured()).isTrue();
        assertThat(hop.loopback()).as("it did not use the plain, local door").isFalse();
        assertThat(hop.verified()).contains(id);
        assertThat(hop.credential()).contains(credential);
        assertThat(hop.permitted()).isEmpty();
    }

    @Test
    void whoShowsNoneIsServedAsNobodyInParticular() throws Exception {
        open();
        get(client(authority().client(null), HttpClient.Version.HTTP_1_1), "Clamp");
        Hop hop = cse.hop();
        assertThat(hop.secured()).isFalse();
        assertThat(hop.loopback()).isFalse();
        assertThat(hop.verified()).isEmpty();
        assertThat(hop.credential()).isEmpty();
    }

    @Test
    void whereCertificatesAreRequiredWhoHasNoneDoesNotGetIn() throws Exception {
        open("clientCertificates", "required", "protocols", "TLSv1.2");
        assertThatThrownBy(() -> get(client(authority().client(null), HttpClient.Version.HTTP_1_1), "Clamp"))
                .isInstanceOf(IOException.class);
        assertThat(cse.waiting()).isZero();
        assertThat(get(client("Clamp"), "Clamp").statusCode()).isEqualTo(200);
    }

    @Test
    void aCertificateOfAnotherAuthorityOrARevokedOneDoesNotGetIn() throws Exception {
        TestCertificates authority = authority();
        var revoked = authority.issue("Clamp");
        authority.revoke(revoked);
        open("clientCertificates", "required", "protocols", "TLSv1.2");
        var stranger = new TestCertificates(home.resolve("stranger")).issue("Clamp");
        assertThatThrownBy(() -> get(client(authority.client(stranger), HttpClient.Version.HTTP_1_1), "Clamp"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> get(client(authority.client(revoked), HttpClient.Version.HTTP_1_1), "Clamp"))
                .isInstanceOf(IOException.class);
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void whereTheCredentialLeavesItOpenWhoRegisteredWithItCounts() throws Exception {
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(home.resolve("etc/identities"), "certificate kitchen is Ckitchen*\n");
        open();
        HttpClient kitchen = client("kitchen");
        HttpRequest registration = request("Ckitchen1").header("Content-Type", "application/json;ty=2")
                .POST(HttpRequest.BodyPublishers.ofString("{\"m2m:ae\":{\"api\":\"Nx\",\"rr\":false}}")).build();
        kitchen.send(registration, HttpResponse.BodyHandlers.ofString());
        Hop first = cse.hop();
        assertThat(first.verified()).isEmpty();
        assertThat(first.credential()).contains("31-kitchen");
        assertThat(first.permitted()).contains(List.of("Ckitchen*"));

        registered.add(new Registrations.Registration("Ckitchen1", false, "ae1", "ae1", "Nx", "31-kitchen"));
        registered.add(new Registrations.Registration("Cother", false, "ae2", "ae2", "Nx", "31-other"));
        get(kitchen, "Ckitchen1");
        assertThat(cse.hop().verified()).contains("Ckitchen1");
        get(kitchen, "/mn-cse/Ckitchen1");
        assertThat(cse.hop().verified()).contains("Ckitchen1");
        get(kitchen, "Cother");
        assertThat(cse.hop().verified()).as("another's").isEmpty();
    }

    @Test
    void aCseThatRelaysForOthersIsTheSenderAlsoWhereTheCredentialLeavesItOpen() throws Exception {
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(home.resolve("etc/identities"), "certificate boxes is /box*\n");
        open();
        HttpClient boxes = client("boxes");
        registered.add(new Registrations.Registration("/box1", true, "cse1", "cse1", "", "31-boxes"));
        get(boxes, "/far/C7");
        assertThat(cse.hop().verified()).contains("/box1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsOfTlsAndOfHttpAreSpoken(String tls) throws Exception {
        open();
        SSLContext context = authority().client(authority().issue("Clamp"));
        HttpResponse<String> two = get(client(context, HttpClient.Version.HTTP_2, tls), "Clamp");
        assertThat(two.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(two.sslSession().orElseThrow().getProtocol()).isEqualTo(tls);
        assertThat(two.headers().firstValue("x-m2m-rsc")).contains("2000");
        assertThat(two.headers().firstValue("x-m2m-ri")).contains("r1");
        assertThat(cse.hop().verified()).as("HTTP/2 too").contains("Clamp");
        assertThat(get(client(context, HttpClient.Version.HTTP_1_1, tls), "Clamp").version())
                .isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void manyRequestsShareAnHttp2Connection() throws Exception {
        open();
        HttpClient client = client(authority().client(authority().issue("Clamp")), HttpClient.Version.HTTP_2);
        get(client, "Clamp");
        var answers = new ArrayList<java.util.concurrent.CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 50; i++) {
            answers.add(client.sendAsync(request("Clamp").build(), HttpResponse.BodyHandlers.ofString()));
        }
        for (var answer : answers) {
            assertThat(answer.get().headers().firstValue("x-m2m-rsc")).contains("2000");
        }
    }

    @Test
    void halfAHandshakeEndsInTimeAndKeepsNobodyOut() throws Exception {
        open("handshakeTimeoutMillis", 3_000);
        get(client("Clamp"), "Clamp");
        List<Socket> halves = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(new byte[] {22, 3, 1, 1, 0, 1});   // the beginning of a ClientHello of 256 bytes
                halves.add(socket);
            }
            assertThat(get(client("Clamp"), "Clamp").statusCode()).isEqualTo(200);
            for (Socket half : halves) {
                assertThat(half.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (Socket half : halves) {
                half.close();
            }
        }
    }

    @Test
    void whatIsNoTlsIsClosed() throws Exception {
        open();
        get(client("Clamp"), "Clamp");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes());
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(answer.length).as("at most an alert").isLessThan(16);
        }
    }

    @Test
    void theDoorSaysWhereItIsAndTellsPeersOnlyWhatTheyCanReach() throws Exception {
        open();
        assertThat(door.name()).isEqualTo("https");
        assertThat(door.isOpen()).isTrue();
        assertThat(door.detail()).isEqualTo("https://127.0.0.1:" + door.port());
        assertThat(door.pointsOfAccess()).isEmpty();
        door.close();
        open("pointOfAccess", "https://gw.example:443");
        assertThat(door.pointsOfAccess()).containsExactly("https://gw.example:443");
        door.close();
        open("enabled", false);
        assertThat(door.isOpen()).isTrue();
        assertThat(door.detail()).isEqualTo("switched off by https.enabled");
        assertThat(door.pointsOfAccess()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"clientCertificates, none, clientCertificates", "protocols, SSLv3, protocols", "certificateFile, a.crt, keyFile",
        "entityTags, sometimes, entityTags", "allowedOrigins, app.example, allowedOrigins"})
    void aWrongSettingStopsTheStart(String key, String value, String named) {
        assertThatThrownBy(() -> open(key, value)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named);
    }

    /** Who is registered, as the test says. */
    private final class Registered implements Registrations {
        @Override
        public Optional<Registration> ae(String stem) {
            return registered.stream().filter(entry -> entry.id().equals(stem)).findFirst();
        }

        @Override
        public Optional<Registration> cse(String cseId) {
            return ae(cseId);
        }

        @Override
        public Optional<String> registrar() {
            return Optional.empty();
        }

        @Override
        public Collection<Registration> all() {
            return registered;
        }

        @Override
        public Collection<Registration> withCredential(String credential) {
            return registered.stream().filter(entry -> entry.credential().equals(credential)).toList();
        }

        @Override
        public long version() {
            return registered.size();
        }
    }
}
