// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which answers of a target are taken for its last word on an item. Counts the answers of the item whose turn it is; used
 * by the steps of one delivery, which exclude each other.
 */
final class OutboundPatience {
    /** Attempts on a target that answers, but with an error of its own. */
    private static final int MAX_SERVER_ERRORS = 5;
    /** Attempts of a request whose sender the target does not believe, which a renewed registration may cure. */
    private static final int MAX_STRANGER = 10;
    private static final Set<Integer> STRANGER = Set.of(ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED.code(),
            ResponseStatusCode.SECURITY_ASSOCIATION_REQUIRED.code());
    private static final Set<Integer> UNREACHED = Set.of(ResponseStatusCode.TARGET_NOT_REACHABLE.code(),
            ResponseStatusCode.REQUEST_TIMEOUT.code(), ResponseStatusCode.REMOTE_ENTITY_NOT_REACHABLE.code());

    private int serverErrors;
    private int strangers;

    /** Whether the same item may get another answer later. */
    boolean mayChange(OutboundItem item, ResponsePrimitive response) {
        int status = response.statusCode();
        if (STRANGER.contains(status)) {
            return item.kind() != OutboundItem.Kind.REQUEST || ++strangers < MAX_STRANGER;
        }
        return UNREACHED.contains(status) || status >= 5000 && status < 5100 && ++serverErrors < MAX_SERVER_ERRORS;
    }

    /** Another item's turn. */
    void next() {
        serverErrors = 0;
        strangers = 0;
    }

    /** Doubles from the initial pause to the longest, a fifth more or less by chance. */
    static long pauseMillis(OutboundSettings settings, int failuresBefore) {
        long initial = settings.retryInitial().toMillis();
        long pause = Math.min(settings.retryMax().toMillis(), initial << Math.min(failuresBefore, 20));
        return Math.max(1, Math.round(pause * (0.8 + 0.4 * ThreadLocalRandom.current().nextDouble())));
    }

    /** What an answer says the result is; that of a request that was only accepted comes on its own. */
    static Optional<ResponsePrimitive> result(ResponsePrimitive response) {
        return response.statusCode() < 2000 ? Optional.empty() : Optional.of(response);
    }
}
