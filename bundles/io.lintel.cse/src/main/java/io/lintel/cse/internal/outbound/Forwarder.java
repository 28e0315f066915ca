// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.UnreachableException;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.delivery.AggregatedRequests;
import io.lintel.cse.internal.registration.RemoteCseIndex;
import io.lintel.cse.internal.request.RequestChecks;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.cse.internal.schedule.Reachability;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transit of requests on Mcc, and retargeting of NOTIFY to AEs registered here (TS-0004 7.3.2.6, 7.3.2.8). Called on a
 * door's thread, completes on a binding's; no thread waits in between. Each hop gets a request identifier of its own,
 * and the response travels back under the one it came with.
 *
 * <p>A request whose originator does not wait for the answer is stored and forwarded (decision 17): accepted with its
 * place in the outbound queue, whether or not the next CSE can be reached now, and sent from there in its turn.
 */
public final class Forwarder implements Forwarding {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final int SYNCH = 1;
    private static final int ASYNCH = 2;
    private static final int FLEX = 4;
    private static final int NO_RESPONSE = 5;
    private static final String RESULT = "m2m:rsp";
    private final EntityIds ids;
    private final ResourceStore store;
    private final OutboundRouter router;
    private final RemoteCseIndex remotes;
    private final OutboundExchange exchange;
    private final OutboundQueue queue;
    private final OutboundSettings settings;
    private final OutboundCounters counters;
    private final Clock clock;
    private final Optional<String> registrar;
    private final Reachability reachability;
    private final Set<Transit> transits = ConcurrentHashMap.newKeySet();

    /** What a request is known by on its way, if all hops pass its identifier on. */
    private record Transit(String from, String requestIdentifier, String to) {
    }

    Forwarder(EntityIds ids, ResourceStore store, OutboundRouter router, RemoteCseIndex remotes, OutboundExchange exchange,
            OutboundQueue queue, OutboundSettings settings, OutboundCounters counters, Clock clock, Optional<String> registrar,
            Reachability reachability) {
        this.reachability = reachability;
        this.ids = ids;
        this.store = store;
        this.router = router;
        this.remotes = remotes;
        this.exchange = exchange;
        this.queue = queue;
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
        this.registrar = registrar;
    }

    @Override
    public CompletionStage<ResponsePrimitive> forward(RequestPrimitive request, String originator, Hop hop, Address target) {
        try {
            String from = ids.spRelative(originator);
            refuseLoop(request, from);
            Optional<Resource> ae = router.localAe(target);
            if (ae.isPresent()) {
                return toAe(request, ae.get());
            }
            Optional<String> previous = previousHop(originator, hop);
            OutboundRoute route = router.toCse(target, request.to(), previous, isRegistrar(previous));
            route.receiver().flatMap(cse -> remotes.withCseId(cse).stream().findFirst()).ifPresent(this::refuseAsleep);
            RequestPrimitive.Builder builder = ResponseTypes.answeredHere(prepared(request)).toBuilder()
                    .to(router.nameOnTheWay(request.to(), route))
                    .from(route.foreign() ? ids.absolute(from) : from).requestIdentifier(identifier(request, hop));
            counters.add(OutboundCounters.REQUESTS_FORWARDED);
            String waiting = queueOf(target);
            return send(request, builder, route).thenApply(response -> {
                queue.tryAgain(waiting);
                return response;
            });
        } catch (PrimitiveException e) {
            counters.add(OutboundCounters.REQUESTS_FORWARD_FAILED);
            return CompletableFuture.failedFuture(e);
        }
    }

    private RequestPrimitive prepared(RequestPrimitive request) {
        return withFirstIdentifier(RequestTimes.absolute(request, clock.instant()));
    }

    private void refuseLoop(RequestPrimitive request, String from) {
        if (transits.contains(new Transit(from, request.requestIdentifier(), request.to()))) {
            throw new PrimitiveException(ResponseStatusCode.NOT_FOUND, "the way to " + request.to() + " leads back here");
        }
    }

    /** The target of the outbound queue that a request waits for: the CSE that hosts what it is about. */
    private String queueOf(Address target) {
        String cse = target.cseId().orElseThrow();
        return ids.isForeignDomain(target) ? target.spId().orElseThrow() + cse : cse;
    }

