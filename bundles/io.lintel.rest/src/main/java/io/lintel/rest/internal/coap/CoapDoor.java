// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
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

import io.lintel.cse.api.ContentListener;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Door;
import io.lintel.rest.internal.mapping.CseLink;
import io.lintel.rest.internal.mapping.Listening;

/**
 * The CoAP listener (TS-0008, server side), on Californium. It stays open while the CSE is replaced. Threads:
 * {@code lintel-coap-…}, and Californium's one receiver and one sender.
 */
@Component(service = {Door.class, ContentListener.class}, immediate = true, configurationPid = "io.lintel.coap")
@Designate(ocd = CoapSettings.class)
public final class CoapDoor implements Door, ContentListener {
    private static final Logger LOG = LoggerFactory.getLogger(CoapDoor.class);
    private static final long REBIND_SECONDS = 2;

    private final EndpointThreads threads = Endpoints.threads("lintel-coap", 2);
    private final CseLink cse;
    private final ServerSide server;
    private final CoapEndpoint endpoint;
    private final String host;
    private final int port;
    private final String configuredPointOfAccess;
    private volatile String failure = "starting";

    @Activate
    public CoapDoor(CoapSettings config, @Reference CoapPeers peers) throws IOException {
        InetAddress address = Listening.plainAddress("coap.host", config.host());
        host = config.host();
        port = config.port();
        configuredPointOfAccess = config.pointOfAccess();
        cse = new CseLink(threads, Duration.ofMillis(config.cseAbsenceMillis()), Duration.ofMillis(config.answerTimeoutMillis()));
        Configuration configuration = Endpoints.serverConfiguration(config.blockSize());
        server = new ServerSide(Endpoints.plain(new InetSocketAddress(address, port), configuration, threads), configuration,
                ServerSide.Bounds.of(config), cse, peers, context -> Peer.plain(context.getPeerAddress()), threads);
        endpoint = server.endpoint();
        open();
    }

    static OneM2mOption.NumberSet numbers(String option) {
        return switch (option) {
            case "old" -> OneM2mOption.NumberSet.OLD;
            case "new" -> OneM2mOption.NumberSet.NEW;
            default -> throw new IllegalArgumentException("coap.options is neither old nor new: " + option);
        };
    }

    /** Opens the listener; a port that is still taken (by the one this replaces, say) is tried again. */
    private void open() {
        try {
            endpoint.start();
            failure = "";
            LOG.info("CoAP listens on {}", address());
        } catch (IOException e) {
            if (failure.equals("starting")) {
                LOG.error("CoAP cannot listen on {}:{}: {}; trying again every {} s", host, port, e.getMessage(), REBIND_SECONDS);
            }
            failure = "cannot listen on " + host + ":" + port + ": " + e.getMessage();
            threads.schedule(this::open, REBIND_SECONDS, TimeUnit.SECONDS);
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

    @Deactivate
    void close() {
        cse.close();
        endpoint.destroy();
        threads.shutdownNow();
        failure = "closed";
        LOG.info("CoAP closed");
    }

    /** The port listened on, also when the configuration said "any". */
    int port() {
        return endpoint.getAddress().getPort();
    }

    private String address() {
        return "coap://" + Listening.uriHost(host) + ":" + port();
    }

    @Override
    public String name() {
        return "coap";
    }

    @Override
    public boolean isOpen() {
        return failure.isEmpty() && endpoint.isStarted();
    }

    @Override
    public String detail() {
        return isOpen() ? address() : failure;
    }

    @Override
    public List<String> pointsOfAccess() {
        return List.of(configuredPointOfAccess.isEmpty() ? address() : configuredPointOfAccess);
    }

    @Override
    public boolean watches(String resourceId) {
        return server.observations().watches(resourceId);
    }

    @Override
    public void changed(String resourceId) {
        server.observations().changed(resourceId);
    }
}
