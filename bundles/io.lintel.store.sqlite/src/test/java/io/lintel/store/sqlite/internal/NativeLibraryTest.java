// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library that SQLite is loaded from is unpacked once and not again at each start. */
class NativeLibraryTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);

    @TempDir
    private Path directory;

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void itIsUnpackedOnce() throws Exception {
        NativeLibrary.keepIn(directory);
        Path library = NativeLibrary.library(directory).orElseThrow();
        assertThat(files()).containsExactly(library);
        assertThat(Files.size(library)).isGreaterThan(500_000);
        Files.setLastModifiedTime(library, LONG_AGO);
        NativeLibrary.keepIn(directory);
        assertThat(files()).containsExactly(library);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(LONG_AGO);
        assertThat(System.getProperty("org.sqlite.lib.path")).isEqualTo(directory.toString());
        assertThat(System.getProperty("org.sqlite.lib.name")).isEqualTo(library.getFileName().toString());
    }

    @Test
    void aDamagedOneIsUnpackedAnew() throws Exception {
        Path library = NativeLibrary.library(directory).orElseThrow();
        byte[] whole = Files.readAllBytes(library);
        Files.write(library, new byte[] {1}, StandardOpenOption.WRITE);
        assertThat(NativeLibrary.library(directory)).contains(library);
        assertThat(library).hasBinaryContent(whole);
    }

    @Test
    void thatOfAnotherEditionAndHalfACopyGo() throws Exception {
        Path older = Files.writeString(directory.resolve("lib-3.1.0-Linux-x86_64-0.so"), "");
        Path half = Files.setLastModifiedTime(Files.writeString(directory.resolve("sqlite-unpacking"), "x"), LONG_AGO);
        NativeLibrary.keepIn(directory);
        assertThat(older).doesNotExist();
        assertThat(half).doesNotExist();
        assertThat(files()).hasSize(1);
    }
}
