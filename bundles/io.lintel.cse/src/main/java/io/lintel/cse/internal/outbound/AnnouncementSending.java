// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.ResponsePrimitive;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Who knows what to do with items of the outbound queue that keep announced resources in step with their originals. */
public interface AnnouncementSending {

    /** Sends the item as it is wanted now; on the executor, or wherever an answer comes. */
    CompletionStage<ResponsePrimitive> send(OutboundItem item);

    /**
     * The item leaves the queue; on the writer's thread, in that task.
     *
     * @param answer what came of it; empty if nobody wanted it any more
     */
    void settled(ResourceWriter writer, OutboundItem item, Optional<ResponsePrimitive> answer);

    /** This CSE had to register anew at its registrar. */
    void registeredAnew(String registrar);
}
