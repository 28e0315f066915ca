// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.demo.parts.Node;
import io.lintel.primitive.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * MN → IN over WebSocket with TLS: the gateway believes the authority of its registrar's node, and shows a certificate that
 * this one has issued to its CSE. It has no pointOfAccess that anybody could connect to.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MnInOverSecureWebSocketTest implements AcrossMcc {
    private static final List<String> ONLY_HTTP = List.of("mqttserver.enabled=false", "mqtt.servers=none",
            "health.expect=store,cse,http,https");

    private Topology topology;
    private Path keys;
    private String uri;
    private Registrar in;
    private Registrar mn;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        keys = topology.certificate("in", "gateway", "/mn-cse");
        Node upper = topology.node("in", "in", Topology.settings(ONLY_HTTP, List.of("https.clientCertificates=required")));
        uri = "wss://localhost:" + upper.httpsPort();
        in = Registrar.in(upper, "");
        mn = Registrar.mn(topology.node("mn", "mn", Topology.settings(ONLY_HTTP, Topology.registeredAt(uri, in),
                List.of("registrar.poa=http://127.0.0.1:9", "websocket.caFile=" + keys.resolve("ca.crt"),
                        "websocket.certificateFile=" + keys.resolve("clients/gateway.crt"),
                        "websocket.keyFile=" + keys.resolve("clients/gateway.key")))), "");
        topology.ready();
        in.awaitRegistration("mn-cse");
    }

    @AfterAll
    void end() throws Exception {
        topology.close();
    }

    @Override
    public Registrar lower() {
        return mn;
    }

    @Override
    public Registrar upper() {
        return in;
    }

    @Override
    public Application below(Serialization serialization) throws Exception {
        return WebSocketAe.register(mn, serialization);
    }

    @Override
    public Application above() throws Exception {
        return WebSocketAe.register(in, Serialization.JSON);
    }

    @Test
    @Tag("WS-11")
    void whoShowsNoCertificateDoesNotComeIn() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream authority = Files.newInputStream(keys.resolve("ca.crt"))) {
            trusted.setCertificateEntry("in", CertificateFactory.getInstance("X.509").generateCertificate(authority));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        assertThatThrownBy(() -> HttpClient.newBuilder().sslContext(context).build().newWebSocketBuilder()
                .subprotocols("oneM2M.json").buildAsync(URI.create(uri), new WebSocket.Listener() { }).join())
                .isInstanceOf(CompletionException.class).hasCauseInstanceOf(IOException.class);
    }
}
