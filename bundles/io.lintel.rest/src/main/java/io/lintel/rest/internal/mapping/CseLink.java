// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;

/**
 * A door's link to the {@link Cse}, which comes and goes while the door stays open: a request that finds no CSE waits
 * a moment for the next one, in a bounded queue, and is then refused with "try again later". Nobody's thread waits.
 * Its stages complete on the caller's thread, on the CSE's, or on the timer; they never complete exceptionally.
 */
public final class CseLink {
    private static final Logger LOG = LoggerFactory.getLogger(CseLink.class);
    private static final int MAX_WAITING = 256;

    private final ScheduledExecutorService timer;
    private final Duration absence;
    private final Duration patience;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private volatile Cse cse;
    private boolean closed;

    /**
     * @param timer    runs short tasks only
     * @param absence  how long a request waits for a CSE to appear
     * @param patience how long the CSE may take to answer; then the answer is 4008
     */
    public CseLink(ScheduledExecutorService timer, Duration absence, Duration patience) {
        this.timer = timer;
        this.absence = absence;
        this.patience = patience;
    }

    private record Waiting(RequestPrimitive request, Hop hop, CompletableFuture<ResponsePrimitive> answer) {
    }

    /** A CSE is here: serves what has waited. */
    public void bind(Cse newCse) {
        Queue<Waiting> ready;
        synchronized (waiting) {
            cse = newCse;
            ready = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        ready.forEach(w -> ask(newCse, w.request, w.hop, w.answer));
    }

    /** The CSE is gone, unless another has taken its place already. */
    public void unbind(Cse oldCse) {
        synchronized (waiting) {
            if (cse == oldCse) {
                cse = null;
            }
        }
    }

    /** Who the CSE is, if it is there. */
    public Optional<CseIdentity> identity() {
        return Optional.ofNullable(cse).map(Cse::identity);
    }

    /** Refuses what still waits, and all that follows. */
    public void close() {
        Queue<Waiting> left;
        synchronized (waiting) {
            closed = true;
            cse = null;
            left = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        left.forEach(w -> w.answer.complete(absent(w.request)));
    }

    public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
        Cse current = cse;
        if (current == null) {
            current = await(request, hop, answer);
        }
        if (current != null) {
            ask(current, request, hop, answer);
        }
        return answer;
    }

    private Cse await(RequestPrimitive request, Hop hop, CompletableFuture<ResponsePrimitive> answer) {
        Waiting entry = new Waiting(request, hop, answer);
        synchronized (waiting) {
            if (cse != null) {
                return cse;
            }
            if (!closed && waiting.size() < MAX_WAITING) {
                waiting.add(entry);
                timer.schedule(() -> giveUp(entry), absence.toMillis(), TimeUnit.MILLISECONDS);
                return null;
            }
        }
        answer.complete(absent(request));
        return null;
    }

    private void giveUp(Waiting entry) {
        boolean stillWaiting;
        synchronized (waiting) {
            stillWaiting = waiting.remove(entry);
        }
        if (stillWaiting) {
            entry.answer.complete(absent(entry.request));
        }
    }

    private void ask(Cse current, RequestPrimitive request, Hop hop, CompletableFuture<ResponsePrimitive> answer) {
        CompletionStage<ResponsePrimitive> stage;
        try {
            stage = current.handle(request, hop);
        } catch (RuntimeException e) {
            answer.complete(failed(request, e));
            return;
        }
        stage.whenComplete((response, failure) ->
                answer.complete(failure == null ? response : failed(request, failure)));
        if (!answer.isDone()) {
            Future<?> timeout = timer.schedule(() -> answer.complete(refusal(request, ResponseStatusCode.REQUEST_TIMEOUT,
                    "no answer within " + patience.toSeconds() + " s")), patience.toMillis(), TimeUnit.MILLISECONDS);
            answer.whenComplete((done, never) -> timeout.cancel(false));
        }
    }

    private static ResponsePrimitive absent(RequestPrimitive request) {
        return Busy.refusal(request, "the CSE is not available at the moment");
    }

    private static ResponsePrimitive failed(RequestPrimitive request, Throwable failure) {
        LOG.error("The CSE broke its promise to answer {} of {}", request.requestIdentifier(), request.from().orElse("nobody"),
                failure);
        return refusal(request, ResponseStatusCode.INTERNAL_SERVER_ERROR, "the CSE failed");
    }

    private static ResponsePrimitive refusal(RequestPrimitive request, ResponseStatusCode status, String text) {
        return ResponsePrimitive.refusal(request, new PrimitiveException(status, text));
    }
}
