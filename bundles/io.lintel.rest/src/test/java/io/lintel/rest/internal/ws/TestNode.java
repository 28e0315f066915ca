// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

import javax.net.ssl.SSLContext;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Settings;
import io.lintel.tls.NodeTls;

/** A node that has nothing but this binding: a Jetty that hands everything over, and a CSE that the test plays. */
@SuppressWarnings("try")
final class TestNode implements AutoCloseable {
    final RecordingCse cse;
    final KnownEntities known = new KnownEntities();
    final WebSocketBinding binding;
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead.get());
        }
    };
    /** Who of those with a credential the sender of a request is. */
    volatile BiFunction<Hop, Optional<RequestPrimitive>, Hop> withCredential = (hop, request) -> hop;
    private final boolean secured;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Server server = new Server();
    private final ServerConnector connector;

    TestNode(Map<String, Object> settings) throws Exception {
        this("/mn-cse", settings);
    }

    TestNode(String cseId, Map<String, Object> settings) throws Exception {
        this(cseId, settings, Path.of("target/no-home"), Optional.empty());
    }

    /** @param tls what its listener speaks; a client certificate is a user of the name that it has */
    TestNode(String cseId, Map<String, Object> settings, Path home, Optional<SSLContext> tls) throws Exception {
        cse = new RecordingCse(cseId);
        Map<String, Object> all = new HashMap<>(Map.of("retryInitialMillis", 50, "retryMaxMillis", 100, "cseAbsenceMillis", 200));
        all.putAll(settings);
        binding = new WebSocketBinding(Settings.of(WebSocketSettings.class, all), new NodeTls(home), clock);
        binding.bindRegistrations(known);
        binding.bindCse(cse);
        connector = tls.map(context -> new ServerConnector(server, mutual(context))).orElseGet(() ->
                new ServerConnector(server, 1, 1));
        secured = tls.isPresent();
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                accepted.incrementAndGet();
                Hop hop = hop(request);
                binding.upgrade(request, response, callback, primitive -> hop.credential().isEmpty() ? hop
                        : withCredential.apply(hop, primitive), "/prefix");
                return true;
            }
        });
        server.start();
    }

    private static SslContextFactory.Server mutual(SSLContext context) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(context);
        factory.setNeedClientAuth(true);
        return factory;
    }

    private static Hop hop(Request request) {
        EndPoint.SslSessionData data = (EndPoint.SslSessionData) request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE);
        if (data == null || data.peerCertificates() == null) {
            return request.getHeaders().contains("X-Test-Credential") ? new Hop(Binding.HTTP, "test", false, true,
                    Optional.empty(), Optional.empty(), Optional.of("12-shared"), Optional.empty())
                    : Hop.plain(Binding.HTTP, "test", true);
        }
        String name = data.peerCertificates()[0].getSubjectX500Principal().getName().replace("CN=", "");
        return new Hop(Binding.HTTP, "test", false, true, Optional.of(name), Optional.empty(), Optional.empty(),
                Optional.empty());
    }

    /** So much later is it from now on for this node. */
    void pass(Duration time) {
        ahead.updateAndGet(time::plus);
    }

    /** How many connections were accepted since the start. */
    int accepted() {
        return accepted.get();
    }

    int port() {
        return connector.getLocalPort();
    }

    /** Opens again what {@link #stopListening} has closed, at the same port. */
    void listen(int port) throws Exception {
        connector.setPort(port);
        await("the port is free again", () -> {
            try {
                server.start();
                return true;
            } catch (Exception e) {
                return false;
            }
        });
    }

    void stopListening() throws Exception {
        server.stop();
    }

    String uri() {
        return (secured ? "wss" : "ws") + "://127.0.0.1:" + port();
    }

    CompletionStage<ResponsePrimitive> send(RequestPrimitive request, String pointOfAccess, String receiver) {
        return send(request, pointOfAccess, receiver, Serialization.JSON);
    }

    CompletionStage<ResponsePrimitive> send(RequestPrimitive request, String pointOfAccess, String receiver,
            Serialization serialization) {
        return binding.send(new OutboundRequest(request, URI.create(pointOfAccess), Optional.of(receiver),
                Optional.of(serialization), clock.instant().plusSeconds(10)));
    }

    static RequestPrimitive retrieve(String from, String to, String requestIdentifier) {
        return RequestPrimitive.builder(Operation.RETRIEVE, to).from(from).requestIdentifier(requestIdentifier).build();
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within 10 s: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() throws Exception {
        binding.close();
        server.stop();
    }
}
