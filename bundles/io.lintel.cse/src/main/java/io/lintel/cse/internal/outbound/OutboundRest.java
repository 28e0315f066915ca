// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;

/**
 * Why and until when a delivery does nothing: after a failure, by its receiver's schedule, or held by an administrator. Used
 * under the lock of its delivery.
 */
final class OutboundRest {
    private Optional<ScheduledFuture<?>> timer = Optional.empty();
    private Optional<Instant> asleepUntil = Optional.empty();
    private long untilMillis;
    private String trouble = "";

    /** @param untilMillis when it goes on by itself; 0 if it does not pause, or not for a time */
    record Activity(boolean paused, long untilMillis, String trouble) {
    }

    /** After a failure, until the timer goes off. */
    void after(ScheduledFuture<?> started, long millis) {
        timer = Optional.of(started);
        untilMillis = System.currentTimeMillis() + millis;
    }

    /** Until an administrator ends it. */
    void held() {
        timer = Optional.empty();
        untilMillis = 0;
    }

    /** By the receiver's schedule. */
    void asleep(Instant opens) {
        asleepUntil = Optional.of(opens);
        untilMillis = opens.toEpochMilli();
        trouble = "not to be reached before " + opens + ", says its schedule";
    }

    /** Whether the receiver can be reached again by its schedule. */
    boolean isOver(Instant now) {
        return asleepUntil.filter(opens -> !opens.isAfter(now)).isPresent();
    }

    void end() {
        timer.ifPresent(started -> started.cancel(false));
        timer = Optional.empty();
        asleepUntil = Optional.empty();
    }

    void trouble(String why) {
        trouble = why;
    }

    Activity activity(boolean paused) {
        return new Activity(paused, paused ? untilMillis : 0, trouble);
    }
}
