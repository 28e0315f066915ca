// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.store.OutboundItem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Who waits to hear what became of the announcements that a request asked for: until each has been answered, or could not
 * be made at the first attempt, or the patience is over. What happens later is seen in the resource. Any thread.
 */
final class AnnouncementOutcomes {
    private final Clock clock;
    private final Duration patience;
    private final Map<Long, String> open = new HashMap<>();
    private final List<Waiting> waiting = new ArrayList<>();

    private record Waiting(String original, Instant until, CompletableFuture<Void> heard) {
    }

    AnnouncementOutcomes(Clock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
    }

    /** In the task of the request. */
    synchronized void awaits(String original, OutboundItem item) {
        open.put(item.sequence(), original);
    }

    /** There is an outcome for now. */
    void concluded(long sequence) {
        List<Waiting> heard = new ArrayList<>();
        synchronized (this) {
            String original = open.remove(sequence);
            if (original == null || open.containsValue(original)) {
                return;
            }
            waiting.removeIf(one -> one.original().equals(original) && heard.add(one));
        }
        heard.forEach(one -> one.heard().complete(null));
    }

    /** Completes when nothing is open for the resource. */
    synchronized CompletionStage<Void> heard(String original) {
        if (!open.containsValue(original)) {
            return CompletableFuture.completedFuture(null);
        }
        Waiting one = new Waiting(original, clock.instant().plus(patience), new CompletableFuture<>());
        waiting.add(one);
        return one.heard();
    }

    /** Ends what has waited long enough; every second or so. */
    void tick() {
        Instant now = clock.instant();
        List<Waiting> over = new ArrayList<>();
        synchronized (this) {
            waiting.removeIf(one -> !one.until().isAfter(now) && over.add(one));
            over.forEach(one -> open.values().removeIf(one.original()::equals));
        }
        over.forEach(one -> one.heard().complete(null));
    }

    /** How many announcements have no outcome yet. */
    synchronized int size() {
        return open.size();
    }
}
