// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.mqtt.server.crash.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Servers over one database directory, one after the other; the next one always waits in the wings. */
final class SqliteVictim implements Victim {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = 10_000_000;

    private final Path directory;
    private final Path log;
    private ServerProcess running;
    private ServerProcess next;

    SqliteVictim(Path directory) {
        this.directory = directory;
        log = directory.resolve("log.txt");
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        next = new ServerProcess(log);
    }

    @Override
    public int start(Map<String, String> settings) {
        running = next;
        int port = running.serve(directory.resolve("data"), settings);
        next = new ServerProcess(log);
        return port;
    }

    @Override
    public void kill() {
        running.kill();
    }

    /** Deliveries that are done leave the database a moment after the last acknowledgement. */
    @Override
    public void assertNothingLeft() {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (left() > 0) {
            if (System.nanoTime() > until) {
                throw new AssertionError(left() + " messages or deliveries are left in the database");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private long left() {
        return SqliteStores.number(directory.resolve("data"), "SELECT (SELECT COUNT(*) FROM mq) "
                + "+ (SELECT COUNT(*) FROM msg WHERE id NOT IN (SELECT id FROM retained)) "
                + "+ (SELECT COUNT(*) FROM retained WHERE id NOT IN (SELECT id FROM msg))");
    }

    /** Ends what runs and removes what is on disk. */
    @Override
    public void close() {
        if (running != null) {
            running.kill();
        }
        next.kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
