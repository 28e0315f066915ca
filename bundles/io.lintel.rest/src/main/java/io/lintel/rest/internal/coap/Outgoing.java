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
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.Lanes;
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.rest.internal.mapping.UnderWay;

/**
 * Requests that leave, over plain CoAP or DTLS (TS-0008, client side). In order for each target, see {@link Lanes}; bounded; each
 * ends at its deadline. Callers only hand over; answers are read on {@code NAME-…} threads, names looked up on
 * {@code NAME-names-…}, which may wait.
 */
final class Outgoing {
    private static final int WAITING_OF_TARGET = 256;
    private static final int WAITING = 2_048;
    private static final int NAMES_AT_ONCE = 2;

    private final EndpointThreads threads;
    private final ExecutorService names;
    private final Lanes lanes = new Lanes(WAITING_OF_TARGET, WAITING);
    private final CoapRequestWriter writer;
    private final CoapPeers peers;
    private final OneM2mOption.NumberSet defaultNumbers;
    private final int defaultPort;
    private final int blockSize;
    private final Way way;
    private final boolean plain;
    private final Clock clock = Clock.systemUTC();
    private final UnderWay underWay = new UnderWay();

    /** Where requests leave. */
    interface Way {
        /**
         * The endpoint for a target, opened when first needed. May read the disk unless the way is plain.
         *
         * @param address where the target is
         * @throws IOException if there is none, with a sentence that says why
         */
        CoapEndpoint endpoint(URI target, InetSocketAddress address) throws IOException;
    }

    /**
     * @param name        of the threads
     * @param defaultPort where a target names none
     * @param plain       whether there is no DTLS, which reads files and wants to know the host's name
     * @param make        gives the way; its argument runs the endpoints
     */
    Outgoing(String name, int defaultPort, CoapSettings config, CoapPeers peers, boolean plain,
            Function<EndpointThreads, Way> make) {
        threads = Endpoints.threads(name, 2);
        names = new ThreadPoolExecutor(NAMES_AT_ONCE, NAMES_AT_ONCE, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING),
                Listening.threads(name + "-names"));
        ((ThreadPoolExecutor) names).allowCoreThreadTimeOut(true);
        writer = new CoapRequestWriter(config.notificationMediaType());
        defaultNumbers = CoapDoor.numbers(config.options());
        blockSize = config.blockSize();
        this.peers = peers;
        this.defaultPort = defaultPort;
        this.plain = plain;
        way = make.apply(threads);
    }

    /** Tells all callers; then the endpoints may go. */
    void close(Runnable endpoints) {
        underWay.close();
        endpoints.run();
        names.shutdownNow();
        threads.shutdownNow();
    }

    CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
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
        Executor executor = plain && literal(outbound.pointOfAccess().getHost()) ? threads : names;
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

    private static boolean literal(String host) {
        return host != null && (host.startsWith("[") || Character.isDigit(host.charAt(host.length() - 1)));
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
            InetSocketAddress peer = new InetSocketAddress(InetAddress.getByName(host), uri.getPort() < 0 ? defaultPort
                    : uri.getPort());
            Departing departing = new Departing(outbound, result, writer, peers, done);
            Future<?> timeout = threads.schedule(() -> {
                if (result.completeExceptionally(new UnreachableException("no answer from " + uri + " in time", true, null))) {
                    departing.giveUp();
                }
            }, left.toMillis(), TimeUnit.MILLISECONDS);
            result.whenComplete((response, failure) -> timeout.cancel(false));
            EndpointContext target = plain || literal(uri.getHost()) ? new AddressEndpointContext(peer)
                    : new AddressEndpointContext(peer, uri.getHost(), null);
            departing.leave(way.endpoint(uri, peer), target, defaultNumbers, blockSize);
        } catch (IOException | RuntimeException e) {
            fail(result, uri + ": " + e.getMessage(), e);
        }
    }

    private static void fail(CompletableFuture<ResponsePrimitive> result, String text, Throwable cause) {
        result.completeExceptionally(new UnreachableException(text, false, cause));
    }
}
