// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import io.lintel.tls.PrivateFiles;
import io.lintel.tls.internal.CertificateRequest.Usage;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CRL;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's own certificate authority and server certificate, made where they are missing, in a folder of the node's
 * home: {@code ca.crt}, {@code ca.key}, {@code server.crt}, {@code server.key}. The server's certificate is made anew
 * before it expires, after the clock jumped out of its validity, and when it lacks a name. The authority has no end that
 * matters: many gateways have no clock before they have a network. Any thread but the event loop; another process, the
 * command line, may do the same at the same time.
 */
public final class NodeCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCertificates.class);
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant LATE = Instant.parse("2099-12-31T23:59:59Z");
    /** The longest that no known TLS client refuses. */
    private static final Duration SERVER_LIFE = Duration.ofDays(800);
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);
    private static final Duration CLOCK_SKEW = Duration.ofDays(1);

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

    /** Threads of this process; the file lock is for other processes. */
    private static final Object LOCK = new Object();

    private final Path folder;
    /** What all who share the server's certificate want in it. */
    private final Set<String> configured = ConcurrentHashMap.newKeySet();

    /** A certificate with its private key. */
    record Holder(X509Certificate certificate, PrivateKey key) {
    }

    public NodeCertificates(Path folder) {
        this.folder = folder;
    }

    public Path authorityFile() {
        return folder.resolve("ca.crt");
    }

    /** Which of the clients' certificates are revoked; there is no such file until one is. */
    Path revocationFile() {
        return folder.resolve("revoked.pem");
    }

    private Path authorityKeyFile() {
        return folder.resolve("ca.key");
    }

    Path serverFile() {
        return folder.resolve("server.crt");
    }

    Path serverKeyFile() {
        return folder.resolve("server.key");
    }

    private interface Work<T> {
        T run() throws IOException, GeneralSecurityException;
    }

    private <T> T locked(Work<T> work) throws IOException {
        synchronized (LOCK) {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                return work.run();
            } catch (GeneralSecurityException e) {
                throw new IOException("cannot make certificates: " + e.getMessage(), e);
            }
        }
    }

    /**
     * What the server's certificate has to have when it is made or used next.
     *
     * @param names host names and addresses by which clients reach this node, beside the ones it knows itself and those
     *              that were asked for before
     */
    public void want(Collection<String> names) {
        configured.addAll(names);
    }

    /** Whether all is there that a listener needs, good or not; reads none of it. The authority's key may be elsewhere. */
    boolean areThere() {
        return Files.isReadable(authorityFile()) && Files.isReadable(serverFile()) && Files.isReadable(serverKeyFile());
    }

    /** Makes what is missing, outdated or lacks a name. */
    public void ensureServer() throws IOException {
        locked(() -> {
            Set<String> wanted = serverNames(configured);
            if (!areThere() || !isGood(Pem.certificates(authorityFile()).get(0), wanted)) {
                Holder authority = authority();
                Instant now = Instant.now();
                KeyPair pair = newKey();
                X509Certificate certificate = CertificateWriter.write(new CertificateRequest(hostName(), List.copyOf(wanted),
                        Usage.SERVER, now.minus(CLOCK_SKEW), now.plus(SERVER_LIFE)), pair.getPublic(), authority.certificate,
                        authority.key);
                PrivateFiles.write(serverKeyFile(), Pem.text("PRIVATE KEY", pair.getPrivate().getEncoded()));
                PrivateFiles.writePublic(serverFile(), Pem.text("CERTIFICATE", certificate.getEncoded()));
                LOG.info("{} made for {}", serverFile(), String.join(", ", wanted));
            }
            return null;
        });
    }

    private boolean isGood(X509Certificate authority, Set<String> wanted) {
        try {
            X509Certificate certificate = Pem.certificates(serverFile()).get(0);
            certificate.verify(authority.getPublicKey());
            Instant now = Instant.now();
            return now.isAfter(certificate.getNotBefore().toInstant())
                    && now.plus(RENEW_BEFORE).isBefore(certificate.getNotAfter().toInstant())
                    && namesOf(certificate).containsAll(wanted);
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("{} is made anew: {}", serverFile(), e.toString());
            return false;
        }
    }

    private static Set<String> namesOf(X509Certificate certificate) throws CertificateParsingException {
        Set<String> names = new LinkedHashSet<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> alternative : alternatives) {
                String value = String.valueOf(alternative.get(1));
                names.add((int) alternative.get(0) == 7 ? ip(value) : "DNS:" + value);
            }
        }
        return names;
    }

    private static Set<String> serverNames(Collection<String> configured) {
        Set<String> names = new LinkedHashSet<>(List.of("DNS:localhost", "IP:127.0.0.1", ip("::1")));
        String host = hostName();
        names.add("DNS:" + host);
        if (host.indexOf('.') < 0 && !host.equals("localhost")) {
            names.add("DNS:" + host + ".local");
        }
        for (String name : configured) {
            names.add(isAddress(name) ? ip(name) : "DNS:" + name);
        }
        return names;
    }

    private static boolean isAddress(String name) {
        return V4.matcher(name).matches() || name.indexOf(':') >= 0;
    }

    /** An address in one spelling. */
    private static String ip(String text) {
        try {
            return "IP:" + InetAddress.getByName(text).getHostAddress();   // an address: nobody is asked for it
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text + " is no address", e);
        }
    }

    /** The machine's name, as far as it fits into a certificate. */
    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,62})") && !isAddress(name) ? name : "localhost";
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private Holder authority() throws IOException, GeneralSecurityException {
        Path keyFile = authorityKeyFile();
        if (Files.exists(authorityFile()) && Files.exists(keyFile)) {
            return new Holder(Pem.certificates(authorityFile()).get(0), Pem.privateKey(keyFile));
        }
        if (Files.exists(authorityFile())) {
            throw new IOException(authorityFile() + " is there but its key " + keyFile + " is not");
        }
        KeyPair pair = newKey();
        byte[] mark = new byte[4];
        new SecureRandom().nextBytes(mark);
        String name = "Lintel CA " + hostName() + " " + HexFormat.of().formatHex(mark);
        X509Certificate certificate = CertificateWriter.write(new CertificateRequest(name, List.of(), Usage.AUTHORITY,
                LONG_AGO, LATE), pair.getPublic(), null, pair.getPrivate());
        PrivateFiles.write(keyFile, Pem.text("PRIVATE KEY", pair.getPrivate().getEncoded()));
        PrivateFiles.writePublic(authorityFile(), Pem.text("CERTIFICATE", certificate.getEncoded()));
        LOG.info("{} made: what clients need to know this node by", authorityFile());
        return new Holder(certificate, pair.getPrivate());
    }

    /** A client certificate of this node's authority, with a key of its own. */
    public ClientCertificate issueClient(String commonName, List<String> names, Duration life) throws IOException {
        return locked(() -> {
            Holder authority = authority();
            KeyPair pair = newKey();
            Instant now = Instant.now();
            X509Certificate certificate = CertificateWriter.write(new CertificateRequest(commonName, names, Usage.CLIENT,
                    now.minus(CLOCK_SKEW), now.plus(life)), pair.getPublic(), authority.certificate, authority.key);
            return new ClientCertificate(certificate, pair.getPrivate(), authority.certificate);
        });
    }

    /** Puts certificates of this node's authority on its revocation list. */
    public void revoke(Collection<X509Certificate> certificates) throws IOException {
        locked(() -> {
            Holder authority = authority();
            Set<BigInteger> serials = new LinkedHashSet<>();
            if (Files.exists(revocationFile())) {
                for (CRL list : Pem.revocationLists(revocationFile())) {
                    Set<? extends X509CRLEntry> entries = ((X509CRL) list).getRevokedCertificates();
                    if (entries != null) {
                        entries.forEach(entry -> serials.add(entry.getSerialNumber()));
                    }
                }
            }
            for (X509Certificate certificate : certificates) {
                certificate.verify(authority.certificate.getPublicKey());
                serials.add(certificate.getSerialNumber());
            }
            byte[] list = CertificateWriter.revocationList(serials, authority.certificate, authority.key,
                    Instant.now().truncatedTo(ChronoUnit.SECONDS), LATE);
            PrivateFiles.writePublic(revocationFile(), Pem.text("X509 CRL", list));
            return null;
        });
    }

    /** A client's certificate, its key, and the authority that vouches for it. */
    public record ClientCertificate(X509Certificate certificate, PrivateKey key, X509Certificate authority) {
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
