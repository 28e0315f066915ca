// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A durable store of the resource tree, of stored responses, of the outbound queue and of requests in custody. One
 * writer thread takes tasks in the order of {@link #write}, as many as have gathered, and commits them together; a
 * task's stage completes after the commit is synced to disk, in order, on a thread of the store that is not the writer.
 *
 * <p>The inherited reads may be called from any thread. They see at least everything whose stage has completed.
 */
@ConsumerType
public interface ResourceStore extends ResourceReader {

    /**
     * Hands a task to the writer. Never blocks. Fails with {@link StoreFullException} when the queue is full or the
     * disk is nearly so, and with {@link StoreException} when the commit failed: then nothing of the task was kept.
     */
    <T> CompletionStage<T> write(WriteTask<T> task);

    /** Items of the outbound queue of one target, in order, after a sequence number (0 for the first). */
    List<OutboundItem> outbound(String target, long afterSequence, int limit);

    /** One item of the outbound queue, if it still waits. */
    Optional<OutboundItem> outboundItem(long sequence);

    /** Items whose expiration is at or before the time, soonest first. */
    List<OutboundItem> outboundExpired(long atMillis, int limit);

    /** Targets that have items waiting. */
    List<String> outboundTargets();

    /** How much waits for each target; looks at all of the queue's index, for people. */
    List<OutboundTotal> outboundTotals();

    /** Targets whose items an administrator holds back. */
    Set<String> outboundHeld();

    /** Requests in custody of one holder, in order, from a number on (0 for the first). */
    List<HeldRequest> held(String holder, long fromNumber, int limit);

    /** The same without what they hold: number and size. */
    List<HeldRequest.Mark> heldMarks(String holder, long fromNumber, int limit);

    /** How many requests are in custody, and how large they are together; read from the disk. */
    HeldRequest.Total heldTotal();

    /** How many resources there are, for the console; may lag a little. */
    long resourceCount();
}
