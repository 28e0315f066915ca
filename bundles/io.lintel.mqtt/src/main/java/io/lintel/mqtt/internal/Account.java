// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.tls.UnusableFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What this CSE's client presents itself with at one MQTT server (MQ-18). It belongs to that server alone: servers that are
 * known only from somebody's pointOfAccess are shown {@link #NONE}. Asked for with every connection, on the timer thread;
 * may read the disk. Equal accounts show the same.
 */
interface Account {
    /** For servers that are told no name. */
    Account NONE = Optional::empty;

    /** @throws IOException with a sentence for an operator */
    Optional<Login> login() throws IOException;

    /** As it stands in the configuration; a user name that is empty is none. */
    static Account of(String userName, String password) {
        return userName.isEmpty() ? NONE : new Login(userName, Optional.of(password).filter(p -> !p.isEmpty()));
    }

    /** A user name and a password. Its text does not show the password. */
    record Login(String userName, Optional<String> password) implements Account {
        @Override
        public Optional<Login> login() {
            return Optional.of(this);
        }

        @Override
        public String toString() {
            return userName;
        }
    }

    /** With the first line of a file as the password, so that it can be changed there. */
    record InFile(String userName, Path passwordFile) implements Account {
        @Override
        public Optional<Login> login() throws IOException {
            try (Stream<String> lines = Files.lines(passwordFile, StandardCharsets.UTF_8)) {
                return Optional.of(new Login(userName, lines.findFirst()));
            } catch (IOException | UncheckedIOException e) {
                throw new UnusableFileException("the password file " + passwordFile + " cannot be read", e);
            }
        }
    }

    /** The first that has something to show. */
    record FirstOf(Account first, Account other) implements Account {
        @Override
        public Optional<Login> login() throws IOException {
            Optional<Login> login = first.login();
            return login.isPresent() ? login : other.login();
        }
    }
}
