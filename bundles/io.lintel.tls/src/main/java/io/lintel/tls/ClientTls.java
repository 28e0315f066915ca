// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import io.lintel.tls.internal.Keys;
import io.lintel.tls.internal.Pem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * TLS to servers: whom to believe, and the own certificate. A server's certificate always has to lead to an authority that is
 * trusted and to show the host's name or address; there is no switch for that. The methods read the disk and load a good part
 * of the JDK at first: never on an event loop. Equal settings are equal.
 *
 * @param authorities a file of those to believe, and nobody else; empty: the node's own authority, those in
 *                    {@code etc/tls/trusted}, and perhaps the system's
 * @param system      whether those that the Java runtime brings are believed too, if none are named
 * @param folder      the node's {@code etc/tls}
 * @param certificate the own certificate with those of its issuers, for servers that ask for one
 * @param key         its private key
 */
public record ClientTls(Optional<Path> authorities, boolean system, Path folder, Optional<Path> certificate,
        Optional<Path> key) {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    private static final char[] NO_PASSWORD = {};

    /** The usual trust, and no certificate: for servers of which nothing is configured. */
    public static ClientTls of(Path home) {
        return new ClientTls(Optional.empty(), true, NodeTls.folder(home), Optional.empty(), Optional.empty());
    }

    /** A context for connections from now on. */
    public SSLContext context() throws IOException {
        try {
            KeyManager[] keys = null;
            if (certificate.isPresent()) {
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(keyStore(), NO_PASSWORD);
                keys = factory.getKeyManagers();
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            KeyStore store = Keys.emptyStore();
            List<X509Certificate> trusted = trusted();
            for (int i = 0; i < trusted.size(); i++) {
                store.setCertificateEntry("authority" + i, trusted.get(i));
            }
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** TLS 1.2 and 1.3, and the check of the server's name, for a socket or engine that has that name. */
    public static SSLParameters verifying(SSLParameters parameters) {
        parameters.setProtocols(PROTOCOLS.toArray(String[]::new));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        return parameters;
    }

    /** The certificate that is shown, with those of its issuers; empty if there is none. For DTLS, which takes the parts. */
    public List<X509Certificate> chain() throws IOException {
        return certificate.isPresent() ? Pem.certificates(certificate.get()) : List.of();
    }

    /** The key of the certificate that is shown; only if there is one. */
    public PrivateKey privateKey() throws IOException {
        try {
            return Keys.keyOf(certificate.orElseThrow(), chain().get(0), key.orElseThrow());
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException(key.orElseThrow() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** All authorities that are believed. */
    public List<X509Certificate> trusted() throws IOException {
        if (authorities.isPresent()) {
            return Pem.certificates(authorities.get());
        }
        List<X509Certificate> trusted = new ArrayList<>();
        for (Path file : nodeAuthorities()) {
            trusted.addAll(Pem.certificates(file));
        }
        if (system) {
            trusted.addAll(systemAuthorities());
        }
        return trusted;
    }

    /** By which a change of any of the files is seen: equal as long as nothing has changed. */
    public Map<Path, Stamp> stamps() throws IOException {
        Map<Path, Stamp> stamps = new LinkedHashMap<>();
        List<Path> files = new ArrayList<>(authorities.isPresent() ? List.of(authorities.get()) : nodeAuthorities());
        certificate.ifPresent(files::add);
        key.ifPresent(files::add);
        files.forEach(file -> stamps.put(file, Stamp.of(file)));
        return stamps;
    }

    private List<Path> nodeAuthorities() throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.exists(folder.resolve("ca.crt"))) {
            files.add(folder.resolve("ca.crt"));
        }
        Path more = folder.resolve("trusted");
        if (Files.isDirectory(more)) {
            TreeSet<Path> named = new TreeSet<>();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(more, "*.{crt,pem}")) {
                found.forEach(named::add);
            }
            files.addAll(named);
        }
        return files;
    }

    private static List<X509Certificate> systemAuthorities() throws IOException {
        try {
            TrustManagerFactory ofTheJdk = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            ofTheJdk.init((KeyStore) null);
            return Arrays.stream(ofTheJdk.getTrustManagers()).filter(X509TrustManager.class::isInstance)
                    .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers())).toList();
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException("the Java runtime's authorities cannot be read: " + e.getMessage(), e);
        }
    }

    private KeyStore keyStore() throws IOException, GeneralSecurityException {
        KeyStore store = Keys.emptyStore();
        store.setKeyEntry("own", privateKey(), NO_PASSWORD, chain().toArray(X509Certificate[]::new));
        return store;
    }
}
