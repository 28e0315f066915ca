// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.primitive.codec.PrimitiveDecodeException;

/**
 * What is said over one connection, whoever opened it (TS-0020 6.3): requests and responses in both directions at once,
 * correlated by their identifiers. Until its sender is known, requests are served one after the other, so that what follows a
 * registration finds it made. It asks for the next message only while the other end reads what it is sent; a request beyond
 * those in progress is refused, so that responses behind it are not held up.
 *
 * <p>Messages come on the thread of their connection; what the CSE answers later is encoded on the executor. Nothing blocks.
 */
final class Conversation {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    /**
     * What all connections of this node share.
     *
     * @param executor runs short tasks
     */
    record Surroundings(Limits limits, ScheduledExecutorService executor, CseView cse, Counterparties counterparties,
            Clock clock) {
    }

    private record Early(RequestPrimitive request, byte[] message) {
    }

    private final Link link;
    private final PrimitiveCodec codec;
    private final Function<Optional<RequestPrimitive>, Hop> hops;
    private final Hop base;
    private final boolean accepted;
    private final Surroundings around;
    private final Consumer<Conversation> atEnd;
    private final Outbox outbox;
    private final PendingResponses pending;
    private final Repetitions repetitions = new Repetitions();
    private final Queue<Early> early = new ArrayDeque<>();
    private final long openedAt;
    private volatile Optional<String> entity;
    private volatile long heardAt;
    private long pingedAt;
    private int inProgress;
    private boolean stalled;
    private boolean ended;
    private Optional<String> retiring = Optional.empty();
    private long retiringSince;

    /**
     * @param hops   what the transport knows of the other end, for a request or for all
     * @param entity who that is, if this node has connected to it; otherwise it will tell
     * @param atEnd  told once when it has ended
     */
    Conversation(Link link, Subprotocol subprotocol, Function<Optional<RequestPrimitive>, Hop> hops, Optional<String> entity,
            boolean accepted, Surroundings around, Consumer<Conversation> atEnd) {
        this.atEnd = atEnd;
        this.link = link;
        this.codec = PrimitiveCodec.of(subprotocol.serialization());
        this.hops = hops;
        this.base = hops.apply(Optional.empty());
        this.entity = entity;
        this.accepted = accepted;
        this.around = around;
        this.outbox = new Outbox(link, subprotocol.isText(), around.limits(), this::progressed);
        this.pending = new PendingResponses(around.limits().outstanding(), around.executor());
        this.openedAt = now();
        this.heardAt = openedAt;
        this.pingedAt = openedAt;
        around.counterparties().opened(this);
        entity.ifPresent(known -> around.counterparties().bind(known, this));
    }

    private long now() {
        return around.clock().millis();
    }

    boolean isAccepted() {
        return accepted;
    }

    boolean isSecured() {
        return base.secured();
    }

    String peer() {
        return base.peer();
    }

    /** Whom it is with: an AE or CSE as SP-relative ID, or the administrator. */
    Optional<String> entity() {
        return entity;
    }

    void forget(String known) {
        entity = entity.filter(current -> !current.equals(known));
    }

    /** A frame came, of whatever kind. */
    void heard() {
        heardAt = now();
    }

    /** A whole message came. */
    void message(byte[] message) {
        heard();
        try {
            Primitive primitive = codec.decode(message);
            if (primitive instanceof RequestPrimitive request) {
                request(request, message);
            } else if (primitive instanceof ResponsePrimitive response && !pending.answered(response)) {
                LOG.debug("{} answers {}, which nobody awaits any more", peer(), response.requestIdentifier());
            }
        } catch (PrimitiveDecodeException e) {
            malformed(e);
        }
        boolean more;
        synchronized (this) {
            stalled = outbox.isCrowded();
            more = !stalled && !ended;
        }
        if (more) {
            link.more();
        }
    }

