// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.tls;

import io.lintel.mqtt.server.internal.files.Stamp;
import io.lintel.mqtt.server.internal.tls.TlsSettings.ClientCertificates;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertStore;
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
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes a listener's TLS context from its files. Throws an {@link IOException} with a sentence for an operator. Blocks on
 * the disk, and loads a good part of the JDK when it is first used: never on the event loop.
 */
final class ContextBuilder {
    /** TLS 1.3's, then forward secrecy with GCM, then what oneM2M TS-0003 names for the certificate family. */
    private static final List<String> CIPHERS = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");
    private static final int SESSIONS = 1_000;
    private static final int SESSION_SECONDS = 3_600;

    private final TlsSettings settings;
    private final NodeCertificates own;

    ContextBuilder(TlsSettings settings, NodeCertificates own) {
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
    Map<Path, Stamp> stamps() {
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
    boolean lacksOwn() {
        return usesOwn() && !own.areThere();
    }

    /** Makes the node's own certificates, if this listener uses any of them. */
    void ensureOwn() throws IOException {
        if (usesOwn()) {
            own.ensureServer();
        }
    }

    /** Reads the files that were configured. The node's own are looked at when they are used, and made anew if need be. */
    void check() throws IOException {
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
        PrivateKey key = Pem.privateKey(key());
        try {
            if (belong(certificate, key)) {
                return key;
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(key() + " cannot be used: " + e.getMessage(), e);
        }
        throw new IOException(key() + " is not the key of the first certificate in " + certificate());
    }

    SslContext build() throws IOException {
        List<X509Certificate> chain = Pem.certificates(certificate());
        PrivateKey key = readKey(chain.get(0));
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(key, chain.toArray(X509Certificate[]::new))
                    .sslProvider(SslProvider.JDK)
                    .protocols(settings.protocols())
                    .ciphers(settings.ciphers().isEmpty() ? CIPHERS : settings.ciphers(), SupportedCipherSuiteFilter.INSTANCE)
                    .sessionCacheSize(SESSIONS)
                    .sessionTimeout(SESSION_SECONDS)
                    .clientAuth(switch (settings.client()) {
                        case NONE -> ClientAuth.NONE;
                        case WELCOME -> ClientAuth.OPTIONAL;
                        case REQUIRED -> ClientAuth.REQUIRE;
                    });
            if (vouches()) {
                builder.trustManager(clientTrust());
            }
            SslContext built = builder.build();
            List<String> unknown = new ArrayList<>(settings.ciphers());
            unknown.removeAll(built.cipherSuites());
            if (!unknown.isEmpty()) {
                throw new IOException("cipherSuites names what TLS here does not have: " + String.join(", ", unknown));
            }
            return built;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("TLS cannot be set up with " + certificate() + ": " + e.getMessage(), e);
        }
    }

    private static boolean belong(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        byte[] sample = certificate.getSignature();
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(sample);
        return signature.verify(signed);
    }

    /** Chains to the configured authorities only, checked against the revocation lists if there are any. */
    private TrustManager clientTrust() throws IOException, GeneralSecurityException {
        Set<TrustAnchor> anchors = new LinkedHashSet<>();
        for (X509Certificate authority : Pem.certificates(clientCa())) {
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
        return factory.getTrustManagers()[0];
    }
}
