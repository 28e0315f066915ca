// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** An authority for client certificates and what it issues, made by {@code openssl} in a folder of the test. */
final class ClientKeys {
    private static final String PASSWORD = "test";

    private final Path folder;

    ClientKeys(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=Test authority", "-keyout", file("ca.key"), "-out", file("ca.crt"));
    }

    Path authority() {
        return folder.resolve("ca.crt");
    }

    /** @param alternativeNames as openssl writes them, such as {@code URI:x}; empty for none */
    void issue(String name, String commonName, String alternativeNames) throws IOException {
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + commonName,
                "-keyout", file(name + ".key"), "-out", file(name + ".csr"));
        String extensions = "keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n"
                + (alternativeNames.isEmpty() ? "" : "subjectAltName=" + alternativeNames + "\n");
        Files.writeString(folder.resolve(name + ".ext"), extensions);
        openssl("x509", "-req", "-in", file(name + ".csr"), "-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial",
                "-days", "2", "-extfile", file(name + ".ext"), "-out", file(name + ".crt"));
        openssl("pkcs12", "-export", "-inkey", file(name + ".key"), "-in", file(name + ".crt"), "-passout", "pass:" + PASSWORD,
                "-out", file(name + ".p12"));
    }

    /** Sockets that show the certificate, or none if the name is empty, and trust that server authority. */
    SSLSocketFactory sockets(String name, Path serverCa) throws IOException, GeneralSecurityException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (!name.isEmpty()) {
            try (InputStream file = Files.newInputStream(folder.resolve(name + ".p12"))) {
                own.load(file, PASSWORD.toCharArray());
            }
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream file = Files.newInputStream(serverCa)) {
            trusted.setCertificateEntry("server", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static void openssl(String... arguments) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        ClosedNode.run(command);
    }
}
