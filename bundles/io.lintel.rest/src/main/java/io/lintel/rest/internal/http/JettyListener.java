// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.http2.WindowRateControl;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Jetty server of its own with one port, as the doors of HTTP and HTTPS need it. A port that is still taken, by the one that
 * this replaces perhaps, is tried again. Threads: {@code lintel-<name>-…}, few, none of which waits for the CSE or for a peer.
 */
final class JettyListener {
    private static final Logger LOG = LoggerFactory.getLogger(JettyListener.class);
    private static final long REBIND_SECONDS = 2;
    private static final int LOOK_MILLIS = 1_000;
    private static final int STREAMS = 64;
    /** Characters of headers that Jetty remembers for each connection. Each costs 96 bytes, so that its own 1024 are 100 kB. */
    private static final int HEADER_CACHE = 128;
    private static final int MANY_CONNECTIONS = 1_024;
    /** Of HTTP/2, that ask for nothing: resets, settings, pings, empty frames. */
    private static final int IDLE_FRAMES_PER_SECOND = 50;

    private final String name;
    private final String shownHost;
    private final ScheduledExecutorService timer;
    private final Server server;
    private final ServerConnector connector;
    private final ConnectionWatch watch;
    private volatile String failure = "starting";

    /**
     * @param name      {@code http} or {@code https}
     * @param shownHost the host as it was configured
     * @param timer     runs short tasks
     * @param protocols what is spoken, the first one first
     */
    JettyListener(String name, InetAddress address, String shownHost, int port, ListenerLimits limits,
            ScheduledExecutorService timer, Handler handler, Request.Handler errors,
            Function<HttpConfiguration, ConnectionFactory[]> protocols) {
        this.name = name;
        this.shownHost = shownHost;
        this.timer = timer;
        QueuedThreadPool threads = new QueuedThreadPool(Math.max(3, limits.threads()), 1, 30_000);
        threads.setName("lintel-" + name);
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        server = new Server(threads, new ScheduledExecutorScheduler("lintel-" + name + "-scheduler", true), null);
        connector = new ServerConnector(server, null, null, null, 0, 1, protocols.apply(configuration(limits)));
        connector.setHost(address.getHostAddress());
        connector.setPort(port);
        connector.setIdleTimeout(limits.idleMillis());
        connector.setReuseAddress(true);
        connector.setAcceptQueueSize(1024);
        watch = new ConnectionWatch(connector, limits, System::nanoTime);
        connector.addBean(watch);
        server.addConnector(connector);
        server.setHandler(handler);
        server.setErrorHandler(errors);
        server.setStopTimeout(0);
        server.setStopAtShutdown(false);
    }

    private static HttpConfiguration configuration(ListenerLimits limits) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(limits.headerBytes());
        http.setResponseHeaderSize(limits.headerBytes());
        http.setHeaderCacheSize(limits.connections() <= MANY_CONNECTIONS ? HEADER_CACHE : 0);
        http.setUriCompliance(UriCompliance.UNSAFE);
        return http;
    }

    /** HTTP/2 within the listener's limits. */
    static <F extends AbstractHTTP2ServerConnectionFactory> F bounded(F http2, ListenerLimits limits) {
        http2.setMaxConcurrentStreams(STREAMS);
        http2.setRateControlFactory(new WindowRateControl.Factory(IDLE_FRAMES_PER_SECOND));
        http2.setStreamIdleTimeout(0);
        http2.setInitialSessionRecvWindow(1 << 18);
        http2.setInitialStreamRecvWindow(1 << 16);
        return http2;
    }

    /**
     * Jetty finds what it knows of HTTP/2 headers by the context class loader, which has to be its own while it does so for
     * the first time.
     */
    static void loadHttp2() {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        try {
            current.setContextClassLoader(PreEncodedHttpField.class.getClassLoader());
            new PreEncodedHttpField("X", "x");
        } finally {
            current.setContextClassLoader(before);
        }
    }

    /** Opens the port, now or as soon as it is free. */
    void open() throws Exception {
        try {
            server.start();
            failure = "";
            timer.scheduleWithFixedDelay(watch::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
            LOG.info("{} listens on {}:{}", name, shownHost, port());
        } catch (IOException e) {
            if (!(e instanceof BindException) && !(e.getCause() instanceof BindException)) {
                throw e;
            }
            if (failure.equals("starting")) {
                LOG.error("{} cannot listen on {}:{}: {}; trying again every {} s", name, shownHost, connector.getPort(),
                        e.getMessage(), REBIND_SECONDS);
            }
            failure = "cannot listen on " + shownHost + ":" + connector.getPort() + ": " + e.getMessage();
            server.stop();
            timer.schedule(this::reopen, REBIND_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void reopen() {
        try {
            open();
        } catch (Exception e) {
            failure = e.toString();
            LOG.error("{} cannot be opened", name, e);
        }
    }

    void close() throws Exception {
        server.stop();
        failure = "closed";
        LOG.info("{} closed", name);
    }

    /** The port listened on, also when the configuration said "any". */
    int port() {
        return connector.getLocalPort();
    }

    /** How many connections there are. */
    int connections() {
        return watch.open();
    }

    /** Why it is not open; empty if it is. */
    String failure() {
        return failure.isEmpty() && !connector.isRunning() ? "closed" : failure;
    }
}
