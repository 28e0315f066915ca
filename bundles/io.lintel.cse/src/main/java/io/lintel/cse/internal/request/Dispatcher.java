// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.internal.TrafficCounters;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.operation.Creation;
import io.lintel.cse.internal.operation.Deletion;
import io.lintel.cse.internal.operation.Retrieval;
import io.lintel.cse.internal.operation.Update;
import io.lintel.cse.internal.operation.VirtualResources;
import io.lintel.cse.internal.operation.Writes;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.outbound.RequestTimes;
import io.lintel.primitive.Address;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for requests, and the order of work of a receiver (TS-0004 7.3.2): deadlines, sender, parameters; then
 * hosted here or transit; then the operation. Every failure becomes a response here and nowhere else.
 */
public final class Dispatcher implements Cse {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final CseIdentity identity;
    private final Clock clock;
    private final RequestChecks checks;
    private final OriginatorCheck originators;
    private final TargetResolver resolver;
    private final VirtualResources virtual;
    private final Deliveries deliveries;
    private final Writes writes;
    private final Operations operations;
    private final Forwarding forwarding;
    private final TrafficCounters traffic;
    private final NonBlocking nonBlocking;
    private final Around around;
    private final PendingRequests pending = new PendingRequests();

    /** The operations on hosted resources. */
    public record Operations(Creation creation, Retrieval retrieval, Update update, Deletion deletion,
            HostedNotify notification) {
    }

    public Dispatcher(CseIdentity identity, Clock clock, RequestChecks checks, OriginatorCheck originators,
            TargetResolver resolver, VirtualResources virtual, Deliveries deliveries, Writes writes, Operations operations,
            Forwarding forwarding, TrafficCounters traffic,
            NonBlocking nonBlocking, Around around) {
        this.identity = identity;
        this.clock = clock;
        this.checks = checks;
        this.originators = originators;
        this.resolver = resolver;
        this.virtual = virtual;
        this.deliveries = deliveries;
        this.writes = writes;
        this.operations = operations;
        this.forwarding = forwarding;
        this.traffic = traffic;
        this.nonBlocking = nonBlocking;
        this.around = around;
    }

    @Override
    public CseIdentity identity() {
        return identity;
    }

