// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the management of the machine has to remember beyond its end, in {@code data/management.properties}: a few lines,
 * replaced as a whole and synced. Any thread.
 */
final class Memo {
    private static final Logger LOG = LoggerFactory.getLogger(Memo.class);

    private final Path file;
    private final Properties known = new Properties();

    Memo(Path file) {
        this.file = file;
        if (Files.exists(file)) {
            try {
                known.load(new StringReader(Files.readString(file)));
            } catch (IOException | IllegalArgumentException e) {
                LOG.error("{} cannot be read; what it says is forgotten", file, e);
            }
        }
    }

    synchronized Optional<String> get(String key) {
        return Optional.ofNullable(known.getProperty(key));
    }

    /** The rest of the names of all that begin so. */
    synchronized Set<String> below(String prefix) {
        Set<String> names = new TreeSet<>();
        known.stringPropertyNames().stream().filter(name -> name.startsWith(prefix))
                .forEach(name -> names.add(name.substring(prefix.length())));
        return names;
    }

    synchronized void put(String key, String value) throws IOException {
        if (!value.equals(known.getProperty(key))) {
            known.setProperty(key, value);
            keep();
        }
    }

    synchronized void remove(String key) throws IOException {
        if (known.remove(key) != null) {
            keep();
        }
    }

    private void keep() throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            known.store(out, null);
        }
        try (FileChannel written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
