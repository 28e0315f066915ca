// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.RegistrationListener;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.HttpClients;
import io.lintel.rest.internal.mapping.Listening;
import io.lintel.rest.internal.mapping.Schemes;
import io.lintel.rest.internal.mapping.UnderWay;
import io.lintel.tls.ClientTls;
import io.lintel.tls.NodeTls;

/**
 * The WebSocket binding (TS-0020): takes connections from the HTTP door and opens its own, and sends requests over either.
 * It keeps connections while the CSE is replaced. Threads: Jetty's for what clients send, two of {@code lintel-ws-…} for all
 * else; none waits.
 */
@Component(service = {PrimitiveSender.class, WebSocketEntrance.class, RegistrationListener.class}, immediate = true,
        configurationPid = "io.lintel.websocket")
@Schemes(io_lintel_schemes = {"ws", "wss", PrimitiveSender.CONNECTION})
@Designate(ocd = WebSocketSettings.class)
public final class WebSocketBinding implements PrimitiveSender, WebSocketEntrance, RegistrationListener {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketBinding.class);
    private static final int THREADS = 2;
    private static final long TICK_MILLIS = 500;

    private final ScheduledThreadPoolExecutor threads;
    private final boolean enabled;
    private final int maxConnections;
    private final Limits limits;
    private final CseView cse;
    private final Counterparties counterparties = new Counterparties();
    private final Conversation.Surroundings around;
    private final OpeningHandshake handshake;
    private final ClientConnections clients;
    private final UnderWay underWay = new UnderWay();
    private volatile boolean closed;

    @Activate
    public WebSocketBinding(WebSocketSettings settings, @Reference NodeTls tls) throws Exception {
        this(settings, tls, Clock.systemUTC());
    }

    WebSocketBinding(WebSocketSettings settings, NodeTls tls, Clock clock) throws Exception {
        limits = Limits.of(settings);
        enabled = settings.enabled();
        maxConnections = Limits.positive("maxConnections", settings.maxConnections());
        ClientTls trust = trust(settings, tls);
        Optional<InetSocketAddress> proxy = ProxyAddress.of(settings.proxy());
        threads = new ScheduledThreadPoolExecutor(THREADS, Listening.threads("lintel-ws"));
        threads.setRemoveOnCancelPolicy(true);
        cse = new CseView(threads, Duration.ofMillis(settings.cseAbsenceMillis()),
                Duration.ofMillis(settings.answerTimeoutMillis()));
        around = new Conversation.Surroundings(limits, threads, cse, counterparties, clock);
        handshake = new OpeningHandshake(limits, settings.compression());
        Duration connectTimeout = Duration.ofMillis(Limits.positive("connectTimeoutMillis", settings.connectTimeoutMillis()));
        clients = new ClientConnections(maxConnections, new ClientConnection.Dialling(
                new HttpClients(trust, proxy.map(ProxySelector::of), connectTimeout, Duration.ZERO, threads), connectTimeout,
                Duration.ofMillis(Limits.positive("retryInitialMillis", settings.retryInitialMillis())),
                Duration.ofMillis(Limits.positive("retryMaxMillis", settings.retryMaxMillis()))), around);
        threads.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static ClientTls trust(WebSocketSettings settings, NodeTls tls) {
        Optional<Path> certificate = file(settings.certificateFile(), tls);
        Optional<Path> key = file(settings.keyFile(), tls);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("websocket." + (certificate.isPresent() ? "keyFile" : "certificateFile")
                    + " is missing: a certificate and its key belong together");
        }
        return tls.client(file(settings.caFile(), tls), true, certificate, key);
    }

    private static Optional<Path> file(String name, NodeTls tls) {
        return name.isBlank() ? Optional.empty() : Optional.of(tls.home().resolve(name.strip()));
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindRegistrations(Registrations arrived) {
        cse.bind(arrived);
    }

    void unbindRegistrations(Registrations left) {
        cse.unbind(left);
    }

    /** References are bound in the order of their names: who is registered is known before anybody is asked. */
    @Reference(name = "TheCse", cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCse(Cse arrived) {
        cse.bind(arrived);
    }

    void unbindCse(Cse left) {
        cse.unbind(left);
    }

    @Deactivate
    void close() throws Exception {
        closed = true;
        clients.close();
        counterparties.all().forEach(conversation -> conversation.close("this node goes away"));
        underWay.close();
        cse.close();
        threads.shutdownNow();
        handshake.close();
    }

    private void tick() {
        try {
            counterparties.all().forEach(Conversation::tick);
            clients.tick();
        } catch (RuntimeException e) {
            LOG.error("the connections could not be looked at; it is tried again", e);
        }
    }

    @Override
    public boolean isOpen() {
        return enabled && !closed;
    }

    @Override
    public void upgrade(Request request, Response response, Callback callback, Function<Optional<RequestPrimitive>, Hop> hops,
            String prefix) {
        if (!isOpen()) {
            OpeningHandshake.refuse(request, response, callback, 404, "this node takes no WebSocket connections");
        } else if (counterparties.accepted() >= maxConnections) {
            response.getHeaders().put("Retry-After", "2");
            OpeningHandshake.refuse(request, response, callback, 503, maxConnections + " connections are open already");
        } else {
            handshake.upgrade(request, response, callback, prefix, subprotocol -> link -> new Conversation(link, subprotocol,
                    primitive -> overWebSocket(hops.apply(primitive)), Optional.empty(), true, around, ended -> { }));
        }
    }

    private static Hop overWebSocket(Hop hop) {
        return new Hop(Binding.WEBSOCKET, hop.peer(), hop.loopback(), hop.secured(), hop.verified(), hop.originator(),
                hop.credential(), Optional.empty(), false, hop.permitted());
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        CompletableFuture<ResponsePrimitive> result = underWay.begin();
        Optional<Conversation> open = outbound.receiver().flatMap(counterparties::of);
        if (open.isPresent()) {
            open.get().send(outbound, result);
        } else if (CONNECTION.equals(outbound.pointOfAccess().getScheme())) {
            result.completeExceptionally(new UnreachableException(outbound.receiver().orElse("nobody")
                    + " is not connected any more", false, null));
        } else {
            clients.of(outbound).ifPresentOrElse(connection -> connection.send(outbound, result),
                    () -> result.completeExceptionally(new UnreachableException(maxConnections
                            + " connections that this node has opened are in use already", false, null)));
        }
        return result;
    }

    @Override
    public Optional<URI> connection(String entity) {
        return counterparties.of(entity).map(open -> URI.create(CONNECTION + ":" + entity));
    }

    @Override
    public void registered(Registrations.Registration registration) {
        // its connection is that of its registration, and is known by its response
    }

    @Override
    public void deregistered(Registrations.Registration registration) {
        counterparties.unbind(registration.cse() ? registration.id()
                : cse.identity().map(own -> Identification.spRelative(registration.id(), own)).orElse(registration.id()));
    }
}
