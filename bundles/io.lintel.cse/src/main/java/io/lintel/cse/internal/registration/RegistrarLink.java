// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.Door;
import io.lintel.cse.api.UnreachableException;
import io.lintel.cse.internal.outbound.OutboundCounters;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this CSE registered at its registrar (TS-0001 10.2.2.2, TS-0004 7.4.4): a cycle that sees to the registration
 * there ({@link OwnRegistration}), and then to the local picture of the registrar ({@link RegistrarPicture}). The cycle
 * comes again with the check interval, before the expiration, at once when something changed below this CSE, and after a
 * failure with growing pauses. Ending the process does not deregister; {@link #deregister} does.
 *
 * <p>Runs on the outbound side's executor and on the bindings' threads, one cycle at a time.
 */
public final class RegistrarLink implements Door {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrarLink.class);
    private static final Duration DOUBT_PAUSE = Duration.ofSeconds(1);
    /** At a start the bindings come up after this, so the first failure means nothing. */
    private static final int FAILURES_TO_WARN = 3;

    private final RegistrarSettings settings;
    private final OwnRegistration registration;
    private final RegistrarPicture picture;
    private final OutboundCounters counters;
    private final Clock clock;
    private final ScheduledExecutorService executor;
    private final Runnable reachable;
    private final Runnable madeAnew;

    private volatile String detail = "not registered yet";

    private Instant lastLook = Instant.EPOCH;
    private boolean started;
    private boolean running;
    private boolean again;
    private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
    private int failures;
    private ScheduledFuture<?> next;

    /**
     * @param reachable run when the registrar has answered after a time of silence: what waits for it may go
     * @param madeAnew  run when a registration has been made that was not there
     */
    public RegistrarLink(RegistrarSettings settings, OwnRegistration registration, RegistrarPicture picture,
            OutboundCounters counters,
            Clock clock, ScheduledExecutorService executor, Runnable reachable,
            Runnable madeAnew) {
        this.settings = settings;
        this.registration = registration;
        this.picture = picture;
        this.counters = counters;
        this.clock = clock;
        this.executor = executor;
        this.reachable = reachable;
        this.madeAnew = madeAnew;
    }

    @Override
    public String name() {
        return "registrar";
    }

    @Override
    public boolean isOpen() {
        return registration.stands();
    }

    @Override
    public String detail() {
        return detail;
    }

    public synchronized void start() {
        started = true;
        schedule(0);
    }

    public synchronized void close() {
        started = false;
        registration.end();
        detail = "closed";
        if (next != null) {
            next.cancel(false);
        }
    }

    /** Looks at the registration soon, whatever is planned: something changed, or the registrar seems not to know us. */
    public synchronized void checkSoon() {
        if (running) {
            again = true;
        } else if (started && (failures == 0 || next == null)) {
            schedule(0);
        }
    }

    /** The registrar answers others' requests as if it did not know this CSE: look, but not at each of them. */
    public void doubt() {
        synchronized (this) {
            if (running || Duration.between(lastLook, clock.instant()).compareTo(DOUBT_PAUSE) < 0) {
                return;
            }
        }
        checkSoon();
    }

    /** Ends the registration for good, by the administrator's command: there, then here. Gives the registrar's answer. */
    CompletionStage<ResponsePrimitive> deregister() {
        CompletableFuture<Void> before;
        synchronized (this) {
            started = false;
            before = underWay;
            if (next != null) {
                next.cancel(false);
            }
        }
        return before.thenCompose(ended -> registration.delete()).thenCompose(response -> {
            boolean gone = response.isSuccess() || response.statusCode() == ResponseStatusCode.NOT_FOUND.code();
            if (!gone) {
                return CompletableFuture.completedFuture(response);
            }
            registration.lost();
            detail = "deregistered from " + settings.cseId();
            LOG.info("deregistered from {}", settings.cseId());
            return picture.delete().thenApply(ignored -> response);
        });
    }

    private synchronized void schedule(long delayMillis) {
        if (!started) {
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        try {
            next = executor.schedule(this::cycle, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closing: no further look at the registration");
        }
    }

    private void cycle() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            if (running || !started) {
                return;
            }
            running = true;
            again = false;
            lastLook = clock.instant();
            underWay = done;
        }
        CompletionStage<Void> ended;
        try {
            ended = registration.keep().thenCompose(picture::keep);
        } catch (RuntimeException e) {
            ended = CompletableFuture.failedFuture(e);
        }
        ended.whenComplete((nothing, failure) -> {
            try {
                ended(failure);
            } finally {
                done.complete(null);
            }
        });
    }

    private void ended(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        long delay;
        boolean answersAgain;
        boolean made;
        synchronized (this) {
            made = registration.wasMadeSinceAsked();
            answersAgain = cause == null && (failures > 0 || made);
            running = false;
            if (cause == null) {
                failures = 0;
                delay = again ? 0 : pauseAfterSuccess();
            } else {
                counters.add(OutboundCounters.REGISTRAR_FAILURES);
                delay = backOff(failures++);
            }
            if (!started) {
                return;
            }
        }
        if (cause != null) {
            report(cause, delay);
            picture.refresh();
        } else {
            detail = "registered at " + settings.cseId() + " by " + settings.uri() + " until "
                    + registration.until();
        }
        schedule(delay);
        if (answersAgain) {
            reachable.run();
        }
        if (cause == null && made) {
            madeAnew.run();
        }
    }

    private void report(Throwable cause, long delay) {
        String why = cause instanceof OwnRegistration.RefusedException || cause instanceof UnreachableException
                ? cause.getMessage() : cause.toString();
        if (cause instanceof OwnRegistration.RefusedException) {
            registration.lost();
        }
        detail = (isOpen() ? "registered at " + settings.cseId() + ", but now: " : "not registered at " + settings.cseId()
                + ": ") + why;
        if (failures == FAILURES_TO_WARN) {
            LOG.warn("the registrar {} at {}: {}; trying again in {} ms and so on", settings.cseId(), settings.uri(), why, delay);
        } else {
            LOG.debug("the registrar {}: {}; next try in {} ms", settings.cseId(), why, delay);
        }
    }

    private long pauseAfterSuccess() {
        long untilHalf = Duration.between(clock.instant(), registration.until()).toMillis() / 2;
        return Math.max(100, jitter(Math.min(settings.check().toMillis(), untilHalf)));
    }

    private long backOff(int failuresBefore) {
        return jitter(Math.min(settings.retryMax().toMillis(), settings.retryInitial().toMillis() << Math.min(failuresBefore,
                20)));
    }

    private static long jitter(long millis) {
        return Math.max(1, Math.round(millis * (0.8 + 0.4 * ThreadLocalRandom.current().nextDouble())));
    }
}
