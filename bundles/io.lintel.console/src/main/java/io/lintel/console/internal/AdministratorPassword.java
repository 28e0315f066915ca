// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * The administrator's password of this node. The first start makes one and writes it, for the person who installs the
 * node, into {@code data/console-password.txt}, readable by the node's own user only; that file may be deleted at any
 * time, for the node itself keeps a salted hash in {@code data/console-password.hash}. Deleting the hash and restarting
 * makes a new password.
 */
final class AdministratorPassword {
    static final String USER = "admin";

    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int LENGTH = 20;

    private final Path clear;
    private final PasswordHash hash;
    private final boolean made;

    /**
     * Reads the hash, or makes a password if there is none.
     *
     * @throws IOException if the hash cannot be read or written, or is none: the console must not open then
     */
    AdministratorPassword(Path data) throws IOException {
        Path file = data.resolve("console-password.hash");
        clear = data.resolve("console-password.txt");
        made = !Files.exists(file);
        if (made) {
            SecureRandom random = new SecureRandom();
            String password = random.ints(LENGTH, 0, ALPHABET.length()).mapToObj(i -> ALPHABET.substring(i, i + 1))
                    .reduce("", String::concat);
            hash = PasswordHash.of(password, random);
            Files.createDirectories(data);
            // The clear text first: a hash without it would lock everybody out.
            writeForOwner(clear, "user " + USER + "\npassword " + password + "\n");
            writeForOwner(file, hash.toText() + "\n");
        } else {
            hash = PasswordHash.parse(Files.readString(file))
                    .orElseThrow(() -> new IOException(file + " holds no password hash; delete it to get a new password"));
        }
    }

    /** The file with the clear text, which may have been deleted. */
    Path clearTextFile() {
        return clear;
    }

    /** Whether this start made it. */
    boolean isNew() {
        return made;
    }

    boolean matches(String user, String password) {
        return hash.matches(password) && USER.equals(user);
    }

    private static void writeForOwner(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        try {
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (UnsupportedOperationException e) {
            throw new IOException(file + " cannot be kept from other users on this file system", e);
        }
        Files.write(next, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
