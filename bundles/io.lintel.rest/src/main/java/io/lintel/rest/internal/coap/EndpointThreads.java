// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.lintel.rest.internal.mapping.Listening;

/**
 * The threads of an endpoint: some run the steps of the protocol, none of which waits, and one keeps the time. Apart, because a
 * queue of delayed tasks costs more for each step than the step itself.
 */
final class EndpointThreads extends ScheduledThreadPoolExecutor {
    private final ThreadPoolExecutor steps;

    EndpointThreads(String name, int count) {
        super(1, Listening.threads(name + "-timer"));
        setRemoveOnCancelPolicy(true);
        setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        steps = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Listening.threads(name));
    }

    @Override
    public void execute(Runnable step) {
        steps.execute(step);
    }

    /** How many steps wait for a thread. */
    int waiting() {
        return steps.getQueue().size();
    }

    @Override
    public List<Runnable> shutdownNow() {
        steps.shutdownNow();
        return super.shutdownNow();
    }

    @Override
    public void shutdown() {
        steps.shutdown();
        super.shutdown();
    }
}
