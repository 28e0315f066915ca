// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether there is room where the database is. Looked at again after a moment only: the reserve is larger than what can be
 * written meanwhile. For all threads.
 */
final class FreeSpace {
    private static final long MOMENT_NANOS = 50_000_000;

    private final Path directory;
    private final long reserve;
    private final FileStore fileStore;
    private Optional<String> refusal;
    private long since;

    /** @param reserve bytes that are to stay free */
    FreeSpace(Path directory, long reserve) throws IOException {
        this.directory = directory;
        this.reserve = reserve;
        this.fileStore = Files.getFileStore(directory);
    }

    /** Why nothing should be written, for a person; empty when there is room. */
    synchronized Optional<String> refusal() {
        long now = System.nanoTime();
        if (refusal == null || now - since > MOMENT_NANOS) {
            refusal = look();
            since = now;
        }
        return refusal;
    }

    private Optional<String> look() {
        try {
            long free = fileStore.getUsableSpace();
            return free >= reserve ? Optional.empty() : Optional.of("only " + (free >> 20) + " MB are free where " + directory
                    + " is, and " + (reserve >> 20) + " MB are kept in reserve");
        } catch (IOException e) {
            return Optional.of("the free space where " + directory + " is cannot be read: " + e.getMessage());
        }
    }
}
