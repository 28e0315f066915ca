// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;
import io.lintel.rest.internal.mapping.FakeRegistrations;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Samples;
import io.lintel.rest.internal.mapping.Settings;
import io.lintel.tls.Identities;
import io.lintel.tls.NodeTls;
import io.lintel.tls.TestCertificates;

/** CoAP behind DTLS: agreed keys, certificates, and who the CSE is told that the sender is. */
class CoapsTest {
    private static final String KEY = "7a1c90d2e84f5b6637c1a09d5e2f8b447a1c90d2e84f5b6637c1a09d5e2f8b44";
    private static final String METER = "meter7@field.example";

    @TempDir
    private Path home;
    private final RecordingCse cse = new RecordingCse();
    private final FakeRegistrations registrations = new FakeRegistrations();
    private final EndpointThreads threads = Endpoints.threads("test-coaps", 1);
    private final CommonSettings common = new CommonSettings(Settings.of(CoapSettings.class, Map.of("blockSize", 512)));
    private TestCertificates certificates;
    private NodeTls node;
    private CoapsDoor door;
    private Optional<CoapEndpoint> client = Optional.empty();
    private Optional<CoapsSender> sender = Optional.empty();

    @BeforeEach
    void open() throws Exception {
        Path tls = Files.createDirectories(home.resolve("etc/tls"));
        certificates = new TestCertificates(tls);
        Files.writeString(tls.resolve("psk"), METER + " " + KEY + "\nhall@field.example " + KEY.replace('7', '8') + "\n");
        Files.writeString(home.resolve("etc/identities"), "psk " + METER + " is Cmeter7\n");
        node = new NodeTls(home);
        door = door(Map.of());
    }

