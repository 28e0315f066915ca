// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.ScheduleExpression;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * When this CSE is connected to a server (MQ-19).
 *
 * @param policy   by what it is decided
 * @param idle     with {@link Policy#NEED}: how long the connection stays when nothing happens on it
 * @param schedule with {@link Policy#SCHEDULE}: schedule entries, in any of which there is a connection
 */
record Attendance(Policy policy, Duration idle, List<String> schedule) {
    static final Attendance PERMANENT = new Attendance(Policy.PERMANENT, Duration.ZERO, List.of());

    /** The three policies. */
    enum Policy { PERMANENT, NEED, SCHEDULE }

    boolean isDue(Instant now) {
        return schedule.stream().anyMatch(entry -> ScheduleExpression.contains(entry, now));
    }

    /** When the schedule begins again. */
    Optional<Instant> next(Instant now) {
        return schedule.stream().flatMap(entry -> ScheduleExpression.next(entry, now).stream()).min(Comparator.naturalOrder());
    }

    static Attendance need(Duration idle) {
        return new Attendance(Policy.NEED, idle, List.of());
    }
}
