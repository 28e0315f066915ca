// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys in every form that OpenSSL writes are the same keys; what cannot be read is said with the file's name. */
class PemFileTest {
    @TempDir
    Path folder;

    private Path file(String name) {
        return folder.resolve(name);
    }

    @ParameterizedTest
    @CsvSource({"RSA, rsa_keygen_bits:2048", "EC, ec_paramgen_curve:P-256", "EC, ec_paramgen_curve:P-384", "ED25519, ''"})
    void theOlderFormsAreTheSameKeys(String algorithm, String option) throws IOException {
        if (option.isEmpty()) {
            Certificates.openssl("genpkey", "-algorithm", algorithm, "-out", file("key").toString());
        } else {
            Certificates.openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", file("key").toString());
            Certificates.openssl("pkey", "-in", file("key").toString(), "-traditional", "-out", file("older").toString());
            assertThat(Files.readString(file("older"))).contains(algorithm + " PRIVATE KEY");
            assertThat(secret(new PemFile(file("older")).privateKey())).isEqualTo(secret(new PemFile(file("key")).privateKey()));
        }

        assertThat(Files.readString(file("key"))).contains("-----BEGIN PRIVATE KEY-----");
        assertThat(new PemFile(file("key")).privateKey().getFormat()).isEqualTo("PKCS#8");
    }

    /** Two encodings of one EC key are not equal to the JDK. */
    private static List<Object> secret(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? List.of(ec.getS(), ec.getParams().getOrder())
                : List.of(((RSAPrivateKey) key).getModulus(), ((RSAPrivateKey) key).getPrivateExponent());
    }

    @Test
    void aKeyWithAPasswordIsRefusedWithAdvice() {
        Certificates.openssl("genpkey", "-algorithm", "RSA", "-aes-128-cbc", "-pass", "pass:x", "-out", file("key").toString());
        Certificates.openssl("pkey", "-in", file("key").toString(), "-passin", "pass:x", "-traditional", "-aes-128-cbc",
                "-passout", "pass:x", "-out", file("older").toString());

        assertThatThrownBy(() -> new PemFile(file("key")).privateKey()).hasMessageContaining("protected by a password");
        assertThatThrownBy(() -> new PemFile(file("older")).privateKey()).hasMessageContaining("protected by a password");
    }

    @Test
    void whatIsWrongIsSaidWithTheFile() throws IOException {
        Files.writeString(file("empty"), "nothing\n");
        Files.writeString(file("broken"), "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n"
                + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");

        assertThatThrownBy(() -> new PemFile(file("none")).certificates()).hasMessage(file("none") + " is not there");
        assertThatThrownBy(() -> new PemFile(file("empty")).certificates()).hasMessage(file("empty") + " holds no certificate");
        assertThatThrownBy(() -> new PemFile(file("empty")).privateKey()).hasMessage(file("empty") + " holds no private key");
        assertThatThrownBy(() -> new PemFile(file("broken")).privateKey()).isInstanceOf(IOException.class)
                .hasMessageStartingWith(file("broken").toString());
        assertThatThrownBy(() -> new PemFile(file("broken")).certificates()).isInstanceOf(IOException.class)
                .hasMessageStartingWith(file("broken").toString());
    }

    @Test
    void allCertificatesOfAChainAreRead() throws IOException {
        Certificates certificates = new Certificates(folder, "ca").issue("one", "DNS:one");
        Files.writeString(file("chain"), Files.readString(certificates.crt("one")) + Files.readString(certificates.ca()));

        assertThat(new PemFile(file("chain")).certificates()).extracting(c -> c.getSubjectX500Principal().getName())
                .containsExactly("CN=one", "CN=ca");
    }
}
