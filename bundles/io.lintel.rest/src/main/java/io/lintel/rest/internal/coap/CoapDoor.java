// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import org.eclipse.californium.elements.config.Configuration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

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
    private final EndpointThreads threads = Endpoints.threads("lintel-coap", 2);
    private final CseLink cse;
    private final ServerSide server;
    private final CoapListener listener;
    private final String configuredPointOfAccess;

    @Activate
    public CoapDoor(CoapSettings config, @Reference CoapPeers peers) {
        InetAddress address = Listening.plainAddress("coap.host", config.host());
        configuredPointOfAccess = config.pointOfAccess();
        cse = new CseLink(threads, Duration.ofMillis(config.cseAbsenceMillis()), Duration.ofMillis(config.answerTimeoutMillis()));
        Configuration configuration = Endpoints.serverConfiguration(config.blockSize());
        server = new ServerSide(Endpoints.plain(new InetSocketAddress(address, config.port()), configuration, threads),
                configuration, ServerSide.Bounds.of(config), cse, peers,
                context -> Peer.plain(context.getPeerAddress()), threads, System::nanoTime);
        listener = new CoapListener("CoAP", server.endpoint(), config.host(), config.port(), threads);
        listener.open();
    }

    static OneM2mOption.NumberSet numbers(String option) {
        return switch (option) {
            case "old" -> OneM2mOption.NumberSet.OLD;
            case "new" -> OneM2mOption.NumberSet.NEW;
            default -> throw new IllegalArgumentException("coap.options is neither old nor new: " + option);
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

    @Deactivate
    void close() {
        cse.close();
        listener.close();
    }

    int port() {
        return listener.port();
    }

    @Override
    public String name() {
        return "coap";
    }

    @Override
    public boolean isOpen() {
        return listener.isOpen();
    }

    @Override
    public String detail() {
        return isOpen() ? listener.address() : listener.failure();
    }

    @Override
    public List<String> pointsOfAccess() {
        return List.of(configuredPointOfAccess.isEmpty() ? listener.address() : configuredPointOfAccess);
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
