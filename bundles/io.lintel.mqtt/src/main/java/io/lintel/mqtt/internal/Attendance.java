// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Schedule;
import java.time.Duration;

/**
 * When this CSE is connected to a server (MQ-19).
 *
 * @param policy   by what it is decided
 * @param idle     with {@link Policy#NEED}: how long the connection stays when nothing happens on it
 * @param schedule with {@link Policy#SCHEDULE}: when there is a connection as long as the CSE has no {@code <schedule>} below
 *                 its CSEBase
 */
record Attendance(Policy policy, Duration idle, Schedule schedule) {
    static final Attendance PERMANENT = new Attendance(Policy.PERMANENT, Duration.ZERO, Schedule.ALWAYS);

    /** The three policies. */
    enum Policy { PERMANENT, NEED, SCHEDULE }

    static Attendance need(Duration idle) {
        return new Attendance(Policy.NEED, idle, Schedule.ALWAYS);
    }
}
