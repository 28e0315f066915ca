// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.rest.internal.mapping.Listening;

/**
 * The port of a CoAP door, plain or with DTLS, from its opening to its end: one that is still taken (by the door that this one
 * replaces, say) is tried again. Opens on the door's threads; asked on any.
 */
final class CoapListener {
    private static final Logger LOG = LoggerFactory.getLogger(CoapListener.class);
    private static final long REBIND_SECONDS = 2;

    private final String name;
    private final CoapEndpoint endpoint;
    private final String host;
    private final int port;
    private final EndpointThreads threads;
    private volatile String failure = "starting";

    /** @param name {@code CoAP} or {@code CoAPS}; in small letters it is the scheme */
    CoapListener(String name, CoapEndpoint endpoint, String host, int port, EndpointThreads threads) {
        this.name = name;
        this.endpoint = endpoint;
        this.host = host;
        this.port = port;
        this.threads = threads;
    }

    /** Opens the port, now or as soon as it is free. */
    void open() {
        try {
            endpoint.start();
            failure = "";
            LOG.info("{} listens on {}", name, address());
        } catch (IOException e) {
            if (failure.equals("starting")) {
                LOG.error("{} cannot listen on {}:{}: {}; trying again every {} s", name, host, port, e.getMessage(),
                        REBIND_SECONDS);
            }
            failure = "cannot listen on " + host + ":" + port + ": " + e.getMessage();
            threads.schedule(this::open, REBIND_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Ends the endpoint, and the threads with it. */
    void close() {
        endpoint.destroy();
        threads.shutdownNow();
        failure = "closed";
        LOG.info("{} closed", name);
    }

    /** The port listened on, also when the configuration said "any". */
    int port() {
        return endpoint.getAddress().getPort();
    }

    String address() {
        return name.toLowerCase(Locale.ROOT) + "://" + Listening.uriHost(host) + ":" + port();
    }

    boolean isOpen() {
        return failure.isEmpty() && endpoint.isStarted();
    }

    /** Why it is not open. */
    String failure() {
        return failure;
    }
}
