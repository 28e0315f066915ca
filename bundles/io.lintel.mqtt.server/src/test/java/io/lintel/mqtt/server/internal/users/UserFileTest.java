// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The users' file, ours and that of Debian's mosquitto_passwd, and the command that looks after it. */
class UserFileTest {
    private static final Path MOSQUITTO_PASSWD = Path.of("/usr/bin/mosquitto_passwd");

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("mqtt-users");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String command(String password, String... arguments) throws IOException {
        InputStream in = System.in;
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setIn(new ByteArrayInputStream(utf8(password)));
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            String[] all = new String[arguments.length + 1];
            all[0] = file().toString();
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            UserCommand.main(all);
        } finally {
            System.setIn(in);
            System.setOut(out);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private void mosquittoPasswd(String... arguments) throws Exception {
        assertThat(MOSQUITTO_PASSWD).as("mosquitto_passwd (Debian package mosquitto)").isExecutable();
        String[] command = new String[arguments.length + 1];
        command[0] = MOSQUITTO_PASSWD.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    @Test
    void hashesThatMosquittoMadeAreUnderstood() throws Exception {
        mosquittoPasswd("-b", "-c", file().toString(), "lamp", "geheim \u00e4 \u20ac");
        mosquittoPasswd("-b", file().toString(), "meter", "x".repeat(300));
        UserFile users = UserFile.read(file());
        assertThat(users.faults()).isEmpty();
        assertThat(users.users().get("lamp").matches(utf8("geheim \u00e4 \u20ac"))).isTrue();
        assertThat(users.users().get("lamp").matches(utf8("geheim"))).isFalse();
        assertThat(users.users().get("meter").matches(utf8("x".repeat(300)))).isTrue();
    }

    @Test
    void mosquittoPasswdKeepsWhatWeMade() throws Exception {
        command("secret\n", "add", "ours");
        mosquittoPasswd("-b", file().toString(), "theirs", "y");
        assertThat(UserFile.read(file()).users().get("ours").matches(utf8("secret"))).isTrue();
        assertThat(UserFile.read(file()).users()).containsOnlyKeys("ours", "theirs");
    }

    /** PBKDF2-HMAC-SHA512 of "password" and "salt", as OpenSSL computes it. */
    @Test
    void pbkdf2IsTheCommonOne() {
        PasswordHash one = PasswordHash.parse("$7$1$c2FsdA==$hn9wzxreAs/zdSWZo6U9xK80x6ZpgVrl1RNVThyM8lLALUcKKFoFAbrZmb/pQ8CP"
                + "BQI119aLHaVeY/c7YKV/zg==").orElseThrow();
        assertThat(one.matches(utf8("password"))).isTrue();
        assertThat(one.matches(utf8("Password"))).isFalse();
        PasswordHash many = PasswordHash.parse("$7$4096$c2FsdA==$0Zexsz2wFD4BixLz0dFHnmzevcyXxcD4f2kC4HL0V7UUPzBgJkGz1VzTNZiMs"
                + "2uEN2Bg7NUy4Dm3QqI5Q0ry1Q==").orElseThrow();
        assertThat(many.matches(utf8("password"))).isTrue();
        assertThat(many.matches(utf8(""))).isFalse();
    }

    @Test
    void theCommandAddsChangesListsAndRemoves() throws Exception {
        assertThat(command("first\n", "add", "lamp")).isEqualTo("user lamp added\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
        assertThat(Files.readString(file())).startsWith("lamp:$7$25000$").doesNotContain("first");
        assertThat(command("second", "add", "lamp")).isEqualTo("user lamp has a new password\n");
        assertThat(UserFile.read(file()).users().get("lamp").matches(utf8("second"))).isTrue();
        command("x\n", "add", "meter");
        assertThat(command("", "list")).isEqualTo("meter\nlamp\n".lines().sorted().reduce("", (a, b) -> a + b + "\n"));
        assertThat(command("", "remove", "lamp")).startsWith("user lamp removed");
        assertThat(UserFile.read(file()).users()).containsOnlyKeys("meter");
    }

    @Test
    void aLineThatCannotBeUsedCostsOneUserAndIsKept() throws Exception {
        String good = "lamp:" + PasswordHash.of(utf8("x"));
        Files.writeString(file(),
                "# comment\n" + good + "\nold:$6$c2FsdA==$aGFzaA==\nnonsense\nlintel.cse:" + PasswordHash.of(utf8("x"))
                        + "\nslow:$7$2000000000$c2FsdA==$" + "A".repeat(86) + "==\n");
        UserFile users = UserFile.read(file());
        assertThat(users.users()).containsOnlyKeys("lamp");
        assertThat(users.faults()).hasSize(4).anyMatch(f -> f.contains("line 4")).anyMatch(f -> f.contains("old"));
        users.remove("lamp");
        users.write(file());
        assertThat(Files.readString(file())).contains("nonsense", "old:$6$", "# comment").doesNotContain("lamp:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a:b", "#x", "a\nb", "lintel.adapter"})
    void namesThatTheFileCannotHold(String name) {
        assertThat(UserFile.unfit(name)).isPresent();
    }
}
