// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/** Server processes that wait to be told what to serve, so that nobody waits for a JVM. For several threads. */
final class ServerPool implements AutoCloseable {
    private static final int WAITING = 2;

    private final SharedClasses classes;
    private final Path log;
    private final Deque<ServerProcess> waiting = new ArrayDeque<>();

    /** @param directory for its own files, the processes' log among them */
    ServerPool(Path directory) {
        log = directory.resolve("log.txt");
        try {
            classes = new SharedClasses(directory);
            ServerProcess first = new ServerProcess(log, classes.recording());
            first.serve(Files.createDirectory(directory.resolve("recorded")), Map.of());
            first.end();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    synchronized ServerProcess take() {
        while (waiting.size() < WAITING) {
            waiting.add(new ServerProcess(log, classes.sharing()));
        }
        return waiting.poll();
    }

    /** One that runs under another command. */
    ServerProcess wrapped(String... wrapper) {
        return new ServerProcess(log, classes.sharing(), wrapper);
    }

    @Override
    public synchronized void close() {
        waiting.forEach(ServerProcess::kill);
        waiting.clear();
    }
}
