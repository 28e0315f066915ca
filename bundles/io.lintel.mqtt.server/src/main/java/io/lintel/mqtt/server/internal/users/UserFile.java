// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import io.lintel.tls.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The users and their password hashes as they stand in a file, one {@code name:hash} a line, as {@code mosquitto_passwd}
 * writes it. Lines that cannot be used are kept and reported, so that a newer kind of hash costs one user, not the file.
 */
final class UserFile {
    /** Names of this form are the node's own accounts and never come from the file. */
    static final String RESERVED = "lintel.";

    private static final int LONGEST_NAME = 256;

    private final Map<String, PasswordHash> users = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    private UserFile() {
    }

    static UserFile empty() {
        return new UserFile();
    }

    /** A file that is not there has no users. */
    static UserFile read(Path path) throws IOException {
        UserFile file = new UserFile();
        if (Files.exists(path)) {
            int number = 0;
            for (String line : Files.readString(path, StandardCharsets.UTF_8).split("\r?\n")) {
                file.line(++number, line);
            }
        }
        return file;
    }

    private void line(int number, String line) {
        lines.add(line);
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        int colon = line.indexOf(':');
        Optional<PasswordHash> hash = PasswordHash.parse(line.substring(colon + 1).trim());
        if (colon < 1) {
            faults.add("line " + number + " is not name:hash");
        } else if (line.startsWith(RESERVED)) {
            faults.add("line " + number + ": names with " + RESERVED + " in front are the node's own");
        } else if (hash.isEmpty()) {
            faults.add("line " + number + ": the hash of " + line.substring(0, colon) + " is not $7$ (PBKDF2-HMAC-SHA512)");
        } else {
            users.put(line.substring(0, colon), hash.get());
        }
    }

    /** Why this cannot be a user's name; empty if it can. */
    static Optional<String> unfit(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            return Optional.of("a user's name has 1 to " + LONGEST_NAME + " characters");
        }
        if (name.indexOf(':') >= 0 || name.startsWith("#") || name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("a user's name has no colon, no control character and no # in front");
        }
        return name.startsWith(RESERVED) ? Optional.of("names with " + RESERVED + " in front are the node's own")
                : Optional.empty();
    }

    Map<String, PasswordHash> users() {
        return users;
    }

    /** What is wrong with the file, for an operator. */
    List<String> faults() {
        return faults;
    }

    /** Adds a user, or changes its password; the other lines stay as they are. */
    void put(String name, PasswordHash hash) {
        remove(name);
        users.put(name, hash);
        lines.add(name + ":" + hash);
    }

    boolean remove(String name) {
        users.remove(name);
        return lines.removeIf(line -> line.startsWith(name + ":"));
    }

    void write(Path path) throws IOException {
        StringBuilder text = new StringBuilder();
        lines.stream().filter(line -> !line.isBlank()).forEach(line -> text.append(line).append('\n'));
        PrivateFiles.write(path, text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
