// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Duration;
import java.util.Optional;

/** How the hosting side has a request of its own sent until it is answered, also after a restart. */
public interface OutboundEnqueuing {

    /** Puts the item into the queue of its target, in the write task under way. A full queue may drop a notification. */
    void enqueue(ResourceWriter writer, OutboundItem item);

    /**
     * Takes in what is acknowledged by the task under way, and gives it its place.
     *
     * @throws io.lintel.cse.api.store.StoreFullException if there is no room: the task must not go on
     */
    OutboundItem accept(ResourceWriter writer, OutboundItem item);

    /** Removes an item, and tells the result if it was promised, in the write task under way. */
    void takeOut(ResourceWriter writer, OutboundItem item, Optional<ResponsePrimitive> result);

    /** Removes an item that is not under way, and tells nobody; in the write task under way. False if it is under way. */
    boolean recall(ResourceWriter writer, OutboundItem item);

    /** Whether there was room for this target when last looked at; any thread. */
    boolean hasRoom(String target);

    /** How results are told. */
    OutboundResults results();

    /** Whether what waits for this target has been tried in vain, or is held back, so that there is no hurry; any thread. */
    default boolean isPaused(String target) {
        return true;
    }

    /** Runs something when the write task under way is on disk. */
    default void afterCommit(Runnable action) {
        action.run();
    }

    /** Who sends announcements; said once, before anything is sent. */
    default void sendAnnouncementsBy(AnnouncementSending sending) {
    }

    /** Whether notification targets are asked before something is sent to them. */
    default boolean verifiesTargets() {
        return true;
    }

    /** How long what waits is kept if nothing shorter is asked for. */
    Duration life();
}
