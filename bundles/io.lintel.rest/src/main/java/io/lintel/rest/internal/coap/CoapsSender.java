// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.config.Configuration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.Schemes;
import io.lintel.tls.NodeTls;

/**
 * Sends requests and notifications over CoAP with DTLS; see {@link Outgoing}. Two endpoints, opened when first needed: one for
 * targets with which a key is agreed, which are asked for nothing else, and one for all others, which have to show a
 * certificate that names them. Sessions are kept and resumed.
 */
@Component(service = PrimitiveSender.class, configurationPid = "io.lintel.coaps")
@Schemes(io_lintel_schemes = "coaps")
public final class CoapsSender implements PrimitiveSender {
    private static final int DEFAULT_PORT = 5684;

    private final Outgoing outgoing;
    private final CoapSettings common;
    private final AgreedKeys agreed;
    private final NodeTls node;
    private final DtlsTrust trust;
    private Optional<CoapEndpoint> withKeys = Optional.empty();
    private Optional<CoapEndpoint> withCertificates = Optional.empty();
    private boolean closed;

    @Activate
    public CoapsSender(CoapsSettings config, @Reference CommonSettings all, @Reference CoapPeers peers, @Reference NodeTls node) {
        common = all.settings();
        this.node = node;
        agreed = AgreedKeys.parse(config.agreedKeys(), DEFAULT_PORT);
        trust = DtlsTrust.of(config, node);
        outgoing = new Outgoing("lintel-coaps-out", DEFAULT_PORT, common, peers, false, threads -> (target, address) -> {
            agreed.found(target, address);
            return endpoint(target, threads);
        });
    }

    @Deactivate
    void close() {
        outgoing.close(this::closeEndpoints);
    }

    private synchronized void closeEndpoints() {
        closed = true;
        withKeys.ifPresent(CoapEndpoint::destroy);
        withCertificates.ifPresent(CoapEndpoint::destroy);
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        return outgoing.send(outbound);
    }

    private synchronized CoapEndpoint endpoint(URI target, EndpointThreads threads) throws IOException {
        if (closed) {
            throw new IOException("CoAPS is closing");
        }
        Optional<String> identity = agreed.identity(target);
        if (identity.isPresent() && node.psks().key(identity.get()).isEmpty()) {
            throw new IOException("there is no key of " + identity.get() + " in etc/tls/psk");
        }
        Optional<CoapEndpoint> known = identity.isPresent() ? withKeys : withCertificates;
        if (known.isPresent()) {
            return known.get();
        }
        DtlsConnectors.register();
        Configuration configuration = Endpoints.clientConfiguration(common.maxBodyBytes(), common.blockSize());
        Connector connector = identity.isPresent()
                ? DtlsConnectors.pskClient(configuration, new DtlsKeys(node.psks(), agreed::identity), threads)
                : DtlsConnectors.certificateClient(configuration, trust, trust, threads);
        CoapEndpoint opened = Endpoints.client(connector, configuration, threads);
        opened.start();
        if (identity.isPresent()) {
            withKeys = Optional.of(opened);
        } else {
            withCertificates = Optional.of(opened);
        }
        return opened;
    }
}
