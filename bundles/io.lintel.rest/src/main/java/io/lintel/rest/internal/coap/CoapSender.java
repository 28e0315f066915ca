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
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

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
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.rest.internal.mapping.Schemes;
import io.lintel.rest.internal.mapping.UnderWay;

/**
 * Sends requests and notifications over CoAP (TS-0008, client side), from an endpoint of its own that opens with the
 * first request. In order for each target, see {@link Lanes}. Callers only hand over; answers are read on
 * {@code lintel-coap-out-…} threads, names looked up on {@code lintel-coap-names-…}, which may wait.
 */
@Component(service = PrimitiveSender.class, configurationPid = "io.lintel.coap")
@Schemes(io_lintel_schemes = "coap")
public final class CoapSender implements PrimitiveSender {
    private static final int DEFAULT_PORT = 5683;
    private static final int WAITING_OF_TARGET = 256;
    private static final int WAITING = 2_048;
    private static final int NAMES_AT_ONCE = 2;

    private final ScheduledThreadPoolExecutor threads = Endpoints.threads("lintel-coap-out", 2);
    private final ExecutorService names = new ThreadPoolExecutor(NAMES_AT_ONCE, NAMES_AT_ONCE, 10, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING), Listening.threads("lintel-coap-names"));
    private final Lanes lanes = new Lanes(WAITING_OF_TARGET, WAITING);
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
        names.shutdownNow();
        threads.shutdownNow();
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        CompletableFuture<ResponsePrimitive> result = underWay.begin();
        URI uri = outbound.pointOfAccess();
        Duration left = Duration.between(clock.instant(), outbound.deadline());
        if (left.isZero() || left.isNegative()) {
            fail(result, "the deadline has passed", null);
            return result;
        }
        try {
            Future<?> deadline = threads.schedule(() -> fail(result, uri + ": it could not leave before its deadline", null),
                    left.toMillis(), TimeUnit.MILLISECONDS);
            result.whenComplete((response, failure) -> deadline.cancel(false));
            String target = uri.getScheme() + "://" + uri.getRawAuthority();
            boolean entered = lanes.enter(target, done -> {
                result.whenComplete((response, failure) -> done.run());
                begin(outbound, result, done, deadline);
            });
            if (!entered) {
                fail(result, "too many requests wait for " + target, null);
            }
        } catch (RejectedExecutionException e) {
            fail(result, "CoAP is closing", e);
        }
        return result;
    }

    /** It is this request's turn. */
    private void begin(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result, Runnable done,
            Future<?> deadline) {
        if (result.isDone()) {
            return;
        }
        String host = outbound.pointOfAccess().getHost();
        boolean literal = host != null && (host.startsWith("[") || Character.isDigit(host.charAt(host.length() - 1)));
        Executor executor = literal ? threads : names;
        try {
            executor.execute(() -> {
                if (deadline.cancel(false)) {
                    leave(outbound, result, done);
                }
            });
        } catch (RejectedExecutionException e) {
            fail(result, "CoAP is closing, or too many names are looked up", e);
        }
    }

    private void leave(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result, Runnable done) {
        URI uri = outbound.pointOfAccess();
        Duration left = Duration.between(clock.instant(), outbound.deadline());
        if (left.isZero() || left.isNegative()) {
            fail(result, "the deadline has passed", null);
            return;
        }
        try {
            String host = uri.getHost() == null ? "" : uri.getHost().replace("[", "").replace("]", "");
            if (host.isEmpty()) {
                throw new UnknownHostException("no host in " + uri);
            }
            InetSocketAddress peer = new InetSocketAddress(InetAddress.getByName(host), uri.getPort() < 0 ? DEFAULT_PORT
                    : uri.getPort());
            Departing departing = new Departing(outbound, result, writer, peers, done);
            Future<?> timeout = threads.schedule(() -> {
                if (result.completeExceptionally(new UnreachableException("no answer from " + uri + " in time", true, null))) {
                    departing.giveUp();
                }
            }, left.toMillis(), TimeUnit.MILLISECONDS);
            result.whenComplete((response, failure) -> timeout.cancel(false));
            departing.leave(endpoint(), new AddressEndpointContext(peer), defaultNumbers, blockSize);
        } catch (IOException | RuntimeException e) {
            fail(result, uri + ": " + e.getMessage(), e);
        }
    }

    private static void fail(CompletableFuture<ResponsePrimitive> result, String text, Throwable cause) {
        result.completeExceptionally(new UnreachableException(text, false, cause));
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
