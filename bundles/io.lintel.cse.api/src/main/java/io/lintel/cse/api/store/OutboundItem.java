// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

import io.lintel.primitive.RequestPrimitive;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A request waiting on disk for its target, or for its time.
 *
 * @param sequence   its place in the queue, and what it is known by; 0 in {@link ResourceWriter#enqueue}, which assigns
 *                   it. Items of one target leave in the order of it: by rank, then by arrival
 * @param target     the notification target or next CSE as it was named; items of one target leave in order
 * @param request    the request, identifier included, so that a repetition can be recognised
 * @param reason     what caused it: the subscription's resource ID, or, of a request in transit, the CSE it came from;
 *                   or empty text
 * @param expiration when it is given up, milliseconds since 1970
 * @param kind       what it is, and so whether it may be dropped
 * @param rank       0 to {@link #LOWEST_RANK}: lower ones leave first
 * @param latestKey  equal for items of which only the newest matters (event category latest); empty text for all others
 * @param since      when it was taken in, milliseconds since 1970; 0 if that is not known any more
 * @param bytes      what it takes on disk; 0 in {@link ResourceWriter#enqueue}, which assigns it
 */
public record OutboundItem(long sequence, String target, RequestPrimitive request, String reason, long expiration, Kind kind,
        int rank, String latestKey, long since, int bytes) {
    /** Of the event categories 2 (immediate), 3 (bestEffort) and 4 (latest), and 100 to 999 (by that number). */
    public static final int LOWEST_RANK = 999;
    /** Where what has no event category goes. */
    public static final int USUAL_RANK = 3;

    /** What waits. */
    public enum Kind {
        /** Of a subscription, or another request of this CSE. A full queue may drop it. */
        NOTIFICATION(0),
        /** The result of a request that was accepted; it is promised. */
        RESULT(1),
        /** A request in transit that was accepted; it is promised. */
        REQUEST(2),
        /** A request to this CSE that was accepted and waits for its execution time; it is promised. */
        EXECUTION(3),
        /** What keeps an announced resource at another CSE in step with its original here. It is not dropped. */
        ANNOUNCEMENT(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** As it is stored. */
        public int code() {
            return code;
        }

        public static Optional<Kind> ofCode(int code) {
            return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
        }
    }

    public OutboundItem {
        Objects.requireNonNull(target);
        Objects.requireNonNull(request);
        Objects.requireNonNull(reason);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(latestKey);
        if (rank < 0 || rank > LOWEST_RANK) {
            throw new IllegalArgumentException("a rank is from 0 to " + LOWEST_RANK + ": " + rank);
        }
    }

    /** A notification without a wish. */
    public OutboundItem(long sequence, String target, RequestPrimitive request, String reason, long expiration) {
        this(sequence, target, request, reason, expiration, Kind.NOTIFICATION, USUAL_RANK, "", 0, 0);
    }

    /** The same in its place. */
    public OutboundItem placed(long assigned, int size) {
        return new OutboundItem(assigned, target, request, reason, expiration, kind, rank, latestKey, since, size);
    }
}