    @Override
    public boolean mayWait(RequestContext context, Address target) {
        RequestPrimitive request = context.request();
        boolean synch = request.responseType() == SYNCH;
        boolean answered = !synch && request.responseType() != ASYNCH && request.responseType() != NO_RESPONSE;
        if (answered || !synch && EventCategory.isImmediate(request) || router.localAe(target).isPresent()) {
            return false;
        }
        refuseLoop(request, ids.spRelative(context.originator()));
        Optional<String> previous = previousHop(context.originator(), context.hop());
        try {
            router.toCse(target, request.to(), previous, isRegistrar(previous));
        } catch (PrimitiveException e) {
            if (e.status() != ResponseStatusCode.TARGET_NOT_REACHABLE) {
                throw e;
            }
        }
        return true;
    }

    private boolean isRegistrar(Optional<String> cse) {
        return cse.isPresent() && cse.equals(registrar);
    }

    /** flexBlocking leaves the choice to the CSE (TS-0001 8.2.2). */
    @Override
    public boolean mayWaitInstead(RequestPrimitive request, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return request.responseType() == FLEX && !EventCategory.isImmediate(request)
                && cause instanceof PrimitiveException refusal && refusal.status() == ResponseStatusCode.TARGET_NOT_REACHABLE;
    }

    @Override
    public void accept(ResourceWriter writer, RequestContext context, Address target, Optional<Resource> resource) {
        RequestPrimitive request = context.request();
        RequestPrimitive prepared = ResponseTypes.asynchronous(prepared(request));
        String cse = ids.identity().cseId();
        RequestPrimitive.Builder builder = prepared.toBuilder().from(ids.spRelative(context.originator()))
                .requestIdentifier(resource.map(kept -> RequestIdentifiers.named(cse, kept.name(), request.requestIdentifier()))
                        .orElseGet(() -> RequestIdentifiers.carrying(cse, RequestIdentifiers.next(),
                                request.requestIdentifier())));
        if (prepared.responseType() != ASYNCH) {
            // nobody is told the result; this CSE has to know it, or at least that the next one has done it
            builder.remove(RequestParameter.RESPONSE_TYPE);
        } else {
            builder.set(RequestParameter.RESPONSE_TYPE, resource.isPresent() ? ResponseTypes.resultsTo(prepared, List.of(cse))
                    : withTargets(prepared));
        }
        RequestPrimitive outgoing = builder.build();
        Optional<String> id = resource.map(Resource::id);
        String latest = EventCategory.isLatest(request)
                ? EventCategory.latestKey(outgoing.operation(), outgoing.from().orElse(""), outgoing.to())
                : id.map(RequestOutcomes::key).orElse("");
        queue.accept(writer, new OutboundItem(0, queueOf(target), outgoing,
                RequestOutcomes.reason(previousHop(context.originator(), context.hop()).orElse(""), id),
                expiration(request, context.now()).toEpochMilli(),
                OutboundItem.Kind.REQUEST, EventCategory.rank(request), latest, context.now().toEpochMilli(), 0));
        counters.add(OutboundCounters.REQUESTS_QUEUED);
    }

    /** Targets named by their short IDs mean those of this CSE, also elsewhere. */
    private Attributes withTargets(RequestPrimitive request) {
        List<String> targets = request.notificationTargets();
        return ResponseTypes.resultsTo(request, targets.stream()
                .map(target -> target.contains("://") ? target : ids.spRelative(target)).toList());
    }

    /** Until when it is of use to pass the request on: the earliest of what it says itself, and the longest life. */
    @Override
    public Instant expiration(RequestPrimitive request, Instant now) {
        return RequestTimes.deadline(request, now, now.plus(EventCategory.isImmediate(request) ? settings.requestTimeout()
                : settings.bounds().requestLife()));
    }

    /** Sends an item of the outbound queue; the CSE it came from is the item's reason. */
    CompletionStage<ResponsePrimitive> sendOn(OutboundItem item, Instant deadline) {
        RequestPrimitive request = item.request();
        Optional<String> previous = Optional.of(RequestOutcomes.firstReason(item)).filter(reason -> !reason.isEmpty());
        OutboundRoute route = router.toCse(Address.parse(request.to()), request.to(), previous, isRegistrar(previous));
        RequestPrimitive here = aboutDelivery(item) ? request.toBuilder().to(deliveryAt(route, item)).build() : request;
        RequestPrimitive outgoing = route.foreign() ? here.toBuilder().from(ids.absolute(here.from().orElse(""))).build() : here;
        Transit transit = new Transit(outgoing.from().orElse(""), outgoing.requestIdentifier(), outgoing.to());
        transits.add(transit);
        counters.add(OutboundCounters.REQUESTS_FORWARDED);
        Instant end = route.patience(item, clock.instant(), deadline);
        return exchange.send(outgoing, route, end).whenComplete((response, failure) -> transits.remove(transit));
    }

