// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite's native library is a file in a jar and has to be unpacked to be loaded. That is done once, below the data directory:
 * the system's temporary directory may forbid execution, and a start that writes nothing spares the card. The file carries
 * its edition and its checksum in its name, so that another edition's or a damaged one is not used. Where it cannot be
 * loaded, as when the driver's bundle is replaced in a running process, the driver unpacks a copy of its own there; what
 * earlier processes left of those is removed.
 */
final class NativeLibrary {
    private static final String COPIES_PROPERTY = "org.sqlite.tmpdir";
    private static final String DIRECTORY_PROPERTY = "org.sqlite.lib.path";
    private static final String NAME_PROPERTY = "org.sqlite.lib.name";

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
        System.setProperty(COPIES_PROPERTY, directory.toAbsolutePath().toString());
        Optional<Path> library = library(directory);
        if (library.isPresent()) {
            System.setProperty(DIRECTORY_PROPERTY, directory.toAbsolutePath().toString());
            System.setProperty(NAME_PROPERTY, library.get().getFileName().toString());
        }
    }

    /** The unpacked file; empty on a platform for which the driver brings none along. */
    static Optional<Path> library(Path directory) throws IOException {
        String platform = LibraryLoaderUtil.getNativeLibResourcePath();
        String name = LibraryLoaderUtil.getNativeLibName();
        if (!LibraryLoaderUtil.hasNativeLib(platform, name)) {
            return Optional.empty();
        }
        String edition = "lib-" + SQLiteJDBCLoader.getVersion() + platform.replaceFirst(".*/native/", "-").replace('/', '-')
                + "-";
        Optional<Path> sound = Optional.empty();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "lib-*")) {
            for (Path file : files) {
                if (sound.isEmpty() && isSound(file, edition)) {
                    sound = Optional.of(file);
                } else {
                    Files.delete(file);
                }
            }
        }
        return sound.isPresent() ? sound : Optional.of(unpack(directory, platform + "/" + name, edition));
    }

    private static boolean isSound(Path file, String edition) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(Files.readAllBytes(file));
        return file.getFileName().toString().equals(fileName(edition, checksum));
    }

    private static String fileName(String edition, CRC32 checksum) {
        return edition + Long.toHexString(checksum.getValue()) + ".so";
    }

    /** Under another name first, so that a file that has the name is whole. */
    private static Path unpack(Path directory, String resource, String edition) throws IOException {
        Path copy = directory.resolve("sqlite-unpacking");
        CRC32 checksum = new CRC32();
        try (InputStream packed = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (packed == null) {
                throw new FileNotFoundException("the SQLite driver has no " + resource);
            }
            try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                OutputStream out = new CheckedOutputStream(Channels.newOutputStream(channel), checksum);
                packed.transferTo(out);
                channel.force(true);
            }
        }
        return Files.move(copy, directory.resolve(fileName(edition, checksum)), StandardCopyOption.ATOMIC_MOVE);
    }
}
