// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.tls.CertificateNames;
import io.lintel.tls.internal.CertificateRequest.Usage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which of a certificate's names count, and in which order. */
class CertificateNamesTest {
    private static X509Certificate certificate(String commonName, String... names) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        Instant now = Instant.now();
        return CertificateWriter.write(new CertificateRequest(commonName, List.of(names), Usage.CLIENT, now,
                now.plus(Duration.ofDays(1))), pair.getPublic(), null, pair.getPrivate());
    }

    private static List<String> names(X509Certificate certificate) {
        return CertificateNames.of(certificate);
    }

    @Test
    void urisThenHostNamesThenTheCommonName() throws Exception {
        assertThat(names(certificate("Lamp", "DNS:lamp.example", "IP:192.0.2.1", "IP:2001:db8::1", "URI:m2m://x/Clamp",
                "URI:urn:second"))).containsExactly("URI:m2m://x/Clamp", "URI:urn:second", "DNS:lamp.example", "CN:Lamp");
    }

    @Test
    void aUriWithoutSchemeIsAName() throws Exception {
        X509Certificate certificate = certificate("Lamp", "URI://lintel.example/Clamp", "DNS:lamp.example");
        assertThat(names(certificate)).containsExactly("URI://lintel.example/Clamp", "DNS:lamp.example", "CN:Lamp");
    }

    @Test
    void withoutAlternativesTheCommonNameIsLeft() throws Exception {
        assertThat(names(certificate("Lamp"))).containsExactly("CN:Lamp");
    }

    @Test
    void namesThatCannotBeReadAreNone() throws Exception {
        byte[] bytes = certificate("Lamp", "DNS:lamp.example", "URI:urn:lamp").getEncoded();
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\u0086\u0008urn:lamp");
        assertThat(at).isPositive();
        bytes[at + 1] = 20;   // runs past the extension's end
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(bytes));
        assertThat(names(certificate)).containsExactly("CN:Lamp");
    }

    @Test
    void controlCharactersMakeNoName() throws Exception {
        assertThat(names(certificate("Lamp", "URI:urn:a\u0007b", "DNS:lamp.example")))
                .containsExactly("DNS:lamp.example", "CN:Lamp");
    }
}
