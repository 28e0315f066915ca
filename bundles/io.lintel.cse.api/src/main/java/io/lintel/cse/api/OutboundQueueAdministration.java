// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import io.lintel.cse.api.store.OutboundItem;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The outbound queue for its administrator: what waits on disk for which target, and why. Reads look at the store on the
 * calling thread; changes are stages that complete when they are on disk, and are logged by the CSE. What was promised to
 * its originator is deleted with a result that says so (5103, rejected by the administrator).
 */
@ProviderType
public interface OutboundQueueAdministration {

    /** What a target is doing. */
    enum State {
        /** Something is under way, or is about to be. */
        SENDING,
        /** The last attempt failed; it goes on at {@link TargetView#untilMillis()}. */
        PAUSED,
        /** An administrator holds it back. */
        HELD,
        /** No target: requests to this CSE that wait for their execution time, notifications for theirs. */
        SCHEDULED
    }

    /**
     * @param target      as it was named; what an operation here takes
     * @param items       how many wait
     * @param bytes       what they take on disk
     * @param sinceMillis when the first in the order of leaving was taken in; 0 if that is not known
     * @param untilMillis when it is tried again, if it is paused; else 0
     * @param trouble     what the last failure was, in words; empty if there was none since the last success
     */
    record TargetView(String target, long items, long bytes, long sinceMillis, State state, long untilMillis, String trouble) {
    }

    /** All targets that have something waiting or are held, by name. Looks at the whole of the queue's index. */
    List<TargetView> targets();

    /**
     * What waits for a target in the order of leaving.
     *
     * @param afterSequence the last item of the page before; 0 for the first page
     */
    List<OutboundItem> items(String target, long afterSequence, int limit);

    /** One item, with its content. */
    Optional<OutboundItem> item(long sequence);

    /** Deletes one item; false if it is gone, or under way. */
    CompletionStage<Boolean> delete(long sequence);

    /** Deletes what waits for a target, besides what is under way; gives how many. */
    CompletionStage<Long> deleteAll(String target);

    /** Ends the pause of a target; false if there is nothing to try. */
    boolean tryAgain(String target);

    /** Holds a target back, also after a restart, or lets it go again. What is under way is not called back. */
    CompletionStage<Boolean> hold(String target, boolean held);
}
