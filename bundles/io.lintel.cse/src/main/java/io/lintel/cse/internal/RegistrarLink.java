// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.Door;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this CSE registered at its registrar (TS-0001 10.2.2.2, TS-0004 7.4.4): a cycle that looks whether the
 * registration stands there, makes it, adopts it or brings it up to date, and then keeps the local picture of the
 * registrar. The cycle comes again with the check interval, before the expiration, at once when something changed below
 * this CSE, and after a failure with growing pauses. What it needs to know is in the two trees, so nothing is lost when
 * the process dies. Ending the process does not deregister; {@link #deregister} does.
 *
 * <p>Runs on the outbound side's executor and on the bindings' threads, one cycle at a time.
 */
final class RegistrarLink implements Door {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrarLink.class);
    private static final Duration DOUBT_PAUSE = Duration.ofSeconds(1);
    private static final int MAX_SEARCHED = 100;
    /** At a start the bindings come up after this, so the first failure means nothing. */
    private static final int FAILURES_TO_WARN = 3;
    private static final Set<Integer> STANDS_ALREADY = Set.of(ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED.code(),
            ResponseStatusCode.CONFLICT.code(), ResponseStatusCode.ALREADY_EXISTS.code());

    private final EntityIds ids;
    private final RegistrarSettings settings;
    private final RegistrarPeer peer;
    private final RegistrarPicture picture;
    private final ResourceStore store;
    private final Supplier<List<String>> doors;
    private final OutboundCounters counters;
    private final Clock clock;
    private final ScheduledExecutorService executor;
    private final Runnable reachable;

    private volatile boolean registered;
    private volatile Duration granted = Duration.ZERO;
    private volatile Instant until = Instant.EPOCH;
    private volatile String detail = "not registered yet";
    private volatile String address;

    private Instant lastLook = Instant.EPOCH;
    private boolean started;
    private boolean running;
    private boolean again;
    private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
    private volatile boolean withoutReleases;
    private volatile boolean renewed;
    private int failures;
    private ScheduledFuture<?> next;

    /** @param reachable run when the registrar has answered after a time of silence: what waits for it may go */
    RegistrarLink(EntityIds ids, RegistrarSettings settings, RegistrarPeer peer, RegistrarPicture picture, ResourceStore store,
            Supplier<List<String>> doors, OutboundCounters counters, Clock clock, ScheduledExecutorService executor,
            Runnable reachable) {
        this.ids = ids;
        this.settings = settings;
        this.peer = peer;
        this.picture = picture;
        this.store = store;
        this.doors = doors;
        this.counters = counters;
        this.clock = clock;
        this.executor = executor;
        this.reachable = reachable;
        this.address = settings.base() + "/" + ids.identity().cseIdElement();
    }

    @Override
    public String name() {
        return "registrar";
    }

    @Override
    public boolean isOpen() {
        return registered && until.isAfter(clock.instant());
    }

    @Override
    public String detail() {
        return detail;
    }

    synchronized void start() {
        started = true;
        schedule(0);
    }

    synchronized void close() {
        started = false;
        registered = false;
        detail = "closed";
        if (next != null) {
            next.cancel(false);
        }
    }

    /** Looks at the registration soon, whatever is planned: something changed, or the registrar seems not to know us. */
    synchronized void checkSoon() {
        if (running) {
            again = true;
        } else if (started && (failures == 0 || next == null)) {
            schedule(0);
        }
    }

    /** The registrar answers others' requests as if it did not know this CSE: look, but not at each of them. */
    void doubt() {
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
        return before.thenCompose(ended -> peer.delete(address)).thenCompose(response -> {
            boolean gone = response.isSuccess() || response.statusCode() == ResponseStatusCode.NOT_FOUND.code();
            if (!gone) {
                return CompletableFuture.completedFuture(response);
            }
            registered = false;
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
        synchronized (this) {
            if (running || !started) {
                return;
            }
            running = true;
            again = false;
            lastLook = clock.instant();
            underWay = new CompletableFuture<>();
        }
        CompletionStage<Void> ended;
        try {
            ended = stands().thenCompose(current -> current.isPresent() ? bringUpToDate(current.get()) : create(true))
                    .thenCompose(picture::keep);
        } catch (RuntimeException e) {
            ended = CompletableFuture.failedFuture(e);
        }
        ended.whenComplete((nothing, failure) -> {
            try {
                ended(failure);
            } finally {
                underWay.complete(null);
            }
        });
    }

    private void ended(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        long delay;
        boolean answersAgain;
        synchronized (this) {
            answersAgain = cause == null && (failures > 0 || renewed);
            renewed = false;
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
            detail = "registered at " + settings.cseId() + " by " + settings.uri() + " until " + until;
        }
        schedule(delay);
        if (answersAgain) {
            reachable.run();
        }
    }

    private void report(Throwable cause, long delay) {
        String why = cause instanceof RegistrarException || cause instanceof io.lintel.cse.api.UnreachableException
                ? cause.getMessage()
                : cause.toString();
        if (cause instanceof RegistrarException) {
            registered = false;
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
        long untilHalf = Duration.between(clock.instant(), until).toMillis() / 2;
        return Math.max(100, jitter(Math.min(settings.check().toMillis(), untilHalf)));
    }

    private long backOff(int failuresBefore) {
        return jitter(Math.min(settings.retryMax().toMillis(), settings.retryInitial().toMillis() << Math.min(failuresBefore,
                20)));
    }

    private static long jitter(long millis) {
        return Math.max(1, Math.round(millis * (0.8 + 0.4 * ThreadLocalRandom.current().nextDouble())));
    }

    /** The registration as it is at the registrar, if it is there and ours. */
    private CompletionStage<Optional<Attributes>> stands() {
        return peer.retrieve(address).thenApply(this::ours);
    }

    private Optional<Attributes> ours(ResponsePrimitive response) {
        if (response.statusCode() != ResponseStatusCode.OK.code()) {
            return Optional.empty();
        }
        return response.content().map(content -> content.attributes())
                .filter(found -> found.text("csi").filter(ids.identity().cseId()::equals).isPresent());
    }

    /** Changes what differs, and renews when half of the time is over. */
    private CompletionStage<Void> bringUpToDate(Attributes current) {
        Instant now = clock.instant();
        Attributes.Builder changes = Attributes.builder();
        Attributes wanted = wanted();
        wanted.forEach((name, value) -> {
            if (!current.get(name).filter(value::equals).isPresent() && !(value instanceof List<?> list && list.isEmpty()
                    && !current.has(name))) {
                changes.set(name, value);
            }
        });
        Optional<Instant> expires = current.text("et").flatMap(Timestamps::parse);
        if (expires.isEmpty() || expires.get().isBefore(now.plus(settings.expiration().dividedBy(2)))) {
            changes.set("et", Timestamps.format(now.plus(settings.expiration())));
        }
        Attributes changed = changes.build();
        if (changed.isEmpty() || changed.size() == 1 && changed.has("et") && isAsLongAsItGets(expires, now)) {
            return standsUntil(expires, false);
        }
        return peer.update(address, changed).thenCompose(response -> {
            if (response.isSuccess()) {
                return standsUntil(response.content().flatMap(content -> content.attributes().text("et"))
                        .flatMap(Timestamps::parse)
                        .or(() -> changed.text("et").flatMap(Timestamps::parse)).or(() -> expires), false);
            }
            if (response.statusCode() == ResponseStatusCode.NOT_FOUND.code()) {
                return create(true);
            }
            if (changed.has("srv") && !withoutReleases && isBadRequest(response)) {
                withoutReleases = true;
                return bringUpToDate(current);
            }
            throw new CompletionException(new RegistrarException("refused to update the registration", response));
        });
    }

    /** A registrar that grants less than we ask for is not asked again before half of what it granted is over. */
    private boolean isAsLongAsItGets(Optional<Instant> expires, Instant now) {
        return registered && expires.isPresent() && expires.get().equals(until)
                && Duration.between(now, until).compareTo(settings.check().multipliedBy(2)) > 0
                && Duration.between(now, until).compareTo(granted.dividedBy(2)) > 0;
    }

    private CompletionStage<Void> create(boolean named) {
        Instant now = clock.instant();
        Attributes.Builder registration = Attributes.builder();
        if (named) {
            registration.set("rn", ids.identity().cseIdElement());
        }
        registration.set("cb", ids.identity().cseId() + "/" + ids.identity().baseName()).set("csi", ids.identity().cseId())
                .set("cst", ids.identity().type().code()).setAll(wanted())
                .set("et", Timestamps.format(now.plus(settings.expiration())));
        return peer.create(registration.build()).thenCompose(response -> {
            if (response.statusCode() == ResponseStatusCode.CREATED.code()) {
                Attributes made = response.content().map(content -> content.attributes()).orElse(Attributes.empty());
                made.text("rn").filter(name -> !named).ifPresent(name -> address = settings.base() + "/" + name);
                made.text("ri").filter(id -> !named && !made.has("rn")).ifPresent(id -> address = peer.address(id));
                return standsUntil(made.text("et").flatMap(Timestamps::parse)
                        .or(() -> Optional.of(now.plus(settings.expiration()))), true);
            }
            if (STANDS_ALREADY.contains(response.statusCode())) {
                return adopt(response, named);
            }
            if (!withoutReleases && isBadRequest(response)) {
                withoutReleases = true;
                return create(named);
            }
            throw new CompletionException(new RegistrarException("refused the registration", response));
        });
    }

    private static boolean isBadRequest(ResponsePrimitive response) {
        return response.statusCode() == ResponseStatusCode.BAD_REQUEST.code()
                || response.statusCode() == ResponseStatusCode.CONTENTS_UNACCEPTABLE.code();
    }

    /** The registrar says that we are registered, under a name that we do not know; or that our name is taken. */
    private CompletionStage<Void> adopt(ResponsePrimitive refusal, boolean named) {
        return peer.discoverRemoteCses().thenCompose(response -> {
            List<String> found = response.isSuccess() ? response.content().map(RegistrarLink::references).orElse(List.of())
                    : List.of();
            return search(found.stream().limit(MAX_SEARCHED).toList(), 0);
        }).thenCompose(current -> {
            if (current.isPresent()) {
                LOG.info("an earlier registration at {} stands as {}", settings.cseId(), address);
                return bringUpToDate(current.get());
            }
            if (named && refusal.statusCode() != ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED.code()) {
                return create(false);
            }
            throw new CompletionException(new RegistrarException("says that this CSE is registered, but does not show how",
                    refusal));
        });
    }

    private static List<String> references(io.lintel.primitive.Content content) {
        if (content.value() instanceof List<?> list) {
            return list.stream().filter(String.class::isInstance).map(String.class::cast).toList();
        }
        return content.attributes().objects("rrf").stream().map(reference -> reference.text("val")).flatMap(Optional::stream)
                .toList();
    }

    private CompletionStage<Optional<Attributes>> search(List<String> found, int index) {
        if (index == found.size()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String candidate = peer.address(found.get(index));
        return peer.retrieve(candidate).thenCompose(response -> {
            Optional<Attributes> current = ours(response);
            if (current.isPresent()) {
                address = candidate;
                return CompletableFuture.completedFuture(current);
            }
            return search(found, index + 1);
        });
    }

    private CompletionStage<Void> standsUntil(Optional<Instant> expires, boolean created) {
        boolean news = !registered;
        until = expires.orElseGet(() -> clock.instant().plus(settings.expiration()));
        granted = Duration.between(clock.instant(), until);
        registered = true;
        if (created) {
            renewed = true;
            counters.add(OutboundCounters.REGISTRATIONS);
        }
        if (news) {
            LOG.info("registered at {} by {} until {}{}", settings.cseId(), settings.uri(), until, created ? "" : ", as before");
        }
        return CompletableFuture.completedFuture(null);
    }

    /** What the registrar shall know of this CSE and what may change. */
    private Attributes wanted() {
        Attributes.Builder wanted = Attributes.builder().set("rr", true).set("poa", reachableAt())
                .set("dcse", RemoteCseIndex.descendants(store, ids.identity().cseId(), Optional.of(settings.cseId())))
                .set("csz", List.of(settings.serialization().suffix()));
        if (!withoutReleases) {
            wanted.set("srv", peer.supportedReleases());
        }
        return wanted.build();
    }

    private List<String> reachableAt() {
        if (!settings.pointsOfAccess().isEmpty()) {
            return settings.pointsOfAccess();
        }
        return settings.isMqtt() ? List.of(settings.uri().toString()) : List.copyOf(doors.get());
    }

    /** The registrar answered, but not as it should. */
    private static final class RegistrarException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RegistrarException(String what, ResponsePrimitive response) {
            super(what + " with " + response.statusCode() + response.content().map(content -> ": "
                    + content.value()).orElse(""), null,
                    false, false);
        }
    }
}
