// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Door;
import io.lintel.rest.internal.mapping.CseLink;
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.rest.internal.ws.WebSocketEntrance;

/**
 * The HTTP listener (TS-0009, server side), on loopback only, for HTTP/1.1 and for HTTP/2 without TLS: a Jetty server of its
 * own, because a servlet in the shared one costs three times as much. It stays open while the CSE is replaced.
 */
@Component(service = Door.class, immediate = true, configurationPid = "io.lintel.http")
@Designate(ocd = HttpSettings.class)
public final class HttpDoor implements Door {
    private final ScheduledThreadPoolExecutor timer;
    private final CseLink cse;
    private final JettyListener listener;
    private final String host;
    private final String prefix;
    private final String configuredPointOfAccess;
    private volatile Optional<WebSocketEntrance> webSocket = Optional.empty();

    @Activate
    public HttpDoor(HttpSettings config) throws Exception {
        InetAddress address = Listening.plainAddress("http.host", config.host());
        host = config.host();
        prefix = prefix(config.pathPrefix());
        configuredPointOfAccess = config.pointOfAccess();
        ListenerLimits limits = new ListenerLimits(config.threads(), config.maxConnections(), config.idleTimeoutMillis(),
                config.receiveTimeoutMillis(), config.minBytesPerSecond(), config.maxHeaderBytes());
        Representation representation = new Representation(EntityTags.of(config.entityTags()), config.compressionBytes(),
                CrossOrigin.of(config.allowedOrigins()));
        timer = new ScheduledThreadPoolExecutor(1, Listening.threads("lintel-http-timer"));
        timer.setRemoveOnCancelPolicy(true);
        cse = new CseLink(timer, Duration.ofMillis(config.cseAbsenceMillis()), Duration.ofMillis(config.answerTimeoutMillis()));
        Hops hops = new Hops(cse, Optional.empty());
        JettyListener.loadHttp2();
        listener = new JettyListener("http", address, host, config.port(), limits, timer,
                new UpgradeHandler(new OneM2mHandler(cse, prefix, limits, config.maxBodyBytes(), representation, hops),
                    () -> webSocket, hops::ofConnection, prefix), new OneM2mErrorHandler(), http -> new ConnectionFactory[] {
                    new HttpConnectionFactory(http),
                    JettyListener.bounded(new HTTP2CServerConnectionFactory(http), limits)});
        listener.open();
    }

    static String prefix(String configured) {
        String stripped = configured.strip();
        while (stripped.endsWith("/")) {
            stripped = stripped.substring(0, stripped.length() - 1);
        }
        return stripped.isEmpty() || stripped.startsWith("/") ? stripped : "/" + stripped;
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
        listener.close();
    }

    int port() {
        return listener.port();
    }

    int connections() {
        return listener.connections();
    }

    private String address() {
        return "http://" + Listening.uriHost(host) + ":" + port() + prefix;
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public boolean isOpen() {
        return listener.failure().isEmpty();
    }

    @Override
    public String detail() {
        return isOpen() ? address() : listener.failure();
    }

    @Override
    public List<String> pointsOfAccess() {
        String http = configuredPointOfAccess.isEmpty() ? address() : configuredPointOfAccess;
        return webSocket.filter(WebSocketEntrance::isOpen).isEmpty() ? List.of(http)
                : List.of(http, http.replaceFirst("^http", "ws"));
    }
}
