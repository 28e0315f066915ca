// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.Registrations;
import io.lintel.rest.internal.mapping.Associations;
import io.lintel.rest.internal.mapping.CseLink;
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.rest.internal.ws.WebSocketEntrance;
import io.lintel.tls.Identities;
import io.lintel.tls.ListenerTls;
import io.lintel.tls.NodeTls;
import io.lintel.tls.TlsSettings;
import io.lintel.tls.TlsSettings.ClientCertificates;

/**
 * The HTTPS listener, for the network: TLS 1.2 and 1.3 with the node's certificates, HTTP/1.1 and HTTP/2, and clients that are
 * known by their certificates (TS-0003 8.2.2). Who shows none is told 4107 by the CSE, or does not get through the handshake,
 * as configured. Apart from that it serves as {@link HttpDoor} does.
 */
@Component(service = Door.class, immediate = true, configurationPid = "io.lintel.https",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = HttpsSettings.class)
public final class HttpsDoor implements Door {
    private static final long LOOK_SECONDS = 2;
    private static final String OFF = "switched off by https.enabled";

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor worker;
    private final CseLink cse;
    private final Associations associations;
    private final ListenerTls tls;
    private final Optional<JettyListener> listener;
    private final InetAddress bound;
    private final String host;
    private final String prefix;
    private final String configuredPointOfAccess;
    private volatile Optional<WebSocketEntrance> webSocket = Optional.empty();

    @Activate
    public HttpsDoor(HttpsSettings config, @Reference NodeTls node, @Reference Identities identities) throws Exception {
        host = config.host().strip();
        bound = Listening.address("https.host", host);
        prefix = HttpDoor.prefix(config.pathPrefix());
        configuredPointOfAccess = config.pointOfAccess();
        ListenerLimits limits = new ListenerLimits(config.threads(), config.maxConnections(), config.idleTimeoutMillis(),
                config.receiveTimeoutMillis(), config.minBytesPerSecond(), config.maxHeaderBytes());
        Representation representation = new Representation(EntityTags.of(config.entityTags()), config.compressionBytes(),
                CrossOrigin.of(config.allowedOrigins()));
        TlsSettings settings = TlsSettings.of(node.home(), new TlsSettings.Texts(config.certificateFile(), config.keyFile(),
                config.clientCaFile(), config.crlFile(), config.protocols(), config.cipherSuites(), config.names()), host,
                clients(config.clientCertificates()));
        timer = new ScheduledThreadPoolExecutor(1, Listening.threads("lintel-https-timer"));
        timer.setRemoveOnCancelPolicy(true);
        cse = new CseLink(timer, Duration.ofMillis(config.cseAbsenceMillis()), Duration.ofMillis(config.answerTimeoutMillis()));
        associations = new Associations(identities);
        worker = Listening.worker("lintel-https-tls");
        tls = node.listener("https", settings, worker);
        if (!config.enabled()) {
            listener = Optional.empty();
            return;
        }
        Hops hops = new Hops(cse, Optional.of(associations));
        JettyListener.loadHttp2();
        listener = Optional.of(new JettyListener("https", bound, host, config.port(), limits, timer,
                new UpgradeHandler(new OneM2mHandler(cse, prefix, limits, config.maxBodyBytes(), representation, hops),
                    () -> webSocket, hops::ofConnection, prefix), new OneM2mErrorHandler(), http -> {
                    AlpnFactory alpn = new AlpnFactory();
                    return new ConnectionFactory[] {new TlsFactory(tls, alpn, config.handshakeTimeoutMillis()), alpn,
                        JettyListener.bounded(new HTTP2ServerConnectionFactory(http), limits), new HttpConnectionFactory(http)};
                }));
        listener.get().open();
        timer.schedule(tls::begin, 1, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(tls::check, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private static ClientCertificates clients(String text) {
        return switch (text.trim()) {
            case "welcome" -> ClientCertificates.WELCOME;
            case "required" -> ClientCertificates.REQUIRED;
            default -> throw new IllegalArgumentException("https.clientCertificates is welcome or required, not " + text);
        };
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCse(Cse newCse) {
        cse.bind(newCse);
    }

    void unbindCse(Cse oldCse) {
        cse.unbind(oldCse);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindRegistrations(Registrations now) {
        associations.registrations(now);
    }

    void unbindRegistrations(Registrations old) {
        associations.withdraw(old);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindWebSocket(WebSocketEntrance entrance) {
        webSocket = Optional.of(entrance);
    }

    void unbindWebSocket(WebSocketEntrance entrance) {
        if (webSocket.filter(entrance::equals).isPresent()) {
            webSocket = Optional.empty();
        }
    }

    @Deactivate
    void close() throws Exception {
        cse.close();
        timer.shutdownNow();
        worker.shutdownNow();
        if (listener.isPresent()) {
            listener.get().close();
        }
    }

    int port() {
        return listener.orElseThrow().port();
    }

    private String address() {
        String name = bound.isAnyLocalAddress() ? Listening.machine() : host;
        return "https://" + Listening.uriHost(name) + ":" + port() + prefix;
    }

    @Override
    public String name() {
        return "https";
    }

    /** A door that is meant to be closed is as it should be. */
    @Override
    public boolean isOpen() {
        return listener.isEmpty() || listener.get().failure().isEmpty() && !tls.isBroken();
    }

    @Override
    public String detail() {
        if (listener.isEmpty()) {
            return OFF;
        }
        String failure = listener.get().failure();
        return !failure.isEmpty() ? failure : address() + tls.problem().map(problem -> " (" + problem + ")").orElse("");
    }

    /** Peers are not told of an address that only this machine can reach. */
    @Override
    public List<String> pointsOfAccess() {
        if (configuredPointOfAccess.isEmpty() && (listener.isEmpty() || bound.isLoopbackAddress())) {
            return List.of();
        }
        String https = configuredPointOfAccess.isEmpty() ? address() : configuredPointOfAccess;
        return webSocket.filter(WebSocketEntrance::isOpen).isEmpty() ? List.of(https)
                : List.of(https, https.replaceFirst("^http", "ws"));
    }
}
