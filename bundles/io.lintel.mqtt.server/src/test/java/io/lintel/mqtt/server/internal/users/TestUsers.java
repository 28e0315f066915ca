// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Users in a test's home. */
public final class TestUsers {
    private TestUsers() {
    }

    /** Adds a user, or changes the password of one. */
    public static void put(Path home, String name, String password) {
        try {
            Path path = home.resolve("etc/mqtt-users");
            UserFile file = UserFile.read(path);
            file.put(name, PasswordHash.of(password.getBytes(StandardCharsets.UTF_8)));
            file.write(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void remove(Path home, String name) {
        try {
            Path path = home.resolve("etc/mqtt-users");
            UserFile file = UserFile.read(path);
            file.remove(name);
            file.write(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
