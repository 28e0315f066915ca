// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what all threads are doing when a test takes suspiciously long: the timeout that ends it tells of the test's own
 * thread only, and a lost wake-up shows in the others. Found by JUnit itself.
 */
public final class HangWatch implements BeforeEachCallback, AfterEachCallback {
    static final long SECONDS = Long.getLong("test.hangSeconds", 120);
    private static final Logger LOG = LoggerFactory.getLogger(HangWatch.class);
    private static final ExtensionContext.Namespace PLACE = ExtensionContext.Namespace.create(HangWatch.class);
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "hang-watch");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void beforeEach(ExtensionContext test) {
        String name = test.getRequiredTestClass().getSimpleName() + "." + test.getRequiredTestMethod().getName();
        test.getStore(PLACE).put("alarm", TIMER.schedule(() -> LOG.error("{} has run for {} s:\n{}", name, SECONDS, dump()),
                SECONDS, TimeUnit.SECONDS));
    }

    @Override
    public void afterEach(ExtensionContext test) {
        test.getStore(PLACE).remove("alarm", ScheduledFuture.class).cancel(false);
    }

    /** Name, state, what it waits for and the whole stack of each thread. */
    static String dump() {
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)).map(HangWatch::text)
                .collect(Collectors.joining("\n"));
    }

    private static String text(ThreadInfo thread) {
        String lock = thread.getLockName() == null ? "" : " on " + thread.getLockName();
        return "\"" + thread.getThreadName() + "\" " + thread.getThreadState() + lock + "\n"
                + Arrays.stream(thread.getStackTrace()).map(frame -> "    at " + frame).collect(Collectors.joining("\n"));
    }
}
