// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import java.util.HashSet;
import java.util.Set;

/**
 * Who may decide about a waiting item: its delivery, from before it is sent until it is off the disk, or a task of the
 * writer that removes it for another reason. Neither can get what the other has. Any thread.
 */
final class OutboundClaims {
    private final Set<Long> claimed = new HashSet<>();
    private final Set<Long> doomed = new HashSet<>();

    /** For a delivery; false if somebody is at it. */
    synchronized boolean claim(long sequence) {
        return !doomed.contains(sequence) && claimed.add(sequence);
    }

    /** The attempt failed, or the item is off the disk. */
    synchronized void release(long sequence) {
        claimed.remove(sequence);
    }

    /** For whoever removes it without sending it; false if somebody is at it. */
    synchronized boolean doom(long sequence) {
        return !claimed.contains(sequence) && doomed.add(sequence);
    }

    /** The removal is on disk, or has failed. */
    synchronized void spare(long sequence) {
        doomed.remove(sequence);
    }
}
