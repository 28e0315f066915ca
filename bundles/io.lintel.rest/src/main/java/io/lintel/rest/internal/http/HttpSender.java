// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.rest.internal.mapping.Schemes;
import io.lintel.rest.internal.mapping.UnderWay;

/**
 * Sends requests and notifications over HTTP (TS-0009, client side). Uses the JDK's client, since the Jetty that the
 * container exports has none. Nothing waits: the client's selector and {@code lintel-http-out-…} threads bring the
 * answer, on which the returned stages complete.
 */
@Component(service = PrimitiveSender.class, configurationPid = "io.lintel.http")
@Schemes(io_lintel_schemes = "http")
public final class HttpSender implements PrimitiveSender {
    private static final int THREADS = 2;

    private final ScheduledThreadPoolExecutor threads;
    private final HttpRequestWriter writer;
    private final Duration connectTimeout;
    private final int maxAnswerBytes;
    private final Clock clock = Clock.systemUTC();
    private final UnderWay underWay = new UnderWay();
    private HttpClient client;

    @Activate
    public HttpSender(HttpSettings config) {
        threads = new ScheduledThreadPoolExecutor(THREADS, Listening.threads("lintel-http-out"));
        threads.setRemoveOnCancelPolicy(true);
        threads.setKeepAliveTime(30, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
        writer = new HttpRequestWriter(config.notificationMediaType());
        connectTimeout = Duration.ofMillis(config.connectTimeoutMillis());
        maxAnswerBytes = config.maxAnswerBytes();
    }

    @Deactivate
    void close() {
        underWay.close();
        threads.shutdownNow();
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        Duration left = Duration.between(clock.instant(), outbound.deadline());
        if (left.isZero() || left.isNegative()) {
            return CompletableFuture.failedFuture(new UnreachableException("the deadline has passed", false, null));
        }
        HttpRequest request;
        try {
            request = writer.write(outbound, left);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(new UnreachableException(
                    "the request can't be carried by HTTP to " + outbound.pointOfAccess() + ": " + e.getMessage(), false, e));
        }
        CompletableFuture<ResponsePrimitive> result = underWay.begin();
        try {
            CompletableFuture<HttpResponse<byte[]>> exchange = client()
                    .sendAsync(request, info -> new LimitedBody(maxAnswerBytes));
            Future<?> timeout = threads.schedule(() -> {
                result.completeExceptionally(new UnreachableException("no answer from " + outbound.pointOfAccess() + " in time",
                        true, null));
                exchange.cancel(true);
            }, left.toMillis(), TimeUnit.MILLISECONDS);
            exchange.whenComplete((response, failure) -> {
                timeout.cancel(false);
                try {
                    if (failure == null) {
                        result.complete(HttpResponseReader.read(outbound, response));
                    } else {
                        result.completeExceptionally(unreachable(outbound, failure));
                    }
                } catch (RuntimeException e) {
                    result.completeExceptionally(unreachable(outbound, e));
                }
            });
        } catch (RuntimeException e) {
            result.completeExceptionally(unreachable(outbound, e));
        }
        return result;
    }

    private static UnreachableException unreachable(OutboundRequest outbound, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean neverSent = false;
        for (Throwable t = cause; t != null; t = t.getCause()) {
            neverSent |= t instanceof ConnectException || t instanceof HttpConnectTimeoutException
                    || t instanceof UnknownHostException
                    || t instanceof UnresolvedAddressException;
        }
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new UnreachableException(outbound.pointOfAccess() + ": " + reason, !neverSent, cause);
    }

    /** Made when first needed: the JDK's client costs start-up time that a node without HTTP peers need not pay. */
    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(connectTimeout).executor(threads).build();
        }
        return client;
    }
}
