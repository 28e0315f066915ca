// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    private static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");
    /** Addresses that no client asks for, or that the node's certificate has anyway. */
    private static final Set<String> NO_NAMES = Set.of("0.0.0.0", "::", "127.0.0.1", "::1", "localhost");

    public TlsSettings {
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        names = List.copyOf(names);
    }

    /** Whether clients show a certificate. */
    public enum ClientCertificates {
        NONE, WELCOME, REQUIRED
    }

    /**
     * As they stand in a configuration: empty texts where nothing is set, commas between several.
     *
     * @param certificateFile and so on: as the settings are called
     */
    public record Texts(String certificateFile, String keyFile, String clientCaFile, String crlFile, String protocols,
            String cipherSuites, String names) {
    }

    /**
     * Checks settings as far as that goes without reading files.
     *
     * @param home what relative file names are relative to
     * @param host the address that is listened on, a name for the certificate if clients can ask for it
     * @throws IllegalArgumentException with a sentence that begins with the setting's name
     */
    public static TlsSettings of(Path home, Texts texts, String host, ClientCertificates client) {
        Optional<Path> certificate = file(texts.certificateFile(), home);
        Optional<Path> key = file(texts.keyFile(), home);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("certificateFile and keyFile go together");
        }
        List<String> protocols = list(texts.protocols());
        if (!PROTOCOLS.containsAll(protocols)) {
            throw new IllegalArgumentException("protocols is TLSv1.2, TLSv1.3 or both, not " + texts.protocols());
        }
        List<String> names = new ArrayList<>(list(texts.names()));
        String address = host.trim();
        if (!address.isEmpty() && !NO_NAMES.contains(address)) {
            names.add(address);
        }
        return new TlsSettings(certificate, key, file(texts.clientCaFile(), home), file(texts.crlFile(), home),
                protocols.isEmpty() ? PROTOCOLS : protocols, list(texts.cipherSuites()), names, client);
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",")).map(String::trim).filter(name -> !name.isEmpty()).toList();
    }

    private static Optional<Path> file(String name, Path home) {
        return name.isBlank() ? Optional.empty() : Optional.of(home.resolve(name.trim()));
    }
}