    private static boolean aboutDelivery(OutboundItem item) {
        return AggregatedRequests.isDelivery(item.request()) || AggregatedRequests.deliveryOf(item.latestKey()).isPresent();
    }

    /** A delivery is made below the CSEBase of the next CSE, whichever that is now, and is there under the name it got. */
    private String deliveryAt(OutboundRoute route, OutboundItem item) {
        String base = route.receiver().flatMap(cse -> remotes.withCseId(cse).stream().findFirst())
                .flatMap(next -> next.text("cb")).orElse(item.request().to());
        return item.request().operation() == Operation.CREATE ? base : base + "/" + AggregatedRequests.name(
                ids.identity().cseId(), AggregatedRequests.deliveryOf(item.latestKey()).orElseThrow());
    }

    @Override
    public boolean isOf(RequestPrimitive request, String cse) {
        Address address = Address.parse(request.to());
        return ids.isHere(address) ? cse.equals(ids.identity().cseId()) : queueOf(address).equals(cse);
    }

    @Override
    public void acceptOwn(ResourceWriter writer, RequestContext cause, RequestPrimitive outgoing, Instant until, String key,
            int rank) {
        Optional<String> previous = previousHop(cause.originator(), cause.hop());
        Address target = Address.parse(outgoing.to());
        try {
            router.toCse(target, outgoing.to(), previous, isRegistrar(previous));
        } catch (PrimitiveException e) {
            if (e.status() != ResponseStatusCode.TARGET_NOT_REACHABLE) {
                throw e;
            }
        }
        queue.accept(writer, new OutboundItem(0, queueOf(target), outgoing, previous.orElse(""), until.toEpochMilli(),
                OutboundItem.Kind.REQUEST, rank, key, cause.now().toEpochMilli(), 0));
        counters.add(OutboundCounters.REQUESTS_QUEUED);
    }

