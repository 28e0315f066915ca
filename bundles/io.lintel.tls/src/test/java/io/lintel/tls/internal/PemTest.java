// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Private keys as OpenSSL writes them, in today's form and in the older ones; and what is said of files that are no good. */
class PemTest {
    @TempDir
    private Path folder;

    private Path openssl(String arguments) throws IOException, InterruptedException {
        Path out = folder.resolve("key.pem");
        List<String> command = new ArrayList<>(List.of(arguments.split(" ")));
        command.add(0, "openssl");
        command.addAll(2, List.of("-out", out.toString()));   // options come before the size of a key
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
        return out;
    }

    @ParameterizedTest
    @CsvSource({
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256, -----BEGIN PRIVATE KEY, EC",
        "ecparam -name prime256v1 -genkey, -----BEGIN EC PARAMETERS, EC",
        "ecparam -name secp384r1 -genkey -noout, -----BEGIN EC PRIVATE KEY, EC",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048, -----BEGIN PRIVATE KEY, RSA",
        "genrsa -traditional 2048, -----BEGIN RSA PRIVATE KEY, RSA",
        "genpkey -algorithm ED25519, -----BEGIN PRIVATE KEY, EdDSA"})
    void privateKeys(String arguments, String begins, String algorithm) throws Exception {
        Path file = openssl(arguments);
        assertThat(Files.readString(file)).startsWith(begins);
        assertThat(Pem.privateKey(file).getAlgorithm()).isEqualTo(algorithm);
        Files.writeString(file, Files.readString(file).replace("\n", "\r\n"));
        assertThat(Pem.privateKey(file).getAlgorithm()).as("as other editors write it").isEqualTo(algorithm);
    }

    @ParameterizedTest
    @CsvSource({
        "genrsa -aes128 -passout pass:secret 2048",
        "genrsa -aes128 -traditional -passout pass:secret 2048"})
    void aKeyWithAPasswordIsToldFromADamagedOne(String arguments) throws Exception {
        Path file = openssl(arguments);
        assertThatThrownBy(() -> Pem.privateKey(file)).isInstanceOf(IOException.class)
                .hasMessageContaining("protected by a password");
    }

    @ParameterizedTest
    @CsvSource({
        "'', holds no private key",
        "-----BEGIN PRIVATE KEY-----|MIIB|, is damaged",
        "-----BEGIN PRIVATE KEY-----|*|-----END PRIVATE KEY-----|, is damaged",
        "-----BEGIN PRIVATE KEY-----|MIIB|-----END PRIVATE KEY-----|, is damaged",
        "-----BEGIN EC PRIVATE KEY-----|MIIB|-----END EC PRIVATE KEY-----|, cannot be read",
        "-----BEGIN RSA PRIVATE KEY-----|MIIB|-----END RSA PRIVATE KEY-----|, cannot be read"})
    void damage(String content, String said) throws Exception {
        Path file = Files.writeString(folder.resolve("key.pem"), content.replace('|', '\n'));
        assertThatThrownBy(() -> Pem.privateKey(file)).isInstanceOf(IOException.class).hasMessageContaining(said);
    }

    @Test
    void whatIsWrittenIsReadAndHasUnixLines() throws Exception {
        byte[] text = Pem.text("X", new byte[100]);
        assertThat(new String(text, StandardCharsets.US_ASCII)).startsWith("-----BEGIN X-----\n").endsWith("\n-----END X-----\n")
                .doesNotContain("\r");
    }
}
