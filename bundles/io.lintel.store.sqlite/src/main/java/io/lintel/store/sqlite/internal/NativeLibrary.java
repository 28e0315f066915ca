// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * SQLite's native library is unpacked when it is first used. The system's temporary directory may forbid execution, and
 * a killed process leaves its copy there; so the copy goes below the data directory, and what earlier processes left is
 * removed.
 */
final class NativeLibrary {
    private static final String DIRECTORY_PROPERTY = "org.sqlite.tmpdir";

    private NativeLibrary() {
    }

    /** Called with the data directory's lock held, so that no other process uses what is there. */
    static void keepIn(Path directory) throws IOException {
        Files.createDirectories(directory);
        Instant started = ProcessHandle.current().info().startInstant().orElse(Instant.MIN);
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(directory, "sqlite-*")) {
            for (Path copy : copies) {
                if (Files.getLastModifiedTime(copy).toInstant().isBefore(started)) {
                    Files.deleteIfExists(copy);
                }
            }
        }
        System.setProperty(DIRECTORY_PROPERTY, directory.toAbsolutePath().toString());
    }
}
