// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Schedule;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps one link connected when its {@link Attendance} says so (MQ-19), and only then. Asked by whoever has something to send,
 * and looked at twice a second on the timer thread.
 */
final class Attending {
    private static final String NOTHING_TO_SEND = "connects when there is something to send";

    private final Attendance attendance;
    private final Clock clock;
    private final MqttLink link;
    private Supplier<Schedule> below = () -> Schedule.ALWAYS;
    private boolean resting;
    private Instant lastUse;

    Attending(Attendance attendance, Clock clock, MqttLink link) {
        this.attendance = attendance;
        this.clock = clock;
        this.link = link;
        this.lastUse = clock.instant();
    }

    /** From now on what the CSE says of its own reachability counts before the setting, if it says anything. */
    synchronized void follow(Supplier<Schedule> reachability) {
        below = reachability;
    }

    /** The CSE goes; what it said last holds until it is back. */
    synchronized void remember() {
        Schedule last = below.get();
        below = () -> last;
    }

    private Schedule schedule() {
        Schedule own = below.get();
        return own.entries().isEmpty() ? attendance.schedule() : own;
    }

    /** Before the link is opened. */
    synchronized void begin() {
        switch (attendance.policy()) {
            case PERMANENT -> {
                // nothing holds it
            }
            case NEED -> rest(NOTHING_TO_SEND);
            case SCHEDULE -> look(false);
        }
    }

    /** Something is to be sent. Says why it cannot be, if it cannot for as long as the schedule says. */
    synchronized Optional<String> needed() {
        lastUse = clock.instant();
        switch (attendance.policy()) {
            case PERMANENT -> {
                return Optional.empty();
            }
            case NEED -> {
                attend();
                return Optional.empty();
            }
            case SCHEDULE -> {
                return schedule().isOpen(lastUse) ? Optional.empty() : Optional.of(outside(lastUse));
            }
        }
        return Optional.empty();
    }

    /** Something came. */
    synchronized void used() {
        lastUse = clock.instant();
    }

    synchronized boolean isResting() {
        return resting;
    }

    /** @param busy whether something is awaited or waits to be sent */
    synchronized void look(boolean busy) {
        Instant now = clock.instant();
        switch (attendance.policy()) {
            case PERMANENT -> {
                // as it is
            }
            case NEED -> {
                if (busy) {
                    lastUse = now;
                } else if (!resting && now.isAfter(lastUse.plus(attendance.idle()))) {
                    rest(NOTHING_TO_SEND);
                }
            }
            case SCHEDULE -> {
                if (schedule().isOpen(now)) {
                    attend();
                } else if (!resting) {
                    rest(outside(now));
                }
            }
        }
    }

    private String outside(Instant now) {
        return "outside its schedule" + schedule().opens(now).map(next -> ", again from " + next).orElse(", for good");
    }

    private void rest(String why) {
        resting = true;
        link.hold(MqttLink.Hold.ATTENDANCE, why);
    }

    private void attend() {
        if (resting) {
            resting = false;
            link.release(MqttLink.Hold.ATTENDANCE);
        }
    }
}
