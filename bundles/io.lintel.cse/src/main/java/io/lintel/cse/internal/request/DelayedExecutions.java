// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.internal.nonblocking.Acknowledgements;
import io.lintel.cse.internal.nonblocking.RequestResources;
import io.lintel.cse.internal.operation.Writes;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.outbound.OutboundQueue;
import io.lintel.cse.internal.outbound.RequestOutcomes;
import io.lintel.cse.internal.outbound.ResponseTypes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
    private static final int BLOCKING = 3;
    private static final int FLEX = 4;
    private static final int NONE = 5;

    private final ResourceStore store;
    private final OutboundEnqueuing queue;
    private final Writes writes;
    private final Clock clock;
    private final Duration patience;
    private final int most;
    private final RequestResources requests;
    private final Executor executor;
    private final Queue<Runnable> now = new ConcurrentLinkedQueue<>();
    /** What deliveries bring, in its order; guarded by itself. */
    private final Queue<Accepted> accepted = new ArrayDeque<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicLong order = new AtomicLong();
    private final PriorityQueue<Due> waiting = new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::order));

    /**
     * @param order the one that came first is first
     * @param work  what to do; runs on the executor and must not block
     */
    private record Due(Instant at, long order, Runnable work) {
    }

    /** In the task that accepted it, until that has ended; if it failed there will be nothing to execute. */
    private static final class Accepted {
        private final Runnable begin;
        private boolean settled;

        Accepted(Runnable begin) {
            this.begin = begin;
        }
    }

    /**
     * @param patience how long a blocking request may wait
     * @param most     how many may wait
     * @param requests the resources that stand for what is executed later
     * @param executor for short steps
     */
    public DelayedExecutions(ResourceStore store, OutboundEnqueuing queue, Writes writes, Clock clock, Duration patience,
            int most, RequestResources requests, Executor executor) {
        this.requests = requests;
        this.executor = executor;
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
                add(RequestChecks.time(item.request(), "oet", Instant.ofEpochMilli(item.since()))
                        .orElse(Instant.EPOCH), () -> execute(item.sequence(), execution));
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
        boolean inTime = at.isBefore(context.now().plus(patience));
        boolean held = request.responseType() == BLOCKING || request.responseType() == FLEX && inTime;
        return held ? hold(context, at, execution) : keep(context, Optional.of(at), deadline, execution);
    }

    /** Accepts a request whose originator does not wait, and serves it after that. */
    CompletionStage<ResponsePrimitive> soon(RequestContext context,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        return keep(context, Optional.empty(), RequestChecks.deadline(context.request(), context.now()), execution);
    }

    /**
     * Takes a request of a {@code <delivery>} in, in the write task under way; it is executed after the commit, in its order.
     *
     * @param key what it is found by while it waits
     */
    public void accept(ResourceWriter writer, RequestContext context, String key,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        Optional<Instant> at = RequestChecks.executionTime(context.request(), context.now());
        RequestPrimitive request = ResponseTypes.asynchronous(at.map(time -> absolute(context, time)).orElse(context.request()));
        OutboundItem item = queue.accept(writer, new OutboundItem(0, OutboundQueue.EXECUTION, request, StoredContext.of(context),
                RequestChecks.deadline(request, context.now()).map(Instant::toEpochMilli).orElse(Long.MAX_VALUE),
                OutboundItem.Kind.EXECUTION, OutboundItem.USUAL_RANK, key, context.now().toEpochMilli(), 0));
        Runnable work = () -> execute(item.sequence(), execution);
        Accepted entry = new Accepted(() -> at.ifPresentOrElse(time -> add(time, work), () -> begin(work)));
        synchronized (accepted) {
            accepted.add(entry);
        }
        queue.afterCommit(() -> settled(entry));
    }

    /** Whatever thread tells first of its commit, what was accepted first begins first. */
    private void settled(Accepted entry) {
        synchronized (accepted) {
            entry.settled = true;
            while (!accepted.isEmpty() && accepted.peek().settled) {
                accepted.remove().begin.run();
            }
        }
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

    /** On disk with its acknowledgement, and with the {@code <request>} that stands for it, before that leaves. */
    private CompletionStage<ResponsePrimitive> keep(RequestContext context, Optional<Instant> at, Optional<Instant> deadline,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        RequestPrimitive request = context.request();
        AtomicReference<OutboundItem> placed = new AtomicReference<>();
        AtomicReference<Resource> made = new AtomicReference<>();
        CompletionStage<ResponsePrimitive> accepted = writes.run(context, (writer, effects) -> {
            Instant end = deadline.orElseGet(() -> at.orElse(context.now()).plus(patience));
            Optional<Resource> resource = request.responseType() == NONE ? Optional.empty()
                    : requests.create(writer, context, end);
            if (resource.isEmpty() && request.responseType() != NONE && !Acknowledgements.isAsynchronous(request)) {
                throw new StoreFullException("there are as many <request> resources as are allowed");
            }
            Optional<String> id = resource.map(Resource::id);
            resource.ifPresent(made::set);
            placed.set(queue.accept(writer, new OutboundItem(0, OutboundQueue.EXECUTION, ResponseTypes.asynchronous(
                    at.map(time -> absolute(context, time)).orElse(request)),
                    RequestOutcomes.reason(StoredContext.of(context), id),
                    deadline.map(Instant::toEpochMilli).orElse(Long.MAX_VALUE), OutboundItem.Kind.EXECUTION,
                    OutboundItem.USUAL_RANK, id.map(RequestOutcomes::key).orElse(""), context.now().toEpochMilli(), 0)));
            return Acknowledgements.of(request, requests, resource);
        });
        Operation operation = request.operation();
        boolean change = at.isEmpty() && operation != Operation.RETRIEVE && operation != Operation.NOTIFY;
        CompletionStage<ResponsePrimitive> result = change ? changeAtOnce(context, placed, execution) : null;
        return accepted.thenApply(response -> {
            if (placed.get() != null) {
                requests.made(Optional.ofNullable(made.get()));
                Runnable work = () -> execute(placed.get().sequence(), execution);
                if (change) {
                    conclude(placed.get(), result, execution);
                } else {
                    at.ifPresentOrElse(time -> add(time, work), () -> begin(work));
                }
            }
            return response;
        });
    }

    /**
     * Hands a change to the writer right behind its acceptance, so that it keeps its place before all that comes later. It
     * finds out there whether it was accepted.
     */
    private CompletionStage<ResponsePrimitive> changeAtOnce(RequestContext context, AtomicReference<OutboundItem> placed,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        Hop hop = context.hop();
        Hop once = new Hop(hop.binding(), hop.peer(), hop.loopback(), hop.secured(), hop.verified(), hop.originator(),
                hop.credential(), Optional.empty(), true, hop.permitted());
        return execution.apply(new RequestContext(context.request(), context.originator(), once, context.now(),
                (writer, response) -> {
                    if (placed.get() == null) {
                        throw new StoreFullException("the request was not accepted");
                    }
                    refuseIfRecalled(writer, placed.get());
                    settle(writer, placed.get(), response);
                }).telling(part -> Optional.ofNullable(placed.get()).ifPresent(item -> partially(item, part))));
    }

    /** One after the other in the order of their commits, so that changes keep the order in which they came. */
    private void begin(Runnable work) {
        now.add(work);
        if (begun.getAndIncrement() == 0) {
            try {
                executor.execute(this::beginAll);
            } catch (RejectedExecutionException e) {
                LOG.debug("closing: what was accepted is executed after the next start");
            }
        }
    }

    private void beginAll() {
        do {
            now.remove().run();
        } while (begun.decrementAndGet() > 0);
    }

    /** Runs something short at a time, unless as much waits as may. */
    public boolean at(Instant time, Runnable work) {
        synchronized (waiting) {
            return waiting.size() < most && waiting.add(new Due(time, order.incrementAndGet(), work));
        }
    }

    /** The time is written out, because a relative one counts from now. */
    private static RequestPrimitive absolute(RequestContext context, Instant at) {
        return context.request().toBuilder().set(io.lintel.primitive.RequestParameter.OPERATION_EXECUTION_TIME,
                io.lintel.primitive.Timestamps.formatFine(at)).build();
    }

    private void add(Instant at, Runnable work) {
        synchronized (waiting) {
            waiting.add(new Due(at, order.incrementAndGet(), work));
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
        RequestContext context = new RequestContext(item.request(), StoredContext.originator(item), StoredContext.hop(item),
                clock.instant(), (writer, response) -> {
                    refuseIfRecalled(writer, item);
                    settle(writer, item, response);
                }).telling(part -> partially(item, part));
        conclude(item, execution.apply(context), execution);
    }

    private void partially(OutboundItem item, ResponsePrimitive part) {
        RequestOutcomes.requestOf(item).ifPresent(request -> requests.partially(request, part));
    }

    /** What did not settle the item by its own commit, such as a refusal or a retrieval, does so now. */
    private void conclude(OutboundItem item, CompletionStage<ResponsePrimitive> executed,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> execution) {
        executed.thenCompose(response -> {
            if (Busy.isBusy(response)) {
                throw new StoreFullException("the CSE is busy");
            }
            return store.outboundItem(item.sequence()).isEmpty() ? CompletableFuture.completedFuture(response)
                    : store.write(writer -> {
                        settle(writer, item, response);
                        return response;
                    });
        }).whenComplete((response, failure) -> {
            if (failure != null) {
                LOG.debug("{} is executed later: {}", item.request().requestIdentifier(), failure.toString());
                add(clock.instant().plus(AGAIN), () -> execute(item.sequence(), execution));
            }
        });
    }

    /** Its originator may have called it back while it began: then nothing of it is kept. */
    private static void refuseIfRecalled(ResourceWriter writer, OutboundItem item) {
        if (!item.latestKey().isEmpty() && writer.outboundLatest(item.latestKey()).isEmpty()) {
            throw Refusals.notFound("the request was called back");
        }
    }

    private void settle(ResourceWriter writer, OutboundItem item, ResponsePrimitive response) {
        queue.takeOut(writer, item, Optional.of(response));
    }
}
