// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;

/**
 * Where a foreign client connects to, and what it needs for it. Over TLS it is a user with a password.
 *
 * @param authority the certificate that the server's is issued by, as a PEM file
 * @param tls       the same for a Java client
 */
record Endpoint(Transport transport, int port, Path authority, SSLContext tls) {
    static final String USER = "foreigner";
    static final String PASSWORD = "of another make";
    static final String PATH = "/mqtt";

    X509Certificate certificate() {
        try (InputStream file = Files.newInputStream(authority)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file);
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param schemes the client's names for the four transports, in the order of {@link Transport} */
    String uri(String... schemes) {
        return schemes[transport.ordinal()] + "://localhost:" + port + (transport.isWebSocket() ? PATH : "");
    }
}
