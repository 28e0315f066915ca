// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.ResourceStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs something once the write task that is under way is on disk. A task can't see its own commit, but tasks are
 * committed in order: an empty one handed in afterwards completes after it. Equal actions that wait together run once;
 * they run on the executor, also when the commit failed, and must find out from the store what is true.
 */
public final class OutboundCommit {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundCommit.class);
    private static final long STORE_FULL_PAUSE_MILLIS = 200;

    private final ResourceStore store;
    private final ScheduledExecutorService executor;
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    private boolean underWay;

    OutboundCommit(ResourceStore store, ScheduledExecutorService executor) {
        this.store = store;
        this.executor = executor;
    }

    /** Called on the writer thread, inside a task. */
    public void after(Runnable action) {
        synchronized (waiting) {
            waiting.add(action);
            if (underWay) {
                return;
            }
            underWay = true;
        }
        schedule(0);
    }

    private void schedule(long delayMillis) {
        try {
            executor.schedule(this::await, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closing: what waits for a commit is found in the store at the next start");
        }
    }

    private void await() {
        List<Runnable> taken = new ArrayList<>();
        store.write(writer -> {
            take(taken);
            return true;
        }).whenComplete((done, failure) -> {
            if (failure == null) {
                taken.forEach(this::run);
            } else {
                LOG.debug("waiting for a commit: {}", failure.toString());
                putBack(taken);
            }
        });
    }

    private void take(List<Runnable> taken) {
        synchronized (waiting) {
            taken.addAll(waiting);
            waiting.clear();
            underWay = false;
        }
    }

    /** Nothing was taken if the store's queue was full: then this wait is still the one under way. */
    private void putBack(List<Runnable> taken) {
        synchronized (waiting) {
            waiting.addAll(taken);
            if (!taken.isEmpty() && underWay) {
                return;
            }
            underWay = true;
        }
        schedule(STORE_FULL_PAUSE_MILLIS);
    }

    private void run(Runnable action) {
        try {
            executor.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.debug("closing: {} is left to the next start", action);
        }
    }
}
