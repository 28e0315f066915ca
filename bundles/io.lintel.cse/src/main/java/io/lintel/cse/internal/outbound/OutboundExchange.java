// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one request along a route: the ways in their order until one answers. Holds no thread while it waits, and
 * does not depend on a binding to end the waiting: a request whose binding was replaced fails shortly after its deadline
 * ({@link #sweep}). Any thread.
 */
public final class OutboundExchange {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundExchange.class);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final OutboundRouter router;
    private final Clock clock;
    private final Optional<String> registrar;
    private final Runnable registrationDoubted;
    private final Set<Pending> outstanding = ConcurrentHashMap.newKeySet();

    /** @param registrationDoubted run when the registrar answers as if it did not know this CSE, or not at all */
    OutboundExchange(OutboundRouter router, Clock clock, Optional<String> registrar, Runnable registrationDoubted) {
        this.router = router;
        this.clock = clock;
        this.registrar = registrar;
        this.registrationDoubted = registrationDoubted;
    }

    /** How many requests wait for their response now. */
    int outstanding() {
        return outstanding.size();
    }

    /**
     * Sends the request; its identifier and {@code to} are final, what a Release 1 receiver does not know is taken off here.
     * Completes with whatever response comes, its identifier being the request's, or fails with {@link UnreachableException}.
     */
    public CompletionStage<ResponsePrimitive> send(RequestPrimitive request, OutboundRoute route, Instant deadline) {
        RequestPrimitive prepared = route.release1() ? request.toBuilder().remove(RequestParameter.RELEASE_VERSION_INDICATOR)
                .remove(RequestParameter.VENDOR_INFORMATION).build() : request;
        Pending pending = new Pending(prepared, route, deadline);
        outstanding.add(pending);
        pending.result.whenComplete((response, failure) -> outstanding.remove(pending));
        pending.tryWay(0, Optional.empty(), false);
        return pending.result;
    }

    /** Ends the waiting of requests whose deadline is well past. Called every second or so. */
    void sweep() {
        Instant now = clock.instant();
        for (Iterator<Pending> iterator = outstanding.iterator(); iterator.hasNext();) {
            Pending pending = iterator.next();
            if (pending.deadline.plus(GRACE).isBefore(now)) {
                pending.fail("no answer before the deadline", true, null);
            }
        }
    }

    /** Ends all waiting: this CSE closes. */
    void close() {
        outstanding.forEach(pending -> pending.fail("this CSE is closing", true, null));
    }

    private final class Pending {
        private final RequestPrimitive request;
        private final OutboundRoute route;
        private final Instant deadline;
        private final CompletableFuture<ResponsePrimitive> result = new CompletableFuture<>();

        Pending(RequestPrimitive request, OutboundRoute route, Instant deadline) {
            this.request = request;
            this.route = route;
            this.deadline = deadline;
        }

        void tryWay(int index, Optional<Throwable> before, boolean mayHaveArrived) {
            Instant now = clock.instant();
            if (index == route.hops().size() || !deadline.isAfter(now)) {
                fail(before.map(Throwable::getMessage).orElse("no time was left to send it"), mayHaveArrived,
                        before.orElse(null));
                return;
            }
            OutboundRoute.Way way = route.hops().get(index);
            Optional<PrimitiveSender> sender = router.sender(way.pointOfAccess());
            if (sender.isEmpty()) {
                String missing = "no binding serves " + way.pointOfAccess().getScheme() + " now";
                tryWay(index + 1, Optional.of(before.orElseGet(() -> new UnreachableException(missing, false, null))),
                        mayHaveArrived);
                return;
            }
            // A silent first way must leave time for the others.
            Instant end = now.plus(Duration.between(now, deadline).dividedBy(route.hops().size() - index));
            CompletionStage<ResponsePrimitive> answer;
            try {
                answer = sender.get().send(new OutboundRequest(request, way.pointOfAccess(), route.receiver(),
                        way.serialization(), end, way.credential()));
            } catch (RuntimeException e) {
                LOG.error("{} to {} could not be handed to its binding", request.requestIdentifier(), way.pointOfAccess(), e);
                tryWay(index + 1, Optional.of(e), mayHaveArrived);
                return;
            }
            answer.whenComplete((response, failure) -> {
                if (failure == null) {
                    doubt(response);
                    result.complete(response);
                } else {
                    failed(index, way, failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause() : failure,
                            mayHaveArrived);
                }
            });
        }

        private void doubt(ResponsePrimitive response) {
            boolean unknown = response.statusCode() == ResponseStatusCode.SECURITY_ASSOCIATION_REQUIRED.code()
                    || response.statusCode() == ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED.code();
            if (unknown) {
                doubt();
            }
        }

        private void doubt() {
            if (route.receiver().isPresent() && route.receiver().equals(registrar)) {
                registrationDoubted.run();
            }
        }

        private void failed(int index, OutboundRoute.Way way, Throwable failure, boolean before) {
            boolean arrived = !(failure instanceof UnreachableException unreachable) || unreachable.mayHaveArrived();
            LOG.debug("{} to {} by {}: {}", request.requestIdentifier(), request.to(), way.pointOfAccess(), failure.toString());
            if (arrived) {
                // Its MQTT server drops what comes from who is not registered any more, without a word.
                doubt();
            }
            if (arrived && !mayRepeat()) {
                fail(failure.getMessage(), true, failure);
            } else {
                tryWay(index + 1, Optional.of(failure), before || arrived);
            }
        }

        /** Over another protocol a receiver can't tell a repetition, so a change is not sent twice. */
        private boolean mayRepeat() {
            return request.operation() == Operation.RETRIEVE || request.operation() == Operation.NOTIFY;
        }

        void fail(String why, boolean mayHaveArrived, Throwable cause) {
            result.completeExceptionally(new UnreachableException(String.valueOf(why), mayHaveArrived, cause));
        }
    }
}