    private CoapsDoor door(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of("port", 0));
        all.putAll(settings);
        CoapsDoor opened = new CoapsDoor(Settings.of(CoapsSettings.class, all), common, new CoapPeers(), node,
                new Identities(home, "etc/identities", "%c.%d", "%c.*.%d"));
        opened.bindCse(cse);
        opened.bindRegistrations(registrations);
        return opened;
    }

    @AfterEach
    void close() {
        client.ifPresent(CoapEndpoint::destroy);
        sender.ifPresent(CoapsSender::close);
        door.close();
        threads.shutdownNow();
    }

    private CoapEndpoint pskClient(String identity, String key, CipherSuite suite) throws Exception {
        DtlsConnectors.register();
        Configuration configuration = Endpoints.clientConfiguration(100_000, 512);
        configuration.set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
                .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
                .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
                .set(DtlsConfig.DTLS_MAX_RETRANSMISSIONS, 1)
                .set(DtlsConfig.DTLS_CIPHER_SUITES, List.of(suite));
        CoapEndpoint endpoint = Endpoints.client(new DTLSConnector(DtlsConnectorConfig.builder(configuration)
                .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .setAdvancedPskStore(new AdvancedSinglePskStore(identity, HexFormat.of().parseHex(key))).build()),
                configuration, threads);
        endpoint.start();
        client = Optional.of(endpoint);
        return endpoint;
    }

    private Request request(Code code, String path, String from) {
        Request request = new Request(code);
        request.getOptions().setUriPath(path).addOption(OneM2mOption.RQI.create(NumberSet.NEW, "r1"))
                .addOption(OneM2mOption.FR.create(NumberSet.NEW, from));
        request.setDestinationContext(new AddressEndpointContext(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                door.port())));
        return request;
    }

    private static Optional<Response> send(CoapEndpoint endpoint, Request request) throws InterruptedException {
        endpoint.sendRequest(request);
        return Optional.ofNullable(request.waitForResponse(20_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLS_PSK_WITH_AES_128_CCM_8", "TLS_PSK_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"})
    void anAgreedKeyOpensTheDoorAndSaysWhoComes(String suite) throws Exception {
        Response response = send(pskClient(METER, KEY, CipherSuite.getTypeByName(suite)), request(Code.GET, "x", "Cmeter7"))
                .orElseThrow();
        assertThat(response.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(response.getSourceContext().get(DtlsEndpointContext.KEY_CIPHER)).isEqualTo(suite);
        Hop hop = cse.hop();
        assertThat(hop.verified()).contains("Cmeter7");
        assertThat(hop.secured()).isTrue();
        assertThat(hop.loopback()).isFalse();
    }

    @Test
    void aKeyOfNobodyInParticularIsWhoRegisteredWithIt() throws Exception {
        CoapEndpoint hall = pskClient("hall@field.example", KEY.replace('7', '8'), CipherSuite.TLS_PSK_WITH_AES_128_CCM_8);
        Request registration = request(Code.POST, "mn-name", "C");
        registration.getOptions().addOption(OneM2mOption.TY.create(NumberSet.NEW, 2)).setContentFormat(50);
        registration.setPayload("{\"m2m:ae\":{\"api\":\"Nx\",\"rr\":false}}");
        send(hall, registration).orElseThrow();
        Hop first = cse.hop();
        assertThat(first.verified()).isEmpty();
        assertThat(first.credential()).contains("12-hall@field.example");
        assertThat(first.permitted()).contains(List.of("C*", "S*"));
        registrations.add("C77", "12-hall@field.example");
        send(hall, request(Code.GET, "x", "C77")).orElseThrow();
        assertThat(cse.hop().verified()).contains("C77");
    }

    @Test
    void aWrongKeyOrAnUnknownIdentityGetsNowhere() throws Exception {
        for (String[] pair : new String[][] {{METER, KEY.replace('1', '2')}, {"stranger@field.example", KEY}}) {
            Request request = request(Code.GET, "x", "Cmeter7");
            CoapEndpoint wrong = pskClient(pair[0], pair[1], CipherSuite.TLS_PSK_WITH_AES_128_CCM_8);
            wrong.sendRequest(request);
            assertThat(request.waitForResponse(3_000)).isNull();
            wrong.destroy();
        }
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void plainCoapGetsNoAnswerHere() throws Exception {
        try (Datagrams socket = new Datagrams(door.port())) {
            socket.send(new byte[] {0x41, 1, 0, 1, 7, (byte) 0xb1, 'x'});
            assertThat(socket.isQuietFor(300)).isTrue();
        }
        assertThat(cse.waiting()).isZero();
    }

    /** A ClientHello alone makes nothing that lasts: it is answered with a cookie, smaller than itself. */
    @Test
    void aHelloIsAnsweredWithACookieThatIsSmallerThanIt() throws Exception {
        String hello = "16fefd0000000000000000" + "0042" + "01" + "000036" + "0000" + "000000" + "000036"   // record, handshake
                + "fefd" + "00".repeat(32) + "00" + "00"                            // version, random, no session, no cookie
                + "0004" + "c0a8c0ae" + "0100" + "0008" + "000a000400020017";                  // two suites, P-256
        byte[] bytes = HexFormat.of().parseHex(hello);
        try (Datagrams socket = new Datagrams(door.port())) {
            Datagrams.Datagram answer = socket.exchange(bytes, "a ClientHello");
            assertThat(answer.bytes()[0]).as("handshake").isEqualTo((byte) 22);
            assertThat(answer.bytes()[13]).as("HelloVerifyRequest").isEqualTo((byte) 3);
            assertThat(answer.bytes().length).isLessThanOrEqualTo(bytes.length);
        }
    }

    @Test
    void aSessionOutlivesANewAddressByItsConnectionId() throws Exception {
        CoapEndpoint endpoint = pskClient(METER, KEY, CipherSuite.TLS_PSK_WITH_AES_128_CCM_8);
        EndpointContext before = send(endpoint, request(Code.GET, "x", "Cmeter7")).orElseThrow().getSourceContext();
        assertThat(before.get(DtlsEndpointContext.KEY_WRITE_CONNECTION_ID)).as("this side gave one out").isNotNull();
        int port = endpoint.getAddress().getPort();
        DTLSConnector connector = (DTLSConnector) endpoint.getConnector();
        connector.stop();
        connector.start();
        assertThat(endpoint.getAddress().getPort()).isNotEqualTo(port);
        EndpointContext after = send(endpoint, request(Code.GET, "x", "Cmeter7")).orElseThrow().getSourceContext();
        assertThat(after.get(DtlsEndpointContext.KEY_SESSION_ID)).as("the same session")
                .isEqualTo(before.get(DtlsEndpointContext.KEY_SESSION_ID));
    }

    @Test
    void libcoapComesWithAnAgreedKey() throws Exception {
        String key = new String(HexFormat.of().parseHex("6b6579206f6620736f6d6520627974657321"));
        Files.writeString(home.resolve("etc/tls/psk"), "libcoap@field.example 6b6579206f6620736f6d6520627974657321\n");
        Files.writeString(home.resolve("etc/identities"), "psk libcoap* is CApp\n");
        String seen = CoapClientTool.runSecure("-m", "get", "-u", "libcoap@field.example", "-k", key, "-O", "279,CApp", "-O",
                "283,r90", "coaps://127.0.0.1:" + door.port() + "/mn-name");
        assertThat(seen).contains("c:2.05", "307:\\x07\\xD0");
        assertThat(cse.request().requestIdentifier()).isEqualTo("r90");
        assertThat(cse.hop().verified()).contains("CApp");
    }

    @Test
    void libcoapComesWithACertificateAndBlocks() throws Exception {
        TestCertificates.write(home, "meter", certificates.issue("meter", "URI:m2m://lintel.example/mn-cse/Cmeter"));
        Path file = Files.writeString(home.resolve("body"), "{\"m2m:cin\":{\"con\":\"" + "y".repeat(2_000) + "\"}}");
        String seen = CoapClientTool.runSecure("-m", "post", "-t", "50", "-b", "256", "-f", file.toString(), "-c",
                home.resolve("meter.crt").toString(), "-j", home.resolve("meter.key").toString(), "-C",
                certificates.authorityFile().toString(), "-O", "279,Cmeter", "-O", "283,r91", "-O", "267,0x04",
                "coaps://localhost:" + door.port() + "/mn-name/c");
        assertThat(seen).contains("c:2.31", "Block1:7/_/256");
        assertThat(cse.request().content().orElseThrow().attributes().text("con")).contains("y".repeat(2_000));
        assertThat(cse.hop().verified()).contains("Cmeter");
    }

    @Test
    void aCertificateOfAStrangersAuthorityGetsNowhere(@TempDir Path elsewhere) throws Exception {
        TestCertificates.write(home, "x", new TestCertificates(elsewhere).issue("x", "URI:m2m://lintel.example/mn-cse/Cx"));
        String seen = CoapClientTool.runSecure("-m", "get", "-c", home.resolve("x.crt").toString(), "-j",
                home.resolve("x.key").toString(), "-C", certificates.authorityFile().toString(), "-O", "283,r92",
                "coaps://localhost:" + door.port() + "/mn-name");
        assertThat(seen).doesNotContain("c:2.05");
        assertThat(cse.waiting()).isZero();
    }

    private CoapsSender sender(Map<String, Object> settings) {
        CoapsSender opened = new CoapsSender(Settings.of(CoapsSettings.class, settings), common, new CoapPeers(), node);
        sender = Optional.of(opened);
        return opened;
    }

    private ResponsePrimitive notify(String host, Map<String, Object> settings) throws Exception {
        Content large = new Content("m2m:sgn", Attributes.of("sur", "x".repeat(1_500)));
        return sender(settings).send(new OutboundRequest(Samples.of(Operation.NOTIFY, "/mn-cse").from("/attic").content(large)
                .build(), URI.create("coaps://" + host + ":" + door.port()), Optional.of("/mn-cse"), Optional.empty(),
                Instant.now().plusSeconds(20))).toCompletableFuture().get(25, TimeUnit.SECONDS);
    }

    @Test
    void whatLeavesShowsTheAgreedKey() throws Exception {
        assertThat(notify("127.0.0.1", Map.of("agreedKeys", new String[] {"127.0.0.1=" + METER})).statusCode()).isEqualTo(2000);
        assertThat(cse.hop().verified()).contains("Cmeter7");
        assertThat(cse.request().content().orElseThrow().attributes().text("sur").orElseThrow()).hasSize(1_500);
    }

    @Test
    void whatLeavesShowsTheNodesCertificateAndWantsTheServersToNameTheHost() throws Exception {
        TestCertificates.write(home, "attic", certificates.issue("attic", "DNS:attic.lintel.example"));
        Map<String, Object> own = Map.of("ownCertificateFile", "attic.crt", "ownKeyFile", "attic.key");
        assertThat(notify("localhost", own).statusCode()).isEqualTo(2000);
        assertThat(cse.hop().verified()).contains("/attic");
    }

    @Test
    void aServerThatNobodyVouchesForIsNotSpokenTo(@TempDir Path elsewhere) throws Exception {
        TestCertificates strangers = new TestCertificates(elsewhere);
        TestCertificates.write(home, "attic", certificates.issue("attic", "DNS:attic.lintel.example"));
        assertThatThrownBy(() -> notify("localhost", Map.of("ownCertificateFile", "attic.crt", "ownKeyFile", "attic.key",
                "serverCaFile", strangers.authorityFile().toString()))).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse());
        assertThat(cse.waiting()).isZero();
    }

    @Test
    void aKeyThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> notify("127.0.0.1", Map.of("agreedKeys", new String[] {"*=nobody@field.example"})))
                .isInstanceOf(ExecutionException.class).hasMessageContaining("there is no key of nobody@field.example");
        assertThatThrownBy(() -> AgreedKeys.parse(new String[] {"host"}, 5684)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("coaps.agreedKeys");
    }

    @Test
    void theDoorSaysWhereItIs() throws Exception {
        assertThat(door.name()).isEqualTo("coaps");
        assertThat(door.isOpen()).isTrue();
        assertThat(door.detail()).isEqualTo("coaps://127.0.0.1:" + door.port());
        assertThat(door.pointsOfAccess()).as("nobody is told of a listener on loopback").isEmpty();
        door.close();
        door = door(Map.of("pointOfAccess", "coaps://gateway.example"));
        assertThat(door.pointsOfAccess()).containsExactly("coaps://gateway.example");
        door.close();
        door = door(Map.of("host", "0.0.0.0", "names", "gateway.example, 192.0.2.7", "port", freePort()));
        assertThat(door.pointsOfAccess()).hasSize(1).first().asString().matches("coaps://gateway.example:\\d+");
    }

    @Test
    void aPortThatIsTakenIsTriedAgain() throws Exception {
        CoapsDoor next = door(Map.of("port", door.port()));
        assertThat(next.isOpen()).isFalse();
        assertThat(next.detail()).contains("cannot listen on 127.0.0.1");
        door.close();
        door = next;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!next.isOpen() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(send(pskClient(METER, KEY, CipherSuite.TLS_PSK_WITH_AES_128_CCM_8), request(Code.GET, "x", "Cmeter7"))
                .orElseThrow().getCode()).isEqualTo(ResponseCode.CONTENT);
    }

    private static int freePort() throws java.io.IOException {
        try (java.net.DatagramSocket socket = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
