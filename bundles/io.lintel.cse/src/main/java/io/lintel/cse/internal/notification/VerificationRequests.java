// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.internal.outbound.OutboundCounters;
import io.lintel.cse.internal.outbound.OutboundRoute;
import io.lintel.cse.internal.outbound.OutboundRouter;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verification of notification targets (TS-0004 7.4.8.2.1): each is asked by a NOTIFY of its own, all at the same time;
 * what does not answer with success stops the subscription with 5204. Called on a door's thread, holds none.
 */
public final class VerificationRequests {
    private static final Logger LOG = LoggerFactory.getLogger(VerificationRequests.class);

    /** Sends a request of this CSE along a route, or serves it here. */
    public interface Sending {
        CompletionStage<ResponsePrimitive> send(RequestPrimitive request, OutboundRoute route, Instant deadline);
    }

    private final Notifications notifications;
    private final OutboundRouter router;
    private final Sending sending;
    private final OutboundCounters counters;
    private final Clock clock;

    public VerificationRequests(Notifications notifications, OutboundRouter router, Sending sending, OutboundCounters counters,
            Clock clock) {
        this.notifications = notifications;
        this.router = router;
        this.sending = sending;
        this.counters = counters;
        this.clock = clock;
    }

    /**
     * Asks all targets and completes when all have agreed.
     *
     * @param reference the subscription's address, if its name is known already
     * @param creator   the originator of the request that names the targets
     */
    CompletionStage<Void> verify(Collection<String> targets, Optional<String> reference, String creator, Duration timeout) {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (String target : targets) {
            answers.add(verify(target, reference, creator, timeout).toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    private CompletionStage<Void> verify(String target, Optional<String> reference, String creator, Duration timeout) {
        Instant now = clock.instant();
        try {
            RequestPrimitive request = notifications.request(target, notifications.verification(reference, creator),
                    Optional.empty(), now);
            return sending.send(request, router.toTarget(target), now.plus(timeout)).handle((response, failure) -> {
                if (failure != null) {
                    Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause()
                            : failure;
                    throw refused(target, cause.getMessage());
                }
                if (!response.isSuccess()) {
                    throw refused(target, "it answered " + response.statusCode());
                }
                counters.add(OutboundCounters.VERIFICATIONS);
                return null;
            });
        } catch (PrimitiveException e) {
            return CompletableFuture.failedFuture(refused(target, e.getMessage()));
        }
    }

    private PrimitiveException refused(String target, String why) {
        counters.add(OutboundCounters.VERIFICATIONS_FAILED);
        LOG.debug("notification target {} is not verified: {}", target, why);
        return new PrimitiveException(ResponseStatusCode.SUBSCRIPTION_VERIFICATION_INITIATION_FAILED,
                "notification target " + target + " could not be verified: " + why);
    }
}
