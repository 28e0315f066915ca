// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordTest {
    @TempDir
    Path data;

    @Test
    void theFirstStartMakesAPasswordThatOnlyTheOwnerCanRead() throws IOException {
        AdministratorPassword made = new AdministratorPassword(data);

        assertThat(made.isNew()).isTrue();
        assertThat(made.matches("admin", clearText())).isTrue();
        try (var files = Files.list(data)) {
            assertThat(files).hasSize(2).allSatisfy(file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------"));
        }
    }

    @Test
    void laterStartsKnowItFromItsHashAlone() throws IOException {
        AdministratorPassword first = new AdministratorPassword(data);
        String password = clearText();
        Files.delete(first.clearTextFile());

        AdministratorPassword second = new AdministratorPassword(data);

        assertThat(second.isNew()).isFalse();
        assertThat(second.matches("admin", password)).isTrue();
        assertThat(Files.readString(data.resolve("console-password.hash"))).doesNotContain(password);
        assertThat(first.clearTextFile()).doesNotExist();
    }

    @Test
    void wrongUserOrPasswordIsRefused() throws IOException {
        AdministratorPassword password = new AdministratorPassword(data);

        assertThat(password.matches("admin", "admin")).isFalse();
        assertThat(password.matches("admin", "")).isFalse();
        assertThat(password.matches("root", clearText())).isFalse();
    }

    @Test
    void twoHomesHaveTwoPasswords() throws IOException {
        new AdministratorPassword(data);
        String one = clearText();
        Files.delete(data.resolve("console-password.hash"));
        new AdministratorPassword(data);

        assertThat(clearText()).isNotEqualTo(one);
    }

    @Test
    void aDamagedHashStopsTheStartInsteadOfOpeningTheDoor() throws IOException {
        Files.writeString(data.resolve("console-password.hash"), "pbkdf2-sha256$0$AA==$AA==\n");

        assertThatThrownBy(() -> new AdministratorPassword(data)).isInstanceOf(IOException.class)
                .hasMessageContaining("delete it to get a new password");
    }

    @Test
    void aHashIsSaltedAndReadBack() {
        PasswordHash one = PasswordHash.of("secret", new SecureRandom());
        PasswordHash other = PasswordHash.of("secret", new SecureRandom());

        assertThat(one.hash()).isNotEqualTo(other.hash());
        assertThat(PasswordHash.parse(one.toText())).contains(one);
        assertThat(PasswordHash.parse("secret")).isEmpty();
        assertThat(PasswordHash.parse("pbkdf2-sha256$x$AA==$AA==")).isEmpty();
    }

    private String clearText() throws IOException {
        return Files.readAllLines(data.resolve("console-password.txt")).get(1).substring("password ".length());
    }
}