    @Override
    public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        traffic.count("requests." + hop.binding().name().toLowerCase(Locale.ROOT));
        if (request.operation() == Operation.RETRIEVE) {
            return guarded(request, () -> received(request, hop));
        }
        return deliveries.once(hop, request.operation(), () -> guarded(request, () -> received(request, hop)));
    }

    /** A request of this CSE itself, to a resource here or elsewhere: nobody has to be believed. */
    public CompletionStage<ResponsePrimitive> internal(RequestPrimitive request) {
        RequestContext context = new RequestContext(request, identity.cseId(), Hop.local(RequestContext.SELF), clock.instant());
        return guarded(request, () -> {
            checks.operation(request);
            return routed(context);
        });
    }

    /** A request of this CSE in the name of another's originator, whom it has believed: to a member of a group. */
    public CompletionStage<ResponsePrimitive> onBehalf(RequestContext context) {
        return guarded(context.request(), () -> {
            checks.operation(context.request());
            return routed(context);
        });
    }

    private CompletionStage<ResponsePrimitive> received(RequestPrimitive request, Hop hop) {
        Instant now = clock.instant();
        checks.beforeOriginator(request, now);
        String originator = originators.check(request, hop);
        checks.operation(request);
        RequestContext context = new RequestContext(request, originator, hop, now);
        return pending.alone(context, () -> routed(context));
    }

    private CompletionStage<ResponsePrimitive> routed(RequestContext context) {
        RequestPrimitive request = context.request();
        Address address = Address.parse(request.to());
        if (resolver.isTransit(address)) {
            return transit(context, address);
        }
        checks.hosted(request);
        return nonBlocking.hosted(context, address, asked -> hosted(asked, address), this::executed);
    }

    /** A request whose time has come, which was looked at when it came; never completes exceptionally. */
    public CompletionStage<ResponsePrimitive> executed(RequestContext context) {
        return guarded(context.request(), () -> {
            checks.refuseIfPast(context.request(), clock.instant());
            return hosted(context, Address.parse(context.request().to()));
        });
    }

    private CompletionStage<ResponsePrimitive> transit(RequestContext context, Address address) {
        RequestPrimitive request = context.request();
        if (request.operation() == Operation.CREATE && request.resourceType()
                .filter(type -> type == ResourceTypes.AE || type == ResourceTypes.REMOTE_CSE).isPresent()) {
            throw Refusals.badRequest("registration is made at the registrar itself, not through another CSE: " + request.to());
        }
        traffic.count("requests.forwarded");
        return nonBlocking.inTransit(context, address, asked -> live(asked, address));
    }

    private CompletionStage<ResponsePrimitive> live(RequestContext context, Address address) {
        RequestPrimitive request = context.request();
        if (request.operation() == Operation.RETRIEVE) {
            return forwarding.forward(request, context.originator(), context.hop(), address);
        }
        return writes.unlessDone(context, () -> dated(context).thenCompose(
                dated -> forwarding.forward(dated, context.originator(), context.hop(), address))
                .thenCompose(response -> writes.keep(context, response)));
    }

    /** The request, with the {@code ot} that its relative times are meant from. */
    private CompletionStage<RequestPrimitive> dated(RequestContext context) {
        RequestPrimitive request = context.request();
        boolean needsNone = context.hop().deliveryKey().isEmpty() || request.parameters().has("ot")
                || !RequestTimes.hasRelative(request);
        return needsNone ? CompletableFuture.completedFuture(request) : writes.firstSeen(context).thenApply(seen ->
                request.toBuilder().set(RequestParameter.ORIGINATING_TIMESTAMP, Timestamps.formatFine(seen)).build());
    }

    private CompletionStage<ResponsePrimitive> hosted(RequestContext context, Address address) {
        if (address.attribute().isPresent() && context.request().operation() != Operation.RETRIEVE) {
            throw Refusals.badRequest("one attribute can be addressed in a RETRIEVE only: " + context.request().to());
        }
        return around.serve(context, proven -> authorised(proven, address));
    }

    /** The operation itself; completes with, or throws, what denies it. */
    private CompletionStage<ResponsePrimitive> authorised(RequestContext context, Address address) {
        Optional<CompletionStage<ResponsePrimitive>> served = virtual.handle(context, address);
        if (served.isPresent()) {
            return served.get();
        }
        return switch (context.request().operation()) {
            case CREATE -> operations.creation().handle(context, address);
            case RETRIEVE -> operations.retrieval().handle(context, address);
            case UPDATE -> operations.update().handle(context, address);
            case DELETE -> operations.deletion().handle(context, address);
            case NOTIFY -> writes.unlessDone(context, () -> operations.notification().handle(context, address)
                    .thenCompose(response -> writes.keep(context, response)));
        };
    }

    private CompletionStage<ResponsePrimitive> guarded(RequestPrimitive request, Work work) {
        CompletionStage<ResponsePrimitive> stage;
        try {
            stage = work.start();
        } catch (RuntimeException refused) {
            return CompletableFuture.completedFuture(failed(request, refused));
        }
        return stage.handle((response, failure) -> failure == null ? released(request, response) : failed(request, failure));
    }

    /** Another entity's response may lack what ours all carry. */
    private static ResponsePrimitive released(RequestPrimitive request, ResponsePrimitive response) {
        Optional<String> release = request.releaseVersionIndicator();
        return release.isEmpty() || response.parameters().has("rvi") ? response
                : response.toBuilder().set(ResponseParameter.RELEASE_VERSION_INDICATOR, release.get()).build();
    }

    /** Starts the work on a request; may throw. */
    private interface Work {
        CompletionStage<ResponsePrimitive> start();
    }

    private ResponsePrimitive failed(RequestPrimitive request, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof PrimitiveException refusal) {
            traffic.count("refused." + refusal.status().code());
            LOG.debug("{} from {}: {} {}", request.requestIdentifier(), request.from()
                    .orElse(""), refusal.status(), refusal.getMessage());
            return ResponsePrimitive.refusal(request, refusal);
        }
        if (cause instanceof StoreFullException full) {
            traffic.count("refused.busy");
            return Busy.refusal(request, full.getMessage());
        }
        traffic.count("refused.5000");
        LOG.error("request {} from {} to {} failed", request.requestIdentifier(), request.from().orElse(""), request.to(), cause);
        return ResponsePrimitive.refusal(request, new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR,
                "the CSE could not serve the request; its log says more"));
    }
}
