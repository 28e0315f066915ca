// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.elements.Connector;
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
import io.lintel.cse.api.Registrations;
import io.lintel.rest.internal.mapping.Associations;
import io.lintel.rest.internal.mapping.CseLink;
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.tls.Identities;
import io.lintel.tls.ListenerTls;
import io.lintel.tls.NodeTls;
import io.lintel.tls.TlsSettings;
import io.lintel.tls.TlsSettings.ClientCertificates;

/**
 * The CoAP listener behind DTLS (TS-0008 clause 9): agreed keys and certificates. What it lets in, it serves as
 * {@link CoapDoor} does, and knows who it is. Threads: {@code lintel-coaps-…} for the protocol, Scandium's few for the
 * cryptography, and one that comes and goes for files.
 */
@Component(service = {Door.class, ContentListener.class}, immediate = true, configurationPid = "io.lintel.coaps")
@Designate(ocd = CoapsSettings.class)
public final class CoapsDoor implements Door, ContentListener {
    private static final long LOOK_SECONDS = 2;

    private final EndpointThreads threads = Endpoints.threads("lintel-coaps", 2);
    private final ThreadPoolExecutor files = Listening.worker("lintel-coaps-files");
    private final CseLink cse;
    private final Associations associations;
    private final ListenerTls tls;
    private final ServerSide server;
    private final CoapListener listener;
    private final List<String> pointsOfAccess;

    @Activate
    public CoapsDoor(CoapsSettings config, @Reference CommonSettings all, @Reference CoapPeers peers, @Reference NodeTls node,
            @Reference Identities identities) {
        CoapSettings common = all.settings();
        InetAddress address = Listening.address("coaps.host", config.host());
        associations = new Associations(identities);
        pointsOfAccess = pointsOfAccess(config, address);
        tls = node.listener("coaps", settings(config, node), files);
        cse = new CseLink(threads, Duration.ofMillis(common.cseAbsenceMillis()), Duration.ofMillis(common.answerTimeoutMillis()));
        Configuration configuration = Endpoints.serverConfiguration(common.blockSize());
        server = new ServerSide(new DtlsOnDemand(new InetSocketAddress(address, config.port()),
                bound -> dtls(bound, config, common.blockSize(), node)), configuration, ServerSide.Bounds.of(common), cse, peers,
                new DtlsPeers(associations, cse::identity, System::nanoTime), threads, System::nanoTime);
        listener = new CoapListener("CoAPS", server.endpoint(), config.host(), config.port(), threads);
        tls.begin();
        threads.scheduleWithFixedDelay(tls::check, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        listener.open();
    }

    /** When the first peer comes. */
    private Connector dtls(InetSocketAddress bound, CoapsSettings config, int blockSize, NodeTls node) {
        DtlsConnectors.register();
        DtlsCertificates certificates = new DtlsCertificates(tls);
        return DtlsConnectors.server(bound, Endpoints.serverConfiguration(blockSize),
                new DtlsConnectors.Sessions(config.connectionIdLength(), config.maxSessions()),
                new DtlsKeys(node.psks(), nobody -> Optional.empty()), certificates,
                new DtlsResumption(node.psks(), certificates), threads);
    }

    private static TlsSettings settings(CoapsSettings config, NodeTls node) {
        try {
            return TlsSettings.of(node.home(), new TlsSettings.Texts(config.certificateFile(), config.keyFile(),
                    config.clientCaFile(), config.crlFile(), "", "", config.names()), config.host(), ClientCertificates.REQUIRED);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("coaps." + e.getMessage(), e);
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
    void bindRegistrations(Registrations view) {
        associations.registrations(view);
    }

    void unbindRegistrations(Registrations view) {
        associations.withdraw(view);
    }

    @Deactivate
    void close() {
        cse.close();
        listener.close();
        files.shutdownNow();
    }

    int port() {
        return listener.port();
    }

    @Override
    public String name() {
        return "coaps";
    }

    @Override
    public boolean isOpen() {
        return listener.isOpen();
    }

    @Override
    public String detail() {
        if (!isOpen()) {
            return listener.failure();
        }
        return listener.address() + tls.problem().map(why -> ", certificates: " + why).orElse("");
    }

    @Override
    public List<String> pointsOfAccess() {
        return pointsOfAccess;
    }

    /**
     * What peers are told. While it listens on loopback it is for this machine's own, who are given the address with their key:
     * other CSEs here would try it, and be refused.
     */
    private static List<String> pointsOfAccess(CoapsSettings config, InetAddress address) {
        if (!config.pointOfAccess().isBlank()) {
            return List.of(config.pointOfAccess().trim());
        }
        String named = config.names().split(",")[0].trim();
        String host = !named.isEmpty() ? named : address.isAnyLocalAddress() ? Listening.machine() : config.host();
        return address.isLoopbackAddress() ? List.of() : List.of("coaps://" + Listening.uriHost(host) + ":" + config.port());
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
