// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What one connection has to publish, in order, until the server has acknowledged it. Messages wait here while there
 * is no connection and while as many as the window allows are with the client library. The library repeats what it
 * holds when the same client reconnects [MQTT-4.4.0-1]; when a client had to be given up, everything unacknowledged
 * starts again from here.
 *
 * <p>Called from any thread. The hand-over happens under the lock, so that order holds; it must not block.
 */
final class Outbox {
    /** The way to the network; reports back through {@link #acknowledged(Message)}. */
    interface Transport {
        /** @return false if it cannot take the message now */
        boolean publish(Message message);
    }

    /** One PUBLISH to be made. */
    static final class Message {
        private final String topic;
        private final byte[] payload;
        private final Runnable acknowledged;
        private boolean handed;

        /** @param acknowledged runs once, on the library's thread, when the server has the message */
        Message(String topic, byte[] payload, Runnable acknowledged) {
            this.topic = topic;
            this.payload = payload;
            this.acknowledged = acknowledged;
        }

        String topic() {
            return topic;
        }

        byte[] payload() {
            return payload;
        }
    }

    private final int window;
    private final int capacity;
    private final Deque<Message> waiting = new ArrayDeque<>();
    private final Set<Message> handed = new LinkedHashSet<>();
    private Transport transport;

    /**
     * @param window   how many messages may be with the library at a time
     * @param capacity how many may wait, besides answers, which are bounded by the requests in progress
     */
    Outbox(int window, int capacity) {
        this.window = window;
        this.capacity = capacity;
    }

    /** @return false if too much waits already: nothing was taken */
    synchronized boolean offer(Message message) {
        if (waiting.size() >= capacity) {
            return false;
        }
        add(message);
        return true;
    }

    synchronized void add(Message message) {
        waiting.addLast(message);
        pump();
    }

    /** Takes a message back unless it is with the library. */
    synchronized boolean withdraw(Message message) {
        return waiting.remove(message);
    }

    /** Whether the message was ever given to the network. */
    synchronized boolean wasHanded(Message message) {
        return message.handed;
    }

    synchronized void resume(Transport to) {
        transport = to;
        pump();
    }

    synchronized void pause() {
        transport = null;
    }

    /** The client that held messages is given up: they go first when there is another. */
    synchronized void takeBack() {
        transport = null;
        ArrayDeque<Message> again = new ArrayDeque<>(handed);
        handed.clear();
        for (Iterator<Message> it = again.descendingIterator(); it.hasNext();) {
            waiting.addFirst(it.next());
        }
    }

    void acknowledged(Message message) {
        synchronized (this) {
            if (!handed.remove(message)) {
                return;
            }
            pump();
        }
        message.acknowledged.run();
    }

    synchronized int size() {
        return waiting.size() + handed.size();
    }

    private void pump() {
        while (transport != null && handed.size() < window && !waiting.isEmpty()) {
            Message next = waiting.peekFirst();
            if (!transport.publish(next)) {
                return;
            }
            waiting.removeFirst();
            next.handed = true;
            handed.add(next);
        }
    }
}
