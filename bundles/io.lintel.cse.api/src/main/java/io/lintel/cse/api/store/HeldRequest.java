// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

import java.util.Objects;

/**
 * A request that was acknowledged before it was answered, as the binding left it: see
 * {@link io.lintel.cse.api.RequestCustody}.
 *
 * @param number   its place in the order; 0 in {@link ResourceWriter#keep}, which assigns it
 * @param holder   who takes it up again
 * @param envelope the holder's own note on how it came
 * @param message  the request as it came
 */
public record HeldRequest(long number, String holder, String envelope, byte[] message) {
    public HeldRequest {
        Objects.requireNonNull(holder);
        Objects.requireNonNull(envelope);
        Objects.requireNonNull(message);
    }

    /** What it counts for in limits: its parts, and a little for its place. */
    public int bytes() {
        return 64 + envelope.length() + message.length;
    }

    /** A request in custody without what it holds. */
    public record Mark(long number, int bytes) {
    }

    /** All requests in custody. */
    public record Total(long number, long bytes) {
    }
}
