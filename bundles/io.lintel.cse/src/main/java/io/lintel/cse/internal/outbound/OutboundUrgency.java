// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

/**
 * What keeps a delivery from pausing after a failed attempt: an immediate item that had no turn yet, or a sign, during the
 * attempt, that the target is back. Guarded by the delivery.
 */
final class OutboundUrgency {
    /** The newest immediate item that came, and the newest that was tried: one that came has its turn before any pause. */
    private long immediateUpTo;
    private long immediateTried;
    /** Somebody showed that the target is there, while an attempt was under way that began before that. */
    private boolean sign;
    /** The attempt under way is owed to such a sign: a further one has to wait, or a busy target would be tried without end. */
    private boolean heeded;

    void immediate(long place) {
        immediateUpTo = Math.max(immediateUpTo, place);
    }

    boolean hasImmediate() {
        return immediateUpTo > immediateTried;
    }

    void immediateTried(long place) {
        immediateTried = Math.max(immediateTried, place);
    }

    void sign() {
        sign = true;
    }

    /** A pause ends, or the last attempt succeeded: all that was to be heeded is. */
    void heeded() {
        sign = false;
        heeded = false;
    }

    /** Whether the failed attempt is to be followed by another without a pause. */
    boolean goesOn() {
        if (hasImmediate()) {
            immediateTried = immediateUpTo;
            return true;
        }
        heeded = sign && !heeded;
        sign = false;
        return heeded;
    }
}
