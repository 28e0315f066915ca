// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceWriter;
import java.time.Duration;

/** How the hosting side has a request of its own sent until it is answered, also after a restart. */
interface OutboundEnqueuing {

    /** Puts the item into the queue of its target, in the write task under way. */
    void enqueue(ResourceWriter writer, OutboundItem item);

    /** How long what waits is kept if nothing shorter is asked for. */
    Duration life();
}
