// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.internal.operation.ResultContents;
import io.lintel.cse.internal.operation.Writes;
import io.lintel.cse.internal.outbound.Forwarder;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.outbound.OutboundQueue;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operation execution time ({@code oet}, TS-0001 8.1.2) at the hosting CSE. A request whose originator does not wait is
 * accepted and kept in the outbound queue, on disk, until its time; its change, its result and its removal are one
 * commit, so it is executed once. A blocking request waits in memory, if its time comes before its deadline. Both are
 * bounded by one number. {@link #tick} runs on the executor every second or so; all else on the callers' threads.
 */
public final class DelayedExecutions {
    private static final Logger LOG = LoggerFactory.getLogger(DelayedExecutions.class);
    private static final int PAGE = 200;
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final int ASYNCH = 2;
    private static final int FLEX = 4;
    private static final int NONE = 5;

    private final ResourceStore store;
    private final OutboundEnqueuing queue;
    private final Writes writes;
    private final Clock clock;
    private final Duration patience;
    private final int most;
    private final PriorityQueue<Due> waiting = new PriorityQueue<>(Comparator.comparing(Due::at));

    /** @param work what to do; runs on the executor and must not block */
    private record Due(Instant at, Runnable work) {
    }

    /**
     * @param patience how long a blocking request may wait
     * @param most     how many may wait
     */
    public DelayedExecutions(ResourceStore store, OutboundEnqueuing queue, Writes writes, Clock clock, Duration patience,
            int most) {
        this.store = store;
        this.queue = queue;
        this.writes = writes;
        this.clock = clock;
        this.patience = patience;
        this.most = most;
    }

    /** Takes up what waits since the last run. */
    public void load(Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        long after = 0;
        List<OutboundItem> page = store.outbound(OutboundQueue.EXECUTION, after, PAGE);
        while (!page.isEmpty()) {
            for (OutboundItem item : page) {
                RequestChecks.time(item.request(), "oet", Instant.ofEpochMilli(item.since()))
                        .ifPresent(at -> add(at, () -> execute(item.sequence(), execution)));
                after = item.sequence();
            }
            page = store.outbound(OutboundQueue.EXECUTION, after, PAGE);
        }
    }

    /**
     * Serves a request when its time has come.
     *
     * @param execution what serves it then
     */
    CompletionStage<ResponsePrimitive> later(RequestContext context, Instant at,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        RequestPrimitive request = context.request();
        Optional<Instant> deadline = RequestChecks.deadline(request, context.now());
        if (deadline.filter(end -> !end.isAfter(at)).isPresent()) {
            throw Refusals.timeout("oet, the operation execution time, is not before the request's own expiration");
        }
        synchronized (waiting) {
            if (waiting.size() >= most) {
                return CompletableFuture.completedFuture(Busy.refusal(request, most + " requests wait for their time already"));
            }
        }
        boolean kept = request.responseType() == ASYNCH || request.responseType() == NONE
                || request.responseType() == FLEX && !request.notificationTargets().isEmpty();
        return kept ? keep(context, at, deadline, execution) : hold(context, at, execution);
    }

    private CompletionStage<ResponsePrimitive> hold(RequestContext context, Instant at,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        if (!at.isBefore(context.now().plus(patience))) {
            throw Refusals.timeout("oet, the operation execution time, is more than " + patience.toMillis()
                    + " ms away, and so long no blocking request waits here; use rt 2");
        }
        CompletableFuture<ResponsePrimitive> response = new CompletableFuture<>();
        add(at, () -> start(context, execution).whenComplete((answer, failure) -> {
            if (failure == null) {
                response.complete(answer);
            } else {
                response.completeExceptionally(failure);
            }
        }));
        return response;
    }

    private static CompletionStage<ResponsePrimitive> start(RequestContext context,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        try {
            return execution.apply(context);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<ResponsePrimitive> keep(RequestContext context, Instant at, Optional<Instant> deadline,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        ResponseStatusCode status = context.request().responseType() == NONE ? ResponseStatusCode.ACCEPTED
                : ResponseStatusCode.ACCEPTED_NON_BLOCKING_ASYNCH;
        AtomicReference<OutboundItem> placed = new AtomicReference<>();
        return writes.run(context, (writer, effects) -> {
            placed.set(queue.accept(writer, new OutboundItem(0, OutboundQueue.EXECUTION, Forwarder.asynchronous(absolute(context,
                    at)), StoredContext.of(context), deadline.map(Instant::toEpochMilli).orElse(Long.MAX_VALUE),
                    OutboundItem.Kind.EXECUTION, OutboundItem.USUAL_RANK, "", context.now().toEpochMilli(), 0)));
            return ResultContents.response(context.request(), status).build();
        }).thenApply(response -> {
            if (placed.get() != null) {
                add(at, () -> execute(placed.get().sequence(), execution));
            }
            return response;
        });
    }

    /** The time is written out, because a relative one counts from now. */
    private static RequestPrimitive absolute(RequestContext context, Instant at) {
        return context.request().toBuilder().set(io.lintel.primitive.RequestParameter.OPERATION_EXECUTION_TIME,
                io.lintel.primitive.Timestamps.formatFine(at)).build();
    }

    private void add(Instant at, Runnable work) {
        synchronized (waiting) {
            waiting.add(new Due(at, work));
        }
    }

    /** Begins what is due. */
    public void tick() {
        List<Due> due = new ArrayList<>();
        synchronized (waiting) {
            while (!waiting.isEmpty() && !waiting.peek().at().isAfter(clock.instant())) {
                due.add(waiting.poll());
            }
        }
        due.forEach(one -> one.work().run());
    }

    /** How many wait. */
    public int size() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private void execute(long sequence, Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        Optional<OutboundItem> kept = store.outboundItem(sequence);
        if (kept.isEmpty()) {
            return;   // it expired, or an administrator deleted it
        }
        OutboundItem item = kept.get();
        AtomicReference<ResponsePrimitive> told = new AtomicReference<>();
        RequestContext context = new RequestContext(item.request(), StoredContext.originator(item), StoredContext.hop(item),
                clock.instant(), (writer, response) -> {
                    settle(writer, item, response);
                    told.set(response);
                });
        execution.apply(context).thenCompose(response -> {
            if (Busy.isBusy(response)) {
                throw new StoreFullException("the CSE is busy");
            }
            ResponsePrimitive already = told.get();
            return already != null && already.statusCode() == response.statusCode() ? CompletableFuture.completedFuture(response)
                    : store.write(writer -> {
                        settle(writer, item, response);
                        return response;
                    });
        }).whenComplete((response, failure) -> {
            if (failure != null) {
                LOG.debug("{} is executed later: {}", item.request().requestIdentifier(), failure.toString());
                add(clock.instant().plus(AGAIN), () -> execute(sequence, execution));
            }
        });
    }

    private void settle(ResourceWriter writer, OutboundItem item, ResponsePrimitive response) {
        queue.takeOut(writer, item, Optional.of(response));
    }
}
