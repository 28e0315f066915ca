// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where publishers stand in line for a full queue. Whoever makes room opens it; each one then tries again in its turn,
 * and stands in line again if there was not enough. Belongs to the event loop.
 */
final class Room {
    private final Deque<Runnable> line = new ArrayDeque<>();
    private boolean opening;

    void await(Runnable tryAgain) {
        line.add(tryAgain);
    }

    /** No longer waits; nothing happens if it did not. */
    void leave(Runnable tryAgain) {
        line.remove(tryAgain);
    }

    void open() {
        if (opening) {
            return;   // one who got in made room for another: the turn under way reaches that one too
        }
        opening = true;
        try {
            for (int turns = line.size(); turns > 0 && !line.isEmpty(); turns--) {
                line.poll().run();
            }
        } finally {
            opening = false;
        }
    }
}
