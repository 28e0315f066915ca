// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.nio.file.Path;

/**
 * Where the database is and how it is written.
 *
 * @param directory         the data directory; made if it is missing
 * @param syncLevel         what a commit waits for
 * @param walAutocheckpoint pages in the write-ahead log after which it is copied into the database
 * @param minimumFreeBytes  free space below which nothing is taken any more
 * @param checkBytes        size up to which the whole database is checked at the start
 */
record SqliteSettings(Path directory, SyncLevel syncLevel, int walAutocheckpoint, long minimumFreeBytes, long checkBytes) {

    /** SQLite's {@code PRAGMA synchronous} with a write-ahead log. */
    enum SyncLevel {
        /** Every commit is on the disk before it is answered. */
        FULL,
        /** Survives kill -9; a loss of power may take the last seconds. */
        NORMAL;

        /** @throws IllegalArgumentException for a word that is none of these */
        static SyncLevel of(String word) {
            for (SyncLevel level : values()) {
                if (level.name().equalsIgnoreCase(word)) {
                    return level;
                }
            }
            throw new IllegalArgumentException("store.syncLevel is full or normal, not '" + word + "'");
        }
    }
}
