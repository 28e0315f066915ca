// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundItem.Kind;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Who has to hear what became of an item that leaves the outbound queue. On the writer's thread, in that task. */
final class OutboundTelling {
    private final OutboundResults results;
    private final OutboundSettings settings;
    private final Clock clock;
    private volatile AnnouncementSending announcements;

    OutboundTelling(OutboundResults results, OutboundSettings settings, Clock clock) {
        this.results = results;
        this.settings = settings;
        this.clock = clock;
    }

    OutboundResults results() {
        return results;
    }

    void announcementsBy(AnnouncementSending sending) {
        announcements = sending;
    }

    AnnouncementSending announcements() {
        return announcements;
    }

    /** The notifications by which the result is told. */
    List<OutboundItem> tell(ResourceWriter writer, OutboundItem item, Optional<ResponsePrimitive> result) {
        if (item.kind() == Kind.ANNOUNCEMENT) {
            announcements.settled(writer, item, result);
            return List.of();
        }
        return result.map(response -> results.told(writer, item, response, clock.instant(), settings.notificationLife()))
                .orElse(List.of());
    }
}
