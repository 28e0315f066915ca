// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * What one connection has to send, in order, one message at a time: as fast as the other end reads. Requests find no place
 * when too much waits; responses always do, since the requests in progress bound them. Any thread; the hand-over happens
 * outside the lock, by one thread at a time.
 */
final class Outbox {
    private final Link link;
    private final boolean text;
    private final int maxMessages;
    private final int maxBytes;
    private final Consumer<Throwable> progress;
    private final Queue<Message> waiting = new ArrayDeque<>();
    private long bytes;
    /** By {@link System#nanoTime()}; 0 while nothing is under way. */
    private long sendingSince;
    private boolean pumping;
    private boolean closed;

    private record Message(byte[] bytes, Consumer<Boolean> gone) {
    }

    /** @param progress told of each message that is on its way (null), or of the failure that ends the connection */
    Outbox(Link link, boolean text, Limits limits, Consumer<Throwable> progress) {
        this.link = link;
        this.text = text;
        this.maxMessages = limits.waiting();
        this.maxBytes = limits.waitingBytes();
        this.progress = progress;
    }

    /**
     * @param gone told true before the link has the message, since the other end may have it before this one knows that it was
     *             sent; and false if it could not be sent
     * @return false if too much waits already, or the connection has ended: nothing was taken
     */
    boolean offer(byte[] message, Consumer<Boolean> gone) {
        synchronized (this) {
            if (closed || isCrowded()) {
                return false;
            }
            add(new Message(message, gone));
        }
        pump();
        return true;
    }

    /** A response; one that comes after the end is dropped. */
    void respond(byte[] message) {
        synchronized (this) {
            if (closed) {
                return;
            }
            add(new Message(message, gone -> { }));
        }
        pump();
    }

    private void add(Message message) {
        waiting.add(message);
        bytes += message.bytes.length;
    }

    /** Whether the other end reads so slowly that no more should be asked of it. */
    synchronized boolean isCrowded() {
        return waiting.size() >= maxMessages || bytes >= maxBytes;
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty() && sendingSince == 0;
    }

    /** Whether one message has been under way for longer than this. */
    synchronized boolean isStuck(Duration longest) {
        return sendingSince != 0 && System.nanoTime() - sendingSince > longest.toNanos();
    }

    synchronized void close() {
        closed = true;
        waiting.clear();
        bytes = 0;
    }

    /** Sends until there is nothing more, or a message is under way; whoever comes meanwhile leaves it to the one at it. */
    private void pump() {
        synchronized (this) {
            if (pumping) {
                return;
            }
            pumping = true;
        }
        for (Message next = take(); next != null; next = take()) {
            Message message = next;
            link.send(message.bytes, text, failure -> sent(message, failure));
        }
    }

    private synchronized Message take() {
        if (sendingSince != 0 || closed || waiting.isEmpty()) {
            pumping = false;
            return null;
        }
        Message next = waiting.remove();
        bytes -= next.bytes.length;
        sendingSince = System.nanoTime() | 1;
        next.gone.accept(true);
        return next;
    }

    private void sent(Message message, Throwable failure) {
        synchronized (this) {
            sendingSince = 0;
        }
        if (failure != null) {
            message.gone.accept(false);
        }
        progress.accept(failure);
        pump();
    }
}