    /** What can be named is answered; what can't would be answered to nobody, so the connection says it. */
    private void malformed(PrimitiveDecodeException e) {
        LOG.debug("malformed message from {}: {}", peer(), e.getMessage());
        Optional<String> identifier = e.requestIdentifier();
        if (identifier.isEmpty()) {
            link.close(Link.BAD_DATA, "no primitive with a request identifier (rqi): " + e.getMessage());
        } else if (!pending.unreadable(identifier.get(), e.getMessage())) {
            ResponsePrimitive.Builder answer = ResponsePrimitive.builder(e.status(), identifier.get())
                    .content(Content.debugInfo(e.getMessage()));
            e.releaseVersionIndicator().ifPresent(rvi -> answer.set(ResponseParameter.RELEASE_VERSION_INDICATOR, rvi));
            outbox.respond(codec.encode(answer.build()));
        }
    }

    private void request(RequestPrimitive request, byte[] message) {
        boolean busy;
        synchronized (this) {
            if (ended) {
                return;
            }
            busy = inProgress + early.size() >= around.limits().inProgress();
            if (!busy && entity.isEmpty() && inProgress > 0) {
                early.add(new Early(request, message));
                return;
            }
            inProgress += busy ? 0 : 1;
        }
        if (busy) {
            outbox.respond(codec.encode(Busy.refusal(request, around.limits().inProgress()
                    + " requests of this connection are in progress already")));
        } else {
            serve(request, message);
        }
    }

    private void serve(RequestPrimitive request, byte[] message) {
        CompletableFuture<ResponsePrimitive> answer = around.cse().handle(request, hop(request, message)).toCompletableFuture();
        if (answer.isDone()) {
            answered(request, answer.join());
        } else {
            answer.whenComplete((response, never) -> {
                try {
                    around.executor().execute(() -> answered(request, response));
                } catch (RejectedExecutionException e) {
                    LOG.debug("the answer to {} of {} comes after the end", request.requestIdentifier(), peer());
                }
            });
        }
    }

    /**
     * The entity, or as whom an unknown sender presents itself: the CSE holds {@code fr} against it, and against TLS. Whose
     * credential leaves open who it is may not present itself as anybody but those that registered with it.
     */
    private Hop hop(RequestPrimitive request, byte[] message) {
        Hop now = hops.apply(Optional.of(request));
        Optional<String> sender = entity;
        if (sender.isEmpty() && !Identification.isAeRegistration(request)) {
            boolean open = now.credential().isPresent() && now.verified().isEmpty();
            sender = open ? Optional.empty() : request.from().filter(from -> !from.isBlank())
                    .map(from -> around.cse().entity(from).orElse(from));
        }
        Optional<String> named = sender;
        Optional<String> key = request.operation() == Operation.RETRIEVE ? Optional.empty()
                : named.map(name -> Repetitions.key(name, message));
        boolean first = key.filter(repetitions::isNew).isPresent();
        return new Hop(now.binding(), now.peer(), now.loopback(), now.secured(), now.verified(),
                now.originator().or(() -> named), now.credential(), key, first, now.permitted());
    }

    private void answered(RequestPrimitive request, ResponsePrimitive response) {
        if (entity.isEmpty() && Identification.isBelieved(response)) {
            Identification.name(request, response).flatMap(around.cse()::entity).ifPresent(this::identified);
        }
        outbox.respond(encoded(request, response));
        List<Early> next = new ArrayList<>();
        synchronized (this) {
            inProgress--;
            while (!early.isEmpty() && (entity.isPresent() || inProgress == 0)) {
                next.add(early.remove());
                inProgress++;
            }
        }
        next.forEach(one -> serve(one.request, one.message));
        closeIfRetired();
    }

    private void identified(String known) {
        entity = Optional.of(known);
        around.counterparties().bind(known, this);
        around.cse().reachable(known);
    }

    private byte[] encoded(RequestPrimitive request, ResponsePrimitive response) {
        try {
            return codec.encode(response);
        } catch (RuntimeException e) {
            LOG.error("the answer to {} of {} can't be written", request.requestIdentifier(), peer(), e);
            return codec.encode(ResponsePrimitive.builder(5000, request.requestIdentifier())
                    .content(Content.debugInfo("the answer can't be written in " + codec.serialization())).build());
        }
    }

