// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Door;
import io.lintel.rest.internal.mapping.CseLink;
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.rest.internal.ws.WebSocketEntrance;

/**
 * The HTTP listener (TS-0009, server side): a Jetty server of its own, because a servlet in the shared one costs three
 * times as much. It stays open while the CSE is replaced. Threads: {@code lintel-http-…}, few, none of which waits for
 * the CSE or for a peer.
 */
@Component(service = Door.class, immediate = true, configurationPid = "io.lintel.http")
@Designate(ocd = HttpSettings.class)
public final class HttpDoor implements Door {
    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);
    private static final long REBIND_SECONDS = 2;

    private final ScheduledThreadPoolExecutor timer;
    private final CseLink cse;
    private final Server server;
    private final ServerConnector connector;
    private final String host;
    private final String prefix;
    private final String configuredPointOfAccess;
    private volatile String failure = "starting";
    private volatile Optional<WebSocketEntrance> webSocket = Optional.empty();

    @Activate
    public HttpDoor(HttpSettings config) throws Exception {
        InetAddress address = Listening.plainAddress("http.host", config.host());
        host = config.host();
        prefix = prefix(config.pathPrefix());
        configuredPointOfAccess = config.pointOfAccess();
        timer = new ScheduledThreadPoolExecutor(1, Listening.threads("lintel-http-timer"));
        timer.setRemoveOnCancelPolicy(true);
        cse = new CseLink(timer, Duration.ofMillis(config.cseAbsenceMillis()), Duration.ofMillis(config.answerTimeoutMillis()));
        QueuedThreadPool threads = new QueuedThreadPool(Math.max(3, config.threads()), 1, 30_000);
        threads.setName("lintel-http");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        server = new Server(threads, new ScheduledExecutorScheduler("lintel-http-scheduler", true), null);
        connector = connector(config, address);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(config.maxConnections(), server));
        server.setHandler(new UpgradeHandler(new OneM2mHandler(cse, prefix, config.maxBodyBytes()), () -> webSocket,
                OneM2mHandler::hop, prefix));
        server.setErrorHandler(new OneM2mErrorHandler());
        server.setStopTimeout(0);
        server.setStopAtShutdown(false);
        open();
    }

    private ServerConnector connector(HttpSettings config, InetAddress address) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(config.maxHeaderBytes());
        http.setResponseHeaderSize(config.maxHeaderBytes());
        http.setUriCompliance(UriCompliance.UNSAFE);
        ServerConnector made = new ServerConnector(server, null, null, null, 0, 1, new HttpConnectionFactory(http));
        made.setHost(address.getHostAddress());
        made.setPort(config.port());
        made.setIdleTimeout(config.idleTimeoutMillis());
        made.setReuseAddress(true);
        return made;
    }

    private static String prefix(String configured) {
        String stripped = configured.strip();
        while (stripped.endsWith("/")) {
            stripped = stripped.substring(0, stripped.length() - 1);
        }
        return stripped.isEmpty() || stripped.startsWith("/") ? stripped : "/" + stripped;
    }

    /** Opens the listener; a port that is still taken (by the one this replaces, say) is tried again. */
    private void open() throws Exception {
        try {
            server.start();
            failure = "";
            LOG.info("HTTP listens on {}", address());
        } catch (IOException e) {
            if (!(e instanceof BindException) && !(e.getCause() instanceof BindException)) {
                throw e;
            }
            if (failure.equals("starting")) {
                LOG.error("HTTP cannot listen on {}:{}: {}; trying again every {} s", host, connector.getPort(), e.getMessage(),
                        REBIND_SECONDS);
            }
            failure = "cannot listen on " + host + ":" + connector.getPort() + ": " + e.getMessage();
            server.stop();
            timer.schedule(this::reopen, REBIND_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void reopen() {
        try {
            open();
        } catch (Exception e) {
            failure = e.toString();
            LOG.error("HTTP cannot be opened", e);
        }
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
        server.stop();
        failure = "closed";
        LOG.info("HTTP closed");
    }

    /** The port listened on, also when the configuration said "any". */
    int port() {
        return connector.getLocalPort();
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
        return failure.isEmpty() && connector.isRunning();
    }

    @Override
    public String detail() {
        return isOpen() ? address() : failure;
    }

    @Override
    public List<String> pointsOfAccess() {
        String http = configuredPointOfAccess.isEmpty() ? address() : configuredPointOfAccess;
        return webSocket.filter(WebSocketEntrance::isOpen).isEmpty() ? List.of(http)
                : List.of(http, http.replaceFirst("^http", "ws"));
    }
}
