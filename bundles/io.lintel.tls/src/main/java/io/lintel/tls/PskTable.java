// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that are agreed beforehand with peers (TS-0003 clause 8.2.1: Kpsa under its KpsaID), from {@code etc/tls/psk}: one a
 * line, the identity, blanks, the key in hexadecimal, 16 bytes at least. The file is looked at again when it has changed,
 * at most once in half a second; with an error in it, the keys before stay. Any thread; reads the disk now and then.
 *
 * <pre>
 *   # identity            key
 *   meter7@field.example  7a1c90d2e84f5b6637c1a09d5e2f8b44
 * </pre>
 */
public final class PskTable {
    /** TS-0003 has keys of 256 bits; shorter than 128 is guessed too easily to protect anything. */
    public static final int SHORTEST_KEY = 16;

    private static final Logger LOG = LoggerFactory.getLogger(PskTable.class);

    private final WatchedFile file;
    private volatile Map<String, byte[]> keys = Map.of();

    PskTable(Path file) {
        this.file = new WatchedFile(file);
    }

    /** The key of an identity, if it is known; a copy. */
    public Optional<byte[]> key(String identity) {
        look();
        return Optional.ofNullable(keys.get(identity)).map(byte[]::clone);
    }

    /** All identities, in the order of the file. */
    public Set<String> identities() {
        look();
        return keys.keySet();
    }

    private synchronized void look() {
        file.changed().ifPresent(stamp -> {
            try {
                keys = stamp.equals(Stamp.NONE) ? Map.of() : read(stamp);
                LOG.info("{}: {} keys agreed beforehand", file.path(), keys.size());
            } catch (IOException e) {
                LOG.error("{}; the keys before stay", e.getMessage());
            }
        });
    }

    private Map<String, byte[]> read(Stamp stamp) throws IOException {
        file.requireReadable(stamp);
        Map<String, byte[]> read = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(file.path(), StandardCharsets.UTF_8);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("\\s+");
            String where = file.path() + ", line " + (i + 1) + ": ";
            if (words.length != 2) {
                throw new UnusableFileException(where + "a line is an identity, blanks, and a key in hexadecimal");
            }
            if (read.put(words[0], key(where, words[1])) != null) {
                throw new UnusableFileException(where + "the identity " + words[0] + " is there twice");
            }
        }
        return java.util.Collections.unmodifiableMap(read);
    }

    /** Does not say the key, not even a wrong one: messages are logged. */
    private static byte[] key(String where, String hex) throws UnusableFileException {
        byte[] key;
        try {
            key = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new UnusableFileException(where + "the key is not hexadecimal, two digits a byte");
        }
        if (key.length < SHORTEST_KEY) {
            throw new UnusableFileException(where + "the key has " + key.length + " bytes, " + SHORTEST_KEY + " is the least");
        }
        return key;
    }
}
