// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves all clients of a load on the thread that calls {@link #run}: one selector, one buffer to read into and one to
 * write from, so that the load costs little and costs every server the same. Between two runs nothing is read.
 */
final class LoadLoop implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 18;
    /** Short against the latencies looked at, long against a turn of this loop. */
    private static final long NAP_NANOS = 50_000;
    private static final long LONGEST_SELECT_MILLIS = 20;

    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final List<LoadClient> toFlush = new ArrayList<>();

    LoadLoop() throws IOException {
        // the selector is opened above
    }

    /** Gives load by the clock. */
    interface Pace {
        /** Sends what is due and says when the next is, in the time of {@link System#nanoTime}. */
        long due(long now);
    }

    /** What a run goes on until. */
    interface Condition {
        boolean holds() throws IOException;
    }

    Selector selector() {
        return selector;
    }

    ByteBuffer in() {
        return in;
    }

    ByteBuffer out() {
        return out;
    }

    /** The client has something to send at the end of this turn. */
    void flushLater(LoadClient client) {
        toFlush.add(client);
    }

    /** Serves until the condition holds. */
    void run(String what, double seconds, Condition done) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        flush();
        while (!done.holds()) {
            selector.select(this::serve, LONGEST_SELECT_MILLIS);
            flush();
            if (System.nanoTime() > end) {
                throw new IOException("after " + seconds + " s " + what + " was still waited for");
            }
        }
    }

    /** Serves for a while. */
    void pause(double seconds) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        run("the time", seconds + 1, () -> System.nanoTime() >= end);
    }

    /** Serves and sends what is due until then; sleeps in between, because the server needs the cores too. */
    void run(Pace pace, long until) throws IOException {
        for (long now = System.nanoTime(); now < until; now = System.nanoTime()) {
            long next = pace.due(now);
            flush();
            if (selector.selectNow(this::serve) > 0) {
                flush();
            } else {
                long left = Math.min(next, until) - System.nanoTime();
                if (left > 0) {
                    LockSupport.parkNanos(Math.min(left, NAP_NANOS));
                }
            }
        }
    }

    private void serve(SelectionKey key) {
        try {
            ((LoadClient) key.attachment()).serve(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void flush() throws IOException {
        for (int i = 0; i < toFlush.size(); i++) {
            toFlush.get(i).flush();
        }
        toFlush.clear();
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
