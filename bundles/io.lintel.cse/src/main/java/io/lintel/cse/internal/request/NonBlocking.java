// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.nonblocking.Acknowledgements;
import io.lintel.cse.internal.nonblocking.FlexBlocking;
import io.lintel.cse.internal.nonblocking.RequestResources;
import io.lintel.cse.internal.operation.Writes;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.primitive.Address;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The communication modes of TS-0001 8.2.2 (TS-0004 7.3.2, steps B and F): decides by the response type whether a request is
 * answered with its result, or accepted first. What is accepted is on disk with its acknowledgement: executed from the
 * outbound queue once if it is for this CSE, sent on from there if it is for another one. On the door's thread.
 */
public final class NonBlocking {
    private static final int SYNCH = 1;
    private static final int ASYNCH = 2;
    private static final int FLEX = 4;
    private static final int NO_RESPONSE = 5;

    private final ResourceStore store;
    private final TargetResolver resolver;
    private final Writes writes;
    private final Forwarding forwarding;
    private final RequestResources requests;
    private final DelayedExecutions executions;
    private final AsynchronousResults asynchronous;
    private final FlexBlocking flexBlocking;

    public NonBlocking(ResourceStore store, TargetResolver resolver, Writes writes, Forwarding forwarding,
            RequestResources requests, DelayedExecutions executions, AsynchronousResults asynchronous,
            FlexBlocking flexBlocking) {
        this.store = store;
        this.resolver = resolver;
        this.writes = writes;
        this.forwarding = forwarding;
        this.requests = requests;
        this.executions = executions;
        this.asynchronous = asynchronous;
        this.flexBlocking = flexBlocking;
    }

    /**
     * A request for this CSE.
     *
     * @param now   serves it at once; may throw
     * @param later serves it when its time has come; never completes exceptionally
     */
    CompletionStage<ResponsePrimitive> hosted(RequestContext context, Address address,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> now,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> later) {
        RequestPrimitive request = context.request();
        int type = request.responseType();
        boolean aboutRequest = type != NO_RESPONSE && request.parameters().has("rt") && isAboutRequest(request, address);
        if (aboutRequest && (type == SYNCH || type == ASYNCH)) {
            throw Refusals.badRequest("a <request> resource is asked about in blocking mode only, not with rt " + type);
        }
        if (type == ASYNCH || type == FLEX) {
            AsynchronousResults.check(request);
        }
        RequestChecks.time(request, "rp", context.now());
        Optional<Instant> time = RequestChecks.executionTime(request, context.now());
        if (time.isPresent()) {
            return executions.later(context, time.get(), later);
        }
        return switch (type) {
            case SYNCH, ASYNCH -> accepted(context, later);
            case FLEX -> aboutRequest ? now.apply(context) : flexBlocking.serve(context, now, failure -> Optional.empty());
            default -> now.apply(context);
        };
    }

    /** RETRIEVE, UPDATE and DELETE of a {@code <request>}; what is below it is not meant (TS-0004 7.4.13). */
    private boolean isAboutRequest(RequestPrimitive request, Address address) {
        return request.operation() != Operation.CREATE && request.operation() != Operation.NOTIFY
                && resolver.find(store, address).map(Place::resource).filter(target -> target.type() == ResourceTypes.REQUEST)
                        .isPresent();
    }

    private CompletionStage<ResponsePrimitive> accepted(RequestContext context,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> later) {
        RequestPrimitive request = context.request();
        boolean asynchronously = request.responseType() == ASYNCH;
        if (!requests.hasRoom()) {
            return asynchronously ? asynchronous.deliver(context, () -> later.apply(context)) : CompletableFuture.completedFuture(
                    Busy.refusal(request, "there are as many <request> resources as are allowed"));
        }
        Optional<ResponsePrimitive> full = asynchronously ? asynchronous.refusalIfFull(context) : Optional.empty();
        return full.isPresent() ? CompletableFuture.completedFuture(full.get()) : executions.soon(context, later);
    }

    /**
     * A request for another CSE.
     *
     * @param live passes it on and waits for the answer; may throw
     */
    CompletionStage<ResponsePrimitive> inTransit(RequestContext context, Address address,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> live) {
        if (forwarding.mayWait(context, address)) {
            return queued(context, address);
        }
        if (context.request().responseType() != FLEX) {
            return live.apply(context);
        }
        return flexBlocking.serve(context, live, failure -> forwarding.mayWaitInstead(context.request(), failure)
                ? Optional.of(queued(context, address)) : Optional.empty());
    }

    /** Taken into the outbound queue; the acknowledgement is on disk with it, and kept for a repeated delivery. */
    private CompletionStage<ResponsePrimitive> queued(RequestContext context, Address address) {
        RequestPrimitive request = context.request();
        AtomicReference<Resource> made = new AtomicReference<>();
        return writes.run(context, (writer, effects) -> {
            Optional<Resource> resource = request.responseType() == NO_RESPONSE ? Optional.empty()
                    : requests.create(writer, context, forwarding.expiration(request, context.now()));
            if (resource.isEmpty() && request.responseType() != NO_RESPONSE && !Acknowledgements.isAsynchronous(request)) {
                throw new StoreFullException("there are as many <request> resources as are allowed");
            }
            forwarding.accept(writer, context, address, resource);
            resource.ifPresent(made::set);
            return Acknowledgements.of(request, requests, resource);
        }).thenApply(response -> {
            requests.made(Optional.ofNullable(made.get()));
            return response;
        });
    }
}
