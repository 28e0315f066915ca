// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

import io.lintel.primitive.ResponsePrimitive;
import java.util.Optional;

/**
 * What a {@link WriteTask} works with: reads that see all earlier tasks (committed or not) and its own changes, and
 * changes that are kept until the task returns. Used on the store's writer thread only, only while the task runs.
 */
public interface ResourceWriter extends ResourceReader {

    /** A new resource ID, unique in this store for ever; for an instance it also settles its place in its parent. */
    String newId(int type, String parentId);

    /** Adds a resource. Its ID came from {@link #newId}, or is an AE-ID stem or the CSEBase's. */
    void insert(Resource resource);

    /** Replaces the representation of a resource that exists. */
    void update(Resource resource);

    /** Deletes one resource, which has no children any more. */
    void delete(Resource resource);

    /** The response that was stored for this delivery, if it is still kept. */
    Optional<ResponsePrimitive> storedResponse(String deliveryKey);

    /** Keeps a response for a while, so that a repeated delivery gets it again. */
    void storeResponse(String deliveryKey, ResponsePrimitive response, long untilMillis);

    /** Adds to the outbound queue of a target, behind all of its rank; goes out after this task's changes are on disk. */
    OutboundItem enqueue(OutboundItem item);

    /** Puts an item in the place of another of the same target and rank, which is removed. */
    OutboundItem replace(OutboundItem old, OutboundItem item);

    /** Removes an item that was delivered or given up. */
    void dequeue(long sequence);

    /** The waiting item of this {@link OutboundItem#latestKey}. */
    Optional<OutboundItem> outboundLatest(String latestKey);

    /** How much waits for a target, or, for empty text, for all; looks at all of what it counts in the index. */
    OutboundTotal outboundTotal(String target);

    /** Holds the items of a target back, or lets them go again. */
    void hold(String target, boolean held);

    /** Takes a request into custody; its number, which it did not have before, is larger than all earlier ones. */
    long keep(HeldRequest request);

    /** Ends the custody of a request. */
    void release(long number);
}
