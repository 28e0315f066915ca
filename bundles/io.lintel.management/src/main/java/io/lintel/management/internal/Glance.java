// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/** What was seen of the machine a moment ago, and a new look when that is too old. Any thread; looks on the one that asks. */
final class Glance {
    private final Supplier<List<ManagedObject>> look;
    private final Clock clock;
    private final long freshMillis;
    private List<ManagedObject> seen = List.of();
    private long seenAt = Long.MIN_VALUE;

    /** @param freshMillis how long a look counts */
    Glance(Supplier<List<ManagedObject>> look, Clock clock, long freshMillis) {
        this.look = look;
        this.clock = clock;
        this.freshMillis = freshMillis;
    }

    synchronized List<ManagedObject> objects() {
        long now = clock.millis();
        if (seenAt == Long.MIN_VALUE || Math.abs(now - seenAt) >= freshMillis) {
            seen = look.get();
            seenAt = now;
        }
        return seen;
    }
}