    /** Sends a request; the result fails as {@link io.lintel.cse.api.PrimitiveSender#send} says. */
    void send(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result) {
        Duration left = Duration.between(around.clock().instant(), outbound.deadline());
        if (left.isNegative() || left.isZero()) {
            result.completeExceptionally(new UnreachableException("the deadline has passed", false, null));
            return;
        }
        try {
            byte[] message = codec.encode(outbound.request());
            PendingResponses.Pending awaited = pending.add(outbound.request().requestIdentifier(), result, left);
            if (!outbox.offer(message, awaited::gone)) {
                pending.fail(awaited, "too much waits for " + peer() + " already, or its connection has just ended");
            }
        } catch (UnreachableException e) {
            result.completeExceptionally(e);
        } catch (RuntimeException e) {
            result.completeExceptionally(new UnreachableException("the request can't be written: " + e.getMessage(), false, e));
        }
    }

    private void progressed(Throwable failure) {
        if (failure != null) {
            link.abort();
            end("sending failed: " + failure);
            return;
        }
        boolean more;
        synchronized (this) {
            more = stalled && !ended && !outbox.isCrowded();
            stalled &= !more;
        }
        if (more) {
            link.more();
        }
        closeIfRetired();
    }

    /** Whether nothing that was begun is unanswered. */
    synchronized boolean isQuiet() {
        return inProgress == 0 && pending.isEmpty() && outbox.isEmpty();
    }

    /** No request is sent over it any more; it ends as soon as all that was begun is answered (TS-0020 6.2.5), or soon after. */
    void retire(String why) {
        synchronized (this) {
            if (retiring.isPresent()) {
                return;
            }
            retiring = Optional.of(why);
            retiringSince = now();
        }
        closeIfRetired();
    }

    private void closeIfRetired() {
        String why;
        synchronized (this) {
            if (retiring.isEmpty() || ended || !isQuiet()) {
                return;
            }
            why = retiring.get();
        }
        link.close(Link.NORMAL, why);
    }

    /** Looks at the connection; called every second or so. */
    void tick() {
        long now = now();
        boolean waits;
        synchronized (this) {
            waits = stalled;
        }
        if (waits) {
            heardAt = now;
        }
        Limits limits = around.limits();
        if (outbox.isStuck(limits.write())) {
            give("it takes nothing any more");
        } else if (now - heardAt > limits.silence().toMillis()) {
            give("it has been silent for " + limits.silence().toSeconds() + " s");
        } else if (isRetiredLongAgo(now)) {
            link.close(Link.NORMAL, retiring.orElse(""));
        } else if (isStranger(now)) {
            link.close(Link.POLICY, "nobody has registered over this connection for " + limits.registration().toSeconds() + " s");
        } else if (now - Math.max(heardAt, pingedAt) > limits.ping().toMillis()) {
            pingedAt = now;
            link.ping();
        }
    }

    private void give(String why) {
        LOG.debug("the connection with {} is given up: {}", peer(), why);
        link.abort();
        end(why);
    }

    private synchronized boolean isRetiredLongAgo(long now) {
        return retiring.isPresent() && now - retiringSince > around.limits().write().toMillis();
    }

    private synchronized boolean isStranger(long now) {
        return entity.isEmpty() && inProgress == 0 && now - openedAt > around.limits().registration().toMillis();
    }

    /** Begins the end of the connection, because this end goes away. */
    void close(String why) {
        link.close(Link.GOING_AWAY, why);
        end(why);
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /** The connection has ended; what was begun over it fails now. Told once or more. */
    void end(String why) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            early.clear();
        }
        outbox.close();
        around.counterparties().ended(this);
        atEnd.accept(this);
        pending.failAll("the connection with " + peer() + " has ended: " + why);
    }
}
