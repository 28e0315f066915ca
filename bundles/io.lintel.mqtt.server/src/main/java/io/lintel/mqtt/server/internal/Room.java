// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where publishers stand in line for a full queue. Whoever makes room opens it; then they try again one after the
 * other, until one finds too little room still: that one keeps its place at the head, so that nobody overtakes it and
 * a long line costs no more than a short one. Belongs to the event loop.
 */
final class Room {
    private final Deque<Runnable> line = new ArrayDeque<>(1);
    private final Runnable afterwards;
    private Runnable turn;
    private boolean opening;

    Room() {
        this(() -> { });
    }

    /** @param afterwards runs whenever it was opened, for those who wait for a wider room */
    Room(Runnable afterwards) {
        this.afterwards = afterwards;
    }

    void await(Runnable tryAgain) {
        if (tryAgain == turn) {
            line.addFirst(tryAgain);
            turn = null;
        } else {
            line.add(tryAgain);
        }
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
            while (!line.isEmpty()) {
                turn = line.poll();
                turn.run();
                if (turn == null) {
                    break;
                }
            }
        } finally {
            turn = null;
            opening = false;
        }
        afterwards.run();
    }

    boolean isEmpty() {
        return line.isEmpty();
    }
}
