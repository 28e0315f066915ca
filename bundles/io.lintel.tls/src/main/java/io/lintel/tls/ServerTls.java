// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import io.lintel.tls.TlsSettings.ClientCertificates;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509TrustManager;

/**
 * What a listener's TLS is at one moment, read from its files; {@link ListenerTls} has the next one when they change. For TLS
 * there is the context, which resumes sessions among its own connections only; for DTLS, which the JDK's cipher suites do not
 * serve as oneM2M wants it, the parts. Immutable, any thread.
 *
 * @param key         the server's private key
 * @param chain       its certificate first, then those of its issuers
 * @param authorities who may vouch for clients; empty if clients show no certificate
 * @param clients     checks a client's chain against them and against the revocation lists; empty likewise
 * @param context     key and trust for the JDK's TLS
 * @param protocols   such as {@code TLSv1.3}
 * @param ciphers     in order of preference; all of them are there
 * @param client      whether clients show a certificate
 */
public record ServerTls(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities,
        Optional<X509TrustManager> clients, SSLContext context, List<String> protocols, List<String> ciphers,
        ClientCertificates client) {
    public ServerTls {
        chain = List.copyOf(chain);
        authorities = List.copyOf(authorities);
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
    }

    /** The server's side of one connection. */
    public SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        parameters.setCipherSuites(ciphers.toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        switch (client) {
            case NONE -> parameters.setWantClientAuth(false);
            case WELCOME -> parameters.setWantClientAuth(true);
            case REQUIRED -> parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }
}
