// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A file of rules or keys that counts as it is now: looked at when somebody asks, at most once in half a second, and read again
 * when it has changed. Any thread.
 */
final class WatchedFile {
    private static final long LOOK_NANOS = Duration.ofMillis(500).toNanos();
    private static final long LARGEST_FILE = 1_048_576;

    private final Path file;
    private Stamp seen = Stamp.NONE;
    private boolean looked;
    private long lookedAt;

    WatchedFile(Path file) {
        this.file = file;
    }

    Path path() {
        return file;
    }

    /** What is there now if it is another than at the last look; {@link Stamp#NONE} if the file is gone. */
    synchronized Optional<Stamp> changed() {
        long now = System.nanoTime();
        if (looked && now - lookedAt < LOOK_NANOS) {
            return Optional.empty();
        }
        looked = true;
        lookedAt = now;
        Stamp stamp = Stamp.of(file);
        boolean same = stamp.equals(seen);
        seen = stamp;
        return same ? Optional.empty() : Optional.of(stamp);
    }

    /** Nobody has so many rules; what is that large is something else. */
    void requireReadable(Stamp stamp) throws IOException {
        if (stamp.size() > LARGEST_FILE) {
            throw new UnusableFileException(file + " is larger than " + LARGEST_FILE + " bytes");
        }
    }
}
