// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.mqtt.server.crash.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Servers over one database directory, one after the other. {@code -Dlintel.crash.syncMicros=15000} gives all of them a disk
 * that takes so much longer for each sync, as an SD card does; else the settings say whose is slow.
 */
final class SqliteVictim implements Victim {
    private final Path directory;
    private final ServerPool pool;
    private ServerProcess running;

    SqliteVictim(ServerPool pool, Path directory) {
        this.pool = pool;
        this.directory = directory;
    }

    @Override
    public int start(Map<String, String> settings) {
        int syncMicros = Integer.getInteger("lintel.crash.syncMicros",
                Integer.parseInt(settings.getOrDefault(SYNC_MICROS, "0")));
        running = syncMicros == 0 ? pool.take() : pool.wrapped("strace", "-f", "-q", "--seccomp-bpf", "-o", "/dev/null", "-e",
                "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:delay_enter=" + syncMicros);
        return running.serve(directory, settings);
    }

    @Override
    public void kill() {
        running.kill();
    }

    @Override
    public long leftovers() {
        return SqliteStores.number(directory, "SELECT (SELECT COUNT(*) FROM mq) "
                + "+ (SELECT COUNT(*) FROM msg WHERE id NOT IN (SELECT id FROM retained)) "
                + "+ (SELECT COUNT(*) FROM retained WHERE id NOT IN (SELECT id FROM msg))");
    }

    /** Ends what runs and removes what is on disk. */
    @Override
    public void close() {
        if (running != null) {
            running.kill();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
