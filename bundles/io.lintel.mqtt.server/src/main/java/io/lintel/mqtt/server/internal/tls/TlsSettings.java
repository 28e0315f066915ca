// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a listener's TLS is made of, as configured; files in PEM.
 *
 * @param certificate the server's certificate, then those of its issuers; the node's own if empty
 * @param key         the certificate's private key
 * @param clientCa    who may vouch for clients; the node's own authority if empty
 * @param crl         which of the clients' certificates are revoked
 * @param protocols   such as {@code TLSv1.3}
 * @param ciphers     in order of preference; empty for the usual ones
 * @param names       host names and addresses for the node's own certificate
 * @param client      whether clients show a certificate
 */
public record TlsSettings(Optional<Path> certificate, Optional<Path> key, Optional<Path> clientCa, Optional<Path> crl,
        List<String> protocols, List<String> ciphers, List<String> names, ClientCertificates client) {

    /** Whether clients show a certificate. */
    public enum ClientCertificates {
        NONE, WELCOME, REQUIRED
    }
}
