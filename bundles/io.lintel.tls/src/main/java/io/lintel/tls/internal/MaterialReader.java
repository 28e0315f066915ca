// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import io.lintel.tls.ServerTls;
import io.lintel.tls.Stamp;
import io.lintel.tls.TlsSettings;
import io.lintel.tls.TlsSettings.ClientCertificates;
import io.lintel.tls.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Reads what a listener's TLS is made of. Throws an {@link UnusableFileException} with a sentence for an operator. Blocks on
 * the disk, and loads a good part of the JDK when it is first used: never on an event loop.
 */
public final class MaterialReader {
    /** TLS 1.3's, then forward secrecy with GCM, then what oneM2M TS-0003 names for the certificate family. */
    private static final List<String> CIPHERS = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");
    private static final char[] NO_PASSWORD = {};
    private static final int SESSIONS = 1_000;
    private static final int SESSION_SECONDS = 3_600;

    private final TlsSettings settings;
    private final NodeCertificates own;

    public MaterialReader(TlsSettings settings, NodeCertificates own) {
        this.settings = settings;
        this.own = own;
    }

    private Path certificate() {
        return settings.certificate().orElseGet(own::serverFile);
    }

    private Path key() {
        return settings.certificate().isEmpty() ? own.serverKeyFile() : settings.key().orElseThrow();
    }

    private Path clientCa() {
        return settings.clientCa().orElseGet(own::authorityFile);
    }

    /** By which a change of any of the files is seen. */
    public Map<Path, Stamp> stamps() {
        Map<Path, Stamp> stamps = new LinkedHashMap<>();
        for (Path file : List.of(certificate(), key(), clientCa())) {
            stamps.put(file, Stamp.of(file));
        }
        revocations().ifPresent(file -> stamps.put(file, Stamp.of(file)));
        return stamps;
    }

    /** As configured; else the list of the node's own authority, once there is one and if that vouches for clients. */
    private Optional<Path> revocations() {
        return settings.crl().isPresent() || settings.clientCa().isPresent() ? settings.crl()
                : Optional.of(own.revocationFile()).filter(Files::exists);
    }

    private boolean vouches() {
        return settings.client() != ClientCertificates.NONE;
    }

    private boolean usesOwn() {
        return settings.certificate().isEmpty() || vouches() && settings.clientCa().isEmpty();
    }

    /** Whether this listener uses any of the node's own certificates, and one of them is not there. */
    public boolean lacksOwn() {
        return usesOwn() && !own.areThere();
    }

    /** Makes the node's own certificates, if this listener uses any of them. */
    public void ensureOwn() throws IOException {
        if (usesOwn()) {
            own.ensureServer();
        }
    }

    /** Reads the files that were configured. The node's own are looked at when they are used, and made anew if need be. */
    public void check() throws IOException {
        if (settings.certificate().isPresent()) {
            readKey(Pem.certificates(certificate()).get(0));
        }
        if (vouches() && settings.clientCa().isPresent()) {
            Pem.certificates(clientCa());
        }
        if (vouches() && settings.crl().isPresent()) {
            Pem.revocationLists(settings.crl().get());
        }
        if (!settings.ciphers().isEmpty()) {
            build();   // only TLS itself knows which there are
        }
    }

    private PrivateKey readKey(X509Certificate certificate) throws IOException {
        try {
            return Keys.keyOf(certificate(), certificate, key());
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException(key() + " cannot be used: " + e.getMessage(), e);
        }
    }

    public ServerTls build() throws IOException {
        List<X509Certificate> chain = Pem.certificates(certificate());
        PrivateKey key = readKey(chain.get(0));
        try {
            List<X509Certificate> authorities = vouches() ? Pem.certificates(clientCa()) : List.of();
            Optional<X509TrustManager> trust = vouches() ? Optional.of(clientTrust(authorities)) : Optional.empty();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(key, chain), trust.stream().toArray(TrustManager[]::new), null);
            context.getServerSessionContext().setSessionCacheSize(SESSIONS);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            return new ServerTls(key, chain, authorities, trust, context, settings.protocols(), ciphers(context),
                    settings.client());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new UnusableFileException("TLS cannot be set up with " + certificate() + ": " + e.getMessage(), e);
        }
    }

    private static KeyManager[] keyManagers(PrivateKey key, List<X509Certificate> chain)
            throws IOException, GeneralSecurityException {
        KeyStore store = Keys.emptyStore();
        store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /** Of the usual ones those that this runtime has; of those that somebody named, all. */
    private List<String> ciphers(SSLContext context) throws UnusableFileException {
        List<String> there = List.of(context.getSupportedSSLParameters().getCipherSuites());
        if (settings.ciphers().isEmpty()) {
            return CIPHERS.stream().filter(there::contains).toList();
        }
        List<String> unknown = new ArrayList<>(settings.ciphers());
        unknown.removeAll(there);
        if (!unknown.isEmpty()) {
            throw new UnusableFileException("cipherSuites names what TLS here does not have: " + String.join(", ", unknown));
        }
        return settings.ciphers();
    }

    /** Chains to the configured authorities only, checked against the revocation lists if there are any. */
    private X509TrustManager clientTrust(List<X509Certificate> authorities) throws IOException, GeneralSecurityException {
        Set<TrustAnchor> anchors = new LinkedHashSet<>();
        for (X509Certificate authority : authorities) {
            anchors.add(new TrustAnchor(authority, null));
        }
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        Optional<Path> revocations = revocations();
        parameters.setRevocationEnabled(revocations.isPresent());
        if (revocations.isPresent()) {
            parameters.addCertStore(CertStore.getInstance("Collection",
                    new CollectionCertStoreParameters(new ArrayList<>(Pem.revocationLists(revocations.get())))));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        return (X509TrustManager) factory.getTrustManagers()[0];
    }
}
