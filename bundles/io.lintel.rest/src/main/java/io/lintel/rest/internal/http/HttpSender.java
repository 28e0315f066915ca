// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLHandshakeException;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.HttpClients;
import io.lintel.rest.internal.mapping.Lanes;
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.rest.internal.mapping.Schemes;
import io.lintel.rest.internal.mapping.UnderWay;
import io.lintel.tls.ClientTls;
import io.lintel.tls.NodeTls;
import io.lintel.tls.UnusableFileException;

/**
 * Sends requests and notifications over HTTP and HTTPS (TS-0009, client side). Uses the JDK's client, since the Jetty that the
 * container exports has none. What one originator changes at one target leaves in order, each when the one before has been
 * answered; retrievals, which change nothing and may be asked to wait, wait for nobody. Bounded. Nothing waits: the client's
 * selector and {@code lintel-http-out-…} threads bring the answer, on which the returned stages complete.
 */
@Component(service = PrimitiveSender.class, configurationPid = "io.lintel.http")
@Schemes(io_lintel_schemes = {"http", "https"})
public final class HttpSender implements PrimitiveSender {
    private static final int THREADS = 2;
    /** Files of keys and authorities are looked at that often at most. */
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final int WAITING_AT_TARGET = 256;

    private final ScheduledThreadPoolExecutor threads;
    private final HttpRequestWriter writer;
    private final HttpClients clients;
    private final Lanes lanes;
    private final int maxAnswerBytes;
    private final int maxUnderWay;
    private final Clock clock = Clock.systemUTC();
    private final UnderWay underWay = new UnderWay();

    @Activate
    public HttpSender(HttpSettings config, @Reference NodeTls tls) {
        writer = new HttpRequestWriter(config.notificationMediaType());
        maxAnswerBytes = config.maxAnswerBytes();
        maxUnderWay = config.maxUnderWay();
        lanes = new Lanes(WAITING_AT_TARGET, maxUnderWay);
        ClientTls trust = trust(config, tls);
        Optional<ProxySelector> proxies = Proxies.of(config.proxy(), config.noProxy());
        threads = new ScheduledThreadPoolExecutor(THREADS, Listening.threads("lintel-http-out"));
        threads.setRemoveOnCancelPolicy(true);
        threads.setKeepAliveTime(30, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
        clients = new HttpClients(trust, proxies, Duration.ofMillis(config.connectTimeoutMillis()), LOOK, threads);
    }

    private static ClientTls trust(HttpSettings config, NodeTls tls) {
        Optional<Path> certificate = file(config.certificateFile(), tls);
        Optional<Path> key = file(config.keyFile(), tls);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("http." + (certificate.isPresent() ? "keyFile" : "certificateFile")
                    + " is missing: a certificate and its key go together");
        }
        return tls.client(file(config.caFile(), tls), config.systemAuthorities(), certificate, key);
    }

    private static Optional<Path> file(String name, NodeTls tls) {
        return name.isBlank() ? Optional.empty() : Optional.of(tls.home().resolve(name.strip()));
    }

    @Deactivate
    void close() {
        underWay.close();
        threads.shutdownNow();
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        if (left(outbound).toMillis() <= 0) {
            return CompletableFuture.failedFuture(new UnreachableException("the deadline has passed", false, null));
        }
        if (underWay.count() >= maxUnderWay) {
            return CompletableFuture.failedFuture(new UnreachableException("more than " + maxUnderWay
                    + " requests are under way over HTTP", false, null));
        }
        CompletableFuture<ResponsePrimitive> result = underWay.begin();
        AtomicBoolean sent = new AtomicBoolean();
        try {
            var timeout = threads.schedule(() -> result.completeExceptionally(new UnreachableException((sent.get()
                    ? "no answer from " : "no turn to ask ") + outbound.pointOfAccess() + " in time", sent.get(), null)),
                    left(outbound).toMillis(), TimeUnit.MILLISECONDS);
            result.whenComplete((response, failure) -> timeout.cancel(false));
            if (outbound.request().operation() == Operation.RETRIEVE) {
                threads.execute(() -> exchange(outbound, result, sent));
            } else if (!lanes.enter(lane(outbound), done -> begin(outbound, result, sent, done))) {
                result.completeExceptionally(new UnreachableException("too many requests wait for " + outbound.pointOfAccess(),
                        false, null));
            }
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new UnreachableException("the binding is closing", false, e));
        }
        return result;
    }

    private static String lane(OutboundRequest outbound) {
        URI uri = outbound.pointOfAccess();
        return uri.getScheme() + "://" + uri.getRawAuthority() + " " + outbound.request().from().orElse("");
    }

    private Duration left(OutboundRequest outbound) {
        return Duration.between(clock.instant(), outbound.deadline());
    }

    private void begin(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result, AtomicBoolean sent, Runnable done) {
        result.whenComplete((response, failure) -> done.run());
        if (!result.isDone()) {
            threads.execute(() -> exchange(outbound, result, sent));
        }
    }

    private void exchange(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result, AtomicBoolean sent) {
        Duration left = left(outbound);
        if (result.isDone() || left.toMillis() <= 0) {
            return;   // the time-out says so
        }
        HttpRequest request;
        try {
            request = writer.write(outbound, left);
        } catch (RuntimeException e) {
            result.completeExceptionally(new UnreachableException(
                    "the request can't be carried by HTTP to " + outbound.pointOfAccess() + ": " + e.getMessage(), false, e));
            return;
        }
        try {
            sent.set(true);
            CompletableFuture<HttpResponse<byte[]>> exchange = clients.of(request.uri())
                    .sendAsync(request, info -> new LimitedBody(maxAnswerBytes));
            result.whenComplete((response, failure) -> exchange.cancel(true));
            exchange.whenComplete((response, failure) -> {
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
        } catch (IOException | RuntimeException e) {
            result.completeExceptionally(unreachable(outbound, e));
        }
    }

    private static UnreachableException unreachable(OutboundRequest outbound, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean neverSent = false;
        for (Throwable t = cause; t != null; t = t.getCause()) {
            neverSent |= t instanceof ConnectException || t instanceof HttpConnectTimeoutException
                    || t instanceof UnknownHostException || t instanceof UnresolvedAddressException
                    || t instanceof SSLHandshakeException || t instanceof UnusableFileException;
        }
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new UnreachableException(outbound.pointOfAccess() + ": " + reason, !neverSent, cause);
    }
}
