// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import io.lintel.tls.Stamp;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies user names and passwords for all listeners. Asked and answering on the event loop; in between, one thread
 * looks at the file, the node's own accounts and what is remembered, and another hashes what is not. Both queues are
 * bounded, and both threads end when there is nothing to do. A changed file counts from the next question on.
 *
 * <p>Guessing is slowed down three ways: a hash is dear, repeated refusals of one address or user come late, and of an
 * address with failures only a few questions are open at a time. A name that is not there costs what a wrong password
 * costs. The right password is never delayed by somebody else's wrong ones for the same user.
 */
public final class Users implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);
    private static final int MOST_LOOKUPS = 4096;
    private static final int MOST_HASHES = 512;
    private static final int MOST_OPEN_OF_A_SUSPECT = 4;
    private static final int IDLE_SECONDS = 10;

    /** What became of a name and password; {@link #BUSY} if there was no room to check them. */
    public enum Outcome {
        RIGHT, WRONG, BUSY
    }

    private final Path file;
    private final Path internalFile;
    private final ScheduledExecutorService loop;
    private final ThreadPoolExecutor lookup = pool("users", 1, MOST_LOOKUPS);
    private final ThreadPoolExecutor hashing = pool("hash",
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2), MOST_HASHES);
    private final Failures failures = new Failures(System::nanoTime);
    private final Map<String, Integer> open = new HashMap<>();

    // Of the lookup thread alone, but for remembered, which the hashing threads add to.
    private final Remembered remembered = new Remembered();
    private UserFile users = UserFile.empty();
    private Stamp stamp;
    private volatile InternalAccounts internal = InternalAccounts.none();

    /** @param loop the event loop; {@link #verify} is called on it and answers on it */
    public Users(Path file, Path internalFile, ScheduledExecutorService loop) {
        this.file = file;
        this.internalFile = internalFile;
        this.loop = loop;
    }

    private static ThreadPoolExecutor pool(String name, int threads, int queue) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue), task -> {
                    Thread thread = new Thread(task, "lintel-mqttserver-" + name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Makes the node's own accounts if they are not there yet; before the first listener opens. */
    public void prepare() {
        try {
            internal = InternalAccounts.in(internalFile);
        } catch (IOException e) {
            LOG.error("The node's own clients have no accounts with the MQTT server: cannot write {}: {}", internalFile,
                    e.toString());
        }
    }

    /** One question on its way. */
    private record Attempt(String name, byte[] password, InetAddress from, String address, BooleanSupplier wanted,
            Consumer<Outcome> then) {
    }

    /**
     * On the event loop.
     *
     * @param wanted false when the answer is of no use any more; asked on any thread
     * @param then   told once, on the event loop, a wrong password possibly late
     */
    public void verify(String name, byte[] password, InetAddress from, BooleanSupplier wanted, Consumer<Outcome> then) {
        String address = Failures.key(from);
        if (!InternalAccounts.isInternal(name) && failures.isSuspicious(address)
                && open.getOrDefault(address, 0) >= MOST_OPEN_OF_A_SUSPECT) {
            then.accept(Outcome.BUSY);
            return;
        }
        open.merge(address, 1, Integer::sum);
        Attempt attempt = new Attempt(name, password, from, address, wanted, then);
        execute(lookup, attempt, () -> lookUp(attempt));
    }

    private void execute(ThreadPoolExecutor pool, Attempt attempt, Runnable task) {
        try {
            pool.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("Verifying user {} failed", attempt.name, e);
                    answer(attempt, Outcome.BUSY);
                }
            });
        } catch (RejectedExecutionException e) {
            answer(attempt, Outcome.BUSY);
        }
    }

    private void lookUp(Attempt attempt) {
        if (InternalAccounts.isInternal(attempt.name)) {
            boolean right = attempt.from.isLoopbackAddress() && internal.matches(attempt.name, attempt.password);
            answer(attempt, right ? Outcome.RIGHT : Outcome.WRONG);
            return;
        }
        read();
        PasswordHash hash = users.users().get(attempt.name);
        Remembered.Trace trace = hash == null ? null : remembered.trace(attempt.name, attempt.password, hash);
        if (trace != null && remembered.contains(trace)) {
            answer(attempt, Outcome.RIGHT);
            return;
        }
        PasswordHash checked = hash != null ? hash : decoy(attempt.name);
        execute(hashing, attempt, () -> {
            if (!attempt.wanted.getAsBoolean()) {
                answer(attempt, Outcome.BUSY);
                return;
            }
            boolean right = checked.matches(attempt.password);
            if (right) {
                remembered.add(trace);
            }
            answer(attempt, right ? Outcome.RIGHT : Outcome.WRONG);
        });
    }

    /** As dear as one of the users' hashes, always the same one for a name. */
    private PasswordHash decoy(String name) {
        List<PasswordHash> hashes = new ArrayList<>(users.users().values());
        return PasswordHash.decoy(hashes.isEmpty() ? PasswordHash.OUR_ITERATIONS
                : hashes.get(Math.floorMod(name.hashCode(), hashes.size())).iterations());
    }

    private void read() {
        Stamp now = Stamp.of(file);
        if (now.equals(stamp)) {
            return;
        }
        boolean first = stamp == null;
        stamp = now;
        try {
            users = UserFile.read(file);
            remembered.clear();
            users.faults().forEach(fault -> LOG.warn("{}: {}", file, fault));
            if (!first) {
                LOG.info("{} was read again: {} users", file, users.users().size());
            }
        } catch (IOException e) {
            LOG.error("{} cannot be read, the users stay as they were: {}", file, e.toString());
        }
    }

    private void answer(Attempt attempt, Outcome outcome) {
        if (loop.isShutdown()) {
            return;
        }
        loop.execute(() -> {
            long delay = 0;
            if (outcome == Outcome.WRONG) {
                delay = failures.failed(attempt.address, attempt.name);
                LOG.debug("user {} at {}: wrong name or password", attempt.name, attempt.from);
            } else if (outcome == Outcome.RIGHT) {
                failures.succeeded(attempt.name);
            }
            if (delay > 0) {
                loop.schedule(() -> tell(attempt, outcome), delay, TimeUnit.MILLISECONDS);
            } else {
                tell(attempt, outcome);
            }
        });
    }

    private void tell(Attempt attempt, Outcome outcome) {
        open.computeIfPresent(attempt.address, (address, count) -> count == 1 ? null : count - 1);
        attempt.then.accept(outcome);
    }

    @Override
    public void close() {
        lookup.shutdownNow();
        hashing.shutdownNow();
    }
}
