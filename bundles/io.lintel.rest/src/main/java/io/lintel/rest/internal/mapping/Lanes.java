// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Requests that leave, in order for each target: the next one begins when the one before has been acknowledged or has come to
 * its end (RFC 7252 4.7, NSTART 1; over HTTP, when it has been answered). A target that is slow makes no other wait. Bounded
 * for each target and for all. Any thread; a step begins on the thread that entered it, or on the one that ended the step before.
 */
public final class Lanes {
    private final int maxOfTarget;
    private final int maxOfAll;
    private final Map<String, Queue<Step>> waiting = new HashMap<>();
    private int count;

    /** One request on its lane. */
    public interface Step {
        /** @param done to be run when the next may begin; more than once does no harm */
        void begin(Runnable done);
    }

    public Lanes(int maxOfTarget, int maxOfAll) {
        this.maxOfTarget = maxOfTarget;
        this.maxOfAll = maxOfAll;
    }

    /** Begins a step now or later; false if there is no room for it. */
    public boolean enter(String target, Step step) {
        synchronized (this) {
            Queue<Step> lane = waiting.get(target);
            if (lane != null) {
                boolean room = lane.size() < maxOfTarget && count < maxOfAll;
                if (room) {
                    lane.add(step);
                    count++;
                }
                return room;
            }
            waiting.put(target, new ArrayDeque<>());
        }
        begin(target, step);
        return true;
    }

    private void begin(String target, Step step) {
        AtomicBoolean done = new AtomicBoolean();
        step.begin(() -> {
            if (done.compareAndSet(false, true)) {
                next(target);
            }
        });
    }

    private void next(String target) {
        Step step;
        synchronized (this) {
            step = waiting.get(target).poll();
            if (step == null) {
                waiting.remove(target);
                return;
            }
            count--;
        }
        begin(target, step);
    }

    /** How many wait for one before them. */
    public synchronized int count() {
        return count;
    }

    /** Targets that are busy. */
    public synchronized int targets() {
        return waiting.size();
    }
}