    @Override
    public CompletionStage<ResponsePrimitive> notifyAe(RequestPrimitive request, String stem) {
        try {
            Resource ae = store.byId(stem).filter(resource -> resource.type() == ResourceTypes.AE).orElseThrow(
                    () -> new PrimitiveException(ResponseStatusCode.NOT_FOUND, "no AE " + stem + " is registered here"));
            return toAe(request, ae);
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<ResponsePrimitive> ask(RequestPrimitive notification, String target) {
        OutboundRoute route = router.toTarget(target);
        return switch (route.kind()) {
            case HERE -> throw new PrimitiveException(ResponseStatusCode.OPERATION_NOT_ALLOWED, target
                    + " is a resource here that answers nothing");
            case AE -> notifyAe(notification, router.localAe(Address.parse(route.to())).orElseThrow().id());
            default -> send(notification, notification.toBuilder().to(router.nameOnTheWay(route.to(), route)).from(route.foreign()
                    ? ids.absolute(ids.identity().cseId()) : ids.identity().cseId()), route);
        };
    }

    /** Who waits for the answer is told at once that its receiver can't be reached now by its schedule. */
    private void refuseAsleep(Resource receiver) {
        reachability.asleepUntil(receiver, clock.instant()).ifPresent(opens -> {
            throw new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE, receiver.name() + " can't be reached "
                    + (opens.equals(Reachability.NEVER) ? "any more" : "before " + opens) + ", says its schedule");
        });
    }

    private CompletionStage<ResponsePrimitive> toAe(RequestPrimitive request, Resource ae) {
        refuseAsleep(ae);
        if (request.operation() != Operation.NOTIFY) {
            throw new PrimitiveException(ResponseStatusCode.OPERATION_NOT_ALLOWED, "an AE can be sent nothing but NOTIFY");
        }
        OutboundRoute route = router.toAe(ae, request.to(), Optional.empty());
        counters.add(OutboundCounters.REQUESTS_RETARGETED);
        return send(request, prepared(request).toBuilder()
                .requestIdentifier(RequestIdentifiers.next()), route);
    }

    /**
     * Of a non-blocking request the result comes back on its own, so the way back must be in the identifier. The same
     * request delivered again leaves under the same identifier, by which the next CSE knows it again: this one may have
     * been killed between the first answer and its own.
     */
    private String identifier(RequestPrimitive request, Hop hop) {
        boolean blocking = request.responseType() != ASYNCH && request.responseType() != NO_RESPONSE;
        String own = hop.deliveryKey().filter(key -> !hop.first() && request.operation() != Operation.RETRIEVE)
                .map(key -> RequestIdentifiers.ofDelivery(ids.identity().cseId(), key)).orElseGet(RequestIdentifiers::next);
        return blocking ? own : RequestIdentifiers.carrying(ids.identity().cseId(), own, request.requestIdentifier());
    }

    /** The result of a non-blocking request that was passed on here, under the identifier it had before. */
    private RequestPrimitive withFirstIdentifier(RequestPrimitive request) {
        Optional<Attributes> result = request.content().filter(content -> content.name().equals(RESULT)).map(Content::attributes);
        return result.flatMap(response -> response.text("rqi"))
                .flatMap(identifier -> RequestIdentifiers.carried(ids.identity().cseId(), identifier))
                .map(first -> request.toBuilder().content(new Content(RESULT, result.get().toBuilder().set("rqi", first).build()))
                        .build())
                .orElse(request);
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive request, RequestPrimitive.Builder builder,
            OutboundRoute route) {
        Instant now = clock.instant();
        Instant deadline = RequestTimes.deadline(request, now, now.plus(settings.requestTimeout()));
        if (!deadline.isAfter(now)) {
            throw new PrimitiveException(ResponseStatusCode.REQUEST_TIMEOUT, "the request expired before it could be sent on");
        }
        if (transits.size() >= settings.maxOutstanding()) {
            return CompletableFuture.completedFuture(Busy.refusal(request, settings.maxOutstanding()
                    + " requests wait for their responses already"));
        }
        RequestPrimitive outgoing = builder.build();
        Transit transit = new Transit(outgoing.from().orElse(""), outgoing.requestIdentifier(), outgoing.to());
        transits.add(transit);
        return exchange.send(outgoing, route, deadline).handle((response, failure) -> {
            transits.remove(transit);
            if (failure != null) {
                counters.add(OutboundCounters.REQUESTS_FORWARD_FAILED);
                throw new CompletionException(refusal(failure, route, clock.instant(), deadline));
            }
            return response.toBuilder().requestIdentifier(request.requestIdentifier()).build();
        });
    }

    private static PrimitiveException refusal(Throwable failure, OutboundRoute route, Instant now, Instant deadline) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String receiver = route.receiver().orElse(route.to());
        if (cause instanceof UnreachableException unreachable && (unreachable.mayHaveArrived() || !deadline.isAfter(now))) {
            return new PrimitiveException(ResponseStatusCode.REQUEST_TIMEOUT, receiver + " gave no answer in time");
        }
        if (!(cause instanceof UnreachableException)) {
            LOG.error("sending to {} failed", receiver, cause);
        }
        return new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE, receiver + " can't be reached: "
                + cause.getMessage());
    }

    /**
     * The CSE that handed us the request; empty for an AE registered here and for this CSE itself. If the transport does
     * not name it, it is the registered CSE that the originator is behind, else the registrar: nobody else may send.
     */
    private Optional<String> previousHop(String originator, Hop hop) {
        Optional<String> named = hop.verified().or(hop::originator);
        if (named.isPresent()) {
            String id = ids.spRelative(named.get());
            return EntityIds.isAe(id) || store.byId(id.substring(1)).filter(r -> r.type() == ResourceTypes.AE).isPresent()
                    ? Optional.empty() : Optional.of(id);
        }
        boolean own = hop.binding() == Binding.LOCAL && hop.peer().equals(RequestContext.SELF);
        if (own || !originator.startsWith("/") || originator.equals(ids.identity().cseId())
                || originator.startsWith(ids.identity().cseId() + "/")) {
            return Optional.empty();
        }
        Address address = Address.parse(originator);
        String cse = (ids.isForeignDomain(address) ? address.spId().get() : "") + address.cseId().orElseThrow();
        if (store.byId(cse.substring(1)).filter(r -> r.type() == ResourceTypes.AE).isPresent()) {
            return Optional.empty();
        }
        List<Resource> behind = remotes.towards(cse);
        return behind.isEmpty() ? registrar : behind.get(0).text("csi");
    }
}
