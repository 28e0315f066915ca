// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.nonblocking;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * flexBlocking (TS-0001 8.2.2): blocking as long as the answer comes in time; else a {@code <request>} is made for what is
 * under way, and acknowledged. Its result follows, unless the CSE ends before that: then it is marked as failed at the next
 * start. Holds no thread. Any thread.
 */
public final class FlexBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(FlexBlocking.class);
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /** Runs something at a time, or refuses. */
    public interface Timer {
        /** False if as much waits as may. */
        boolean at(Instant time, Runnable work);
    }

    private final ResourceStore store;
    private final RequestResources requests;
    private final Timer timer;
    private final Clock clock;
    private final Duration patience;

    /** @param patience how long it stays blocking */
    public FlexBlocking(ResourceStore store, RequestResources requests, Timer timer, Clock clock, Duration patience) {
        this.store = store;
        this.requests = requests;
        this.timer = timer;
        this.clock = clock;
        this.patience = patience;
    }

    /**
     * @param work    serves the request; may throw
     * @param instead what to do after a failure, as long as nothing was answered
     */
    public CompletionStage<ResponsePrimitive> serve(RequestContext context,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> work,
            Function<Throwable, Optional<CompletionStage<ResponsePrimitive>>> instead) {
        Answer answer = new Answer(context, instead);
        CompletionStage<ResponsePrimitive> started;
        try {
            started = work.apply(context.telling(answer::soFar));
        } catch (PrimitiveException refused) {
            started = CompletableFuture.failedFuture(refused);
        }
        started.whenComplete(answer::finished);
        if (!answer.stage.isDone()) {
            timer.at(context.now().plus(patience), answer::switchOver);
        }
        return answer.stage;
    }

    private final class Answer {
        private final RequestContext context;
        private final Function<Throwable, Optional<CompletionStage<ResponsePrimitive>>> instead;
        private final CompletableFuture<ResponsePrimitive> stage = new CompletableFuture<>();
        private CompletableFuture<Optional<Resource>> switched;
        private ResponsePrimitive latest;
        private boolean finished;

        Answer(RequestContext context, Function<Throwable, Optional<CompletionStage<ResponsePrimitive>>> instead) {
            this.context = context;
            this.instead = instead;
        }

        void finished(ResponsePrimitive response, Throwable failure) {
            CompletableFuture<Optional<Resource>> under;
            synchronized (this) {
                finished = true;
                under = switched;
            }
            if (under == null) {
                answer(response, failure);
            } else {
                under.thenAccept(made -> made.ifPresentOrElse(resource -> settle(resource, response, failure),
                        () -> answer(response, failure)));
            }
        }

        private void answer(ResponsePrimitive response, Throwable failure) {
            if (failure == null) {
                stage.complete(response);
                return;
            }
            try {
                Optional<CompletionStage<ResponsePrimitive>> other = instead.apply(failure);
                other.ifPresentOrElse(next -> next.whenComplete((answer, trouble) -> {
                    if (trouble == null) {
                        stage.complete(answer);
                    } else {
                        stage.completeExceptionally(trouble);
                    }
                }), () -> stage.completeExceptionally(failure));
            } catch (RuntimeException e) {
                stage.completeExceptionally(e);
            }
        }

        /** Only the resource shows parts: what comes before there is one is kept for it. */
        void soFar(ResponsePrimitive part) {
            CompletableFuture<Optional<Resource>> under;
            synchronized (this) {
                latest = part;
                under = switched;
            }
            if (under != null && under.isDone()) {
                under.join().ifPresent(this::showLatest);
            }
        }

        private void showLatest(Resource resource) {
            ResponsePrimitive part;
            synchronized (this) {
                part = latest;
            }
            if (part != null) {
                requests.partially(resource.id(), part);
            }
        }

        void switchOver() {
            CompletableFuture<Optional<Resource>> under = new CompletableFuture<>();
            synchronized (this) {
                if (finished || !requests.hasRoom()) {
                    return;
                }
                switched = under;
            }
            Instant end = clock.instant().plus(patience);
            store.write(writer -> requests.create(writer, context, end)).whenComplete((made, failure) -> {
                Optional<Resource> resource = failure == null ? made : Optional.empty();
                requests.made(resource);
                under.complete(resource);
                resource.ifPresent(kept -> {
                    showLatest(kept);
                    stage.complete(Acknowledgements.of(context.request(), requests, resource));
                });
            });
        }

        private void settle(Resource resource, ResponsePrimitive response, Throwable failure) {
            ResponsePrimitive result = failure == null ? response : refusal(failure);
            store.write(writer -> {
                requests.completed(writer, resource.id(), result);
                return true;
            }).whenComplete((done, trouble) -> {
                if (trouble != null) {
                    LOG.debug("the result of <request> {} is noted later: {}", resource.id(), trouble.toString());
                    timer.at(clock.instant().plus(AGAIN), () -> settle(resource, response, failure));
                }
            });
        }

        private ResponsePrimitive refusal(Throwable failure) {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return ResponsePrimitive.refusal(context.request(), cause instanceof PrimitiveException refused ? refused
                    : new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR, "the CSE could not serve the request"));
        }
    }
}
