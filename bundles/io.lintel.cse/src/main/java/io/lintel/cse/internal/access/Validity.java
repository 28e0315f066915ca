// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.Optional;

/** From {@code tknb} to {@code tkna}: when a role or token is valid (TS-0001 9.6.38, 9.6.39). */
final class Validity {
    private Validity() {
    }

    /** Whether the instant lies in it; without one of its ends, or with one that is no time, it does not. */
    static boolean contains(Attributes proof, Instant now) {
        Optional<Instant> from = proof.text("tknb").flatMap(Timestamps::parse);
        Optional<Instant> to = proof.text("tkna").flatMap(Timestamps::parse);
        return from.isPresent() && to.isPresent() && !now.isBefore(from.get()) && now.isBefore(to.get());
    }

    /** Refuses one that ends before it begins. */
    static void check(Attributes proof) {
        Optional<Instant> from = proof.text("tknb").flatMap(Timestamps::parse);
        Optional<Instant> to = proof.text("tkna").flatMap(Timestamps::parse);
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw Refusals.badRequest("tkna must be later than tknb: " + proof.text("tkna").orElse("") + " is not later than "
                    + proof.text("tknb").orElse(""));
        }
    }
}
