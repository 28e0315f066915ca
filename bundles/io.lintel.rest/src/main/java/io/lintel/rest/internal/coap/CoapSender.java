// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.Schemes;
import io.lintel.rest.internal.mapping.UnderWay;

/**
 * Sends requests and notifications over CoAP (TS-0008, client side), from an endpoint of its own that opens with the
 * first request. Callers only hand over; names are resolved and answers read on {@code lintel-coap-out-…} threads.
 */
@Component(service = PrimitiveSender.class, configurationPid = "io.lintel.coap")
@Schemes(io_lintel_schemes = "coap")
public final class CoapSender implements PrimitiveSender {
    private static final int DEFAULT_PORT = 5683;

    private final ScheduledThreadPoolExecutor threads = Endpoints.threads("lintel-coap-out", 2);
    private final CoapRequestWriter writer;
    private final CoapPeers peers;
    private final OneM2mOption.NumberSet defaultNumbers;
    private final int maxBodyBytes;
    private final int blockSize;
    private final Clock clock = Clock.systemUTC();
    private final UnderWay underWay = new UnderWay();
    private CoapEndpoint endpoint;
    private boolean closed;

    @Activate
    public CoapSender(CoapSettings config, @Reference CoapPeers peers) {
        writer = new CoapRequestWriter(config.notificationMediaType());
        this.peers = peers;
        defaultNumbers = CoapDoor.numbers(config.options());
        maxBodyBytes = config.maxBodyBytes();
        blockSize = config.blockSize();
    }

    @Deactivate
    void close() {
        CoapEndpoint opened;
        synchronized (this) {
            closed = true;
            opened = endpoint;
        }
        underWay.close();
        if (opened != null) {
            opened.destroy();
        }
        threads.shutdownNow();
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        CompletableFuture<ResponsePrimitive> result = underWay.begin();
        try {
            threads.execute(() -> start(outbound, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new UnreachableException("CoAP is closing", false, e));
        }
        return result;
    }

    private void start(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result) {
        URI uri = outbound.pointOfAccess();
        Duration left = Duration.between(clock.instant(), outbound.deadline());
        if (left.isZero() || left.isNegative()) {
            result.completeExceptionally(new UnreachableException("the deadline has passed", false, null));
            return;
        }
        try {
            String host = uri.getHost() == null ? "" : uri.getHost().replace("[", "").replace("]", "");
            if (host.isEmpty()) {
                throw new UnknownHostException("no host in " + uri);
            }
            InetSocketAddress peer = new InetSocketAddress(InetAddress.getByName(host), uri.getPort() < 0 ? DEFAULT_PORT
                    : uri.getPort());
            Request request = writer.write(outbound, peers.numbers(peer).orElse(defaultNumbers));
            request.setDestinationContext(new AddressEndpointContext(peer));
            Future<?> timeout = threads.schedule(() -> {
                if (result.completeExceptionally(new UnreachableException("no answer from " + uri + " in time", true, null))) {
                    request.cancel();
                }
            }, left.toMillis(), TimeUnit.MILLISECONDS);
            result.whenComplete((response, failure) -> timeout.cancel(false));
            request.addMessageObserver(new Outcome(outbound, result));
            endpoint().sendRequest(request);
        } catch (IOException | RuntimeException e) {
            result.completeExceptionally(new UnreachableException(uri + ": " + e.getMessage(), false, e));
        }
    }

    /** Turns what becomes of a request into the result. */
    private static final class Outcome extends MessageObserverAdapter {
        private final OutboundRequest outbound;
        private final CompletableFuture<ResponsePrimitive> result;

        Outcome(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result) {
            this.outbound = outbound;
            this.result = result;
        }

        @Override
        public void onResponse(Response response) {
            try {
                result.complete(CoapResponseReader.read(outbound, response));
            } catch (RuntimeException e) {
                fail("the answer could not be read: " + e.getMessage(), true, e);
            }
        }

        @Override
        public void onTimeout() {
            fail("no acknowledgement", true, null);
        }

        @Override
        public void onReject() {
            fail("the peer rejected the message", true, null);
        }

        @Override
        public void onSendError(Throwable error) {
            fail(String.valueOf(error.getMessage()), false, error);
        }

        @Override
        public void onResponseHandlingError(Throwable cause) {
            fail("the answer could not be read: " + cause.getMessage(), true, cause);
        }

        @Override
        public void onCancel() {
            fail("given up", true, null);
        }

        private void fail(String text, boolean mayHaveArrived, Throwable cause) {
            result.completeExceptionally(new UnreachableException(outbound.pointOfAccess() + ": " + text, mayHaveArrived, cause));
        }
    }

    /** Opened when first needed. */
    private synchronized CoapEndpoint endpoint() throws IOException {
        if (closed) {
            throw new IOException("CoAP is closing");
        }
        if (endpoint == null) {
            Configuration configuration = Endpoints.clientConfiguration(maxBodyBytes, blockSize);
            endpoint = Endpoints.client(Endpoints.plain(new InetSocketAddress(0), configuration, threads), configuration,
                    threads);
            endpoint.start();
        }
        return endpoint;
    }
}
