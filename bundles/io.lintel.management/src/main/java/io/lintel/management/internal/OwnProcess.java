// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's own process, and how it is started again: it ends with {@link #RESTART}, which a service manager takes as the wish
 * to be started, or, where there is none, starts its launcher first, which waits for its end. The framework is stopped in
 * order, by its shutdown hook; a stop that hangs is cut short. Works on a thread of its own, {@code lintel-restart}.
 */
final class OwnProcess implements Reboot.Leaving {
    /** The exit status that asks for a start ({@code EX_TEMPFAIL}). */
    static final int RESTART = 75;
    private static final Logger LOG = LoggerFactory.getLogger(OwnProcess.class);
    private static final long STOP_SECONDS = 30;

    private final Path home;
    private final Optional<Path> launcher;
    private final boolean serviced;
    private final AtomicBoolean begun = new AtomicBoolean();

    /**
     * @param launcher the program that starts a node; empty if the node was not started by one
     * @param serviced whether a service manager starts the process again
     */
    OwnProcess(Path home, Optional<Path> launcher, boolean serviced) {
        this.home = home;
        this.launcher = launcher.filter(Files::isExecutable);
        this.serviced = serviced;
    }

    @Override
    public Optional<String> obstacle() {
        return serviced || launcher.isPresent() ? Optional.empty()
                : Optional.of("nothing would start this process again: it has neither a launcher nor a service manager");
    }

    @Override
    public void leave(Duration delay) {
        if (begun.compareAndSet(false, true)) {
            LOG.info("the node starts again in {} ms", delay.toMillis());
            Thread thread = new Thread(() -> run(delay), "lintel-restart");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(Duration delay) {
        try {
            TimeUnit.MILLISECONDS.sleep(delay.toMillis());
            if (!serviced) {
                startSuccessor();
            }
        } catch (IOException e) {
            LOG.error("the launcher cannot be started, so the node goes on", e);
            begun.set(false);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Thread limit = new Thread(() -> {
            try {
                TimeUnit.SECONDS.sleep(STOP_SECONDS);
                Runtime.getRuntime().halt(RESTART);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "lintel-restart-limit");
        limit.setDaemon(true);
        limit.start();
        System.exit(RESTART);
    }

    /** It waits until this process is gone. */
    private void startSuccessor() throws IOException {
        ProcessBuilder successor = new ProcessBuilder(launcher.orElseThrow().toString(), "--home", home.toString()).inheritIO();
        successor.environment().put("LINTEL_AFTER", Long.toString(ProcessHandle.current().pid()));
        successor.directory(home.toFile());
        successor.start();
    }
}
