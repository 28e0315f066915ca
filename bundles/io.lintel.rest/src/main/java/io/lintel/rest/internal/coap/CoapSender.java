// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.Schemes;

/**
 * Sends requests and notifications over plain CoAP, from one endpoint that opens with the first of them; see {@link Outgoing}.
 */
@Component(service = PrimitiveSender.class, configurationPid = "io.lintel.coap")
@Schemes(io_lintel_schemes = "coap")
public final class CoapSender implements PrimitiveSender {
    private static final int DEFAULT_PORT = 5683;

    private final Outgoing outgoing;
    private final CoapSettings config;
    private CoapEndpoint endpoint;
    private boolean closed;

    @Activate
    public CoapSender(CoapSettings config, @Reference CoapPeers peers) {
        this.config = config;
        outgoing = new Outgoing("lintel-coap-out", DEFAULT_PORT, config, peers, true, threads ->
                (target, address) -> endpoint(threads));
    }

    @Deactivate
    void close() {
        outgoing.close(this::closeEndpoint);
    }

    private synchronized void closeEndpoint() {
        closed = true;
        if (endpoint != null) {
            endpoint.destroy();
        }
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        return outgoing.send(outbound);
    }

    private synchronized CoapEndpoint endpoint(EndpointThreads threads) throws IOException {
        if (closed) {
            throw new IOException("CoAP is closing");
        }
        if (endpoint == null) {
            Configuration configuration = Endpoints.clientConfiguration(config.maxBodyBytes(), config.blockSize());
            endpoint = Endpoints.client(Endpoints.plain(new InetSocketAddress(0), configuration, threads), configuration,
                    threads);
            endpoint.start();
        }
        return endpoint;
    }
}
