// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import io.lintel.tls.internal.NodeCertificates;
import io.lintel.tls.internal.Pem;
import io.lintel.tls.internal.NodeCertificates.ClientCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The clients' side of TLS in tests: certificates from an authority in a folder, and what a JDK client needs of them. */
public final class TestCertificates {
    private static final char[] PASSWORD = "in memory".toCharArray();

    private final NodeCertificates authority;

    /** @param folder the node's {@code etc/tls}, or that of a stranger; made if it is not there */
    public TestCertificates(Path folder) {
        authority = new NodeCertificates(folder);
        try {
            authority.ensureServer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path authorityFile() {
        return authority.authorityFile();
    }

    /** @param names such as {@code URI:x} or {@code DNS:x} */
    public ClientCertificate issue(String commonName, String... names) {
        return issue(Duration.ofDays(1), commonName, names);
    }

    /** @param life from now on; the certificate is valid since yesterday */
    public ClientCertificate issue(Duration life, String commonName, String... names) {
        try {
            return authority.issueClient(commonName, List.of(names), life);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a client needs that trusts this authority and shows that certificate, or none if it is null. */
    public SSLContext client(ClientCertificate shown) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", Pem.certificates(authorityFile()).get(0));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            if (shown != null) {
                own.setKeyEntry("own", shown.key(), PASSWORD, new Certificate[] {shown.certificate()});
            }
            keys.init(own, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes certificate and key as PEM files of that name into a folder. */
    public static void write(Path folder, String name, ClientCertificate certificate) {
        try {
            Files.write(folder.resolve(name + ".crt"), Pem.text("CERTIFICATE", certificate.certificate().getEncoded()));
            Files.write(folder.resolve(name + ".key"), Pem.text("PRIVATE KEY", certificate.key().getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Revokes certificates of this authority. */
    public void revoke(ClientCertificate... certificates) {
        try {
            authority.revoke(Arrays.stream(certificates).map(ClientCertificate::certificate).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
