// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Waiting for conditions, bounded. */
final class Waiting {
    /** Longer than anything takes that works, on a machine with other things to do. */
    static final long SECONDS = 60;

    private Waiting() {
    }

    static void until(String what, Callable<Boolean> condition) throws Exception {
        until(what, SECONDS, condition);
    }

    static void until(String what, long seconds, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + seconds + " s in vain: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /**
     * Waits as long as it takes, provided that it goes on.
     *
     * @param progress a number that grows while it does
     */
    static void whileItGoesOn(String what, Callable<Integer> progress, int goal) throws Exception {
        int reached = progress.call();
        while (reached < goal) {
            int before = reached;
            until(what + ", " + before + " of " + goal, () -> progress.call() > before);
            reached = progress.call();
        }
    }

    static <T> T result(String what, CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("waited " + SECONDS + " s in vain: " + what, e);
        } catch (ExecutionException e) {
            throw new AssertionError(what + ": " + e.getCause(), e.getCause());
        }
    }

    static <T> T next(String what, BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("waited " + SECONDS + " s in vain: " + what);
        }
        return next;
    }
}
