// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.SocketFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * TLS to one MQTT server (MQ-49, MQ-62): whom to believe, and the own certificate. Files are read for every connection, so
 * that new ones count from the next on. The server's certificate always has to lead to an authority that is trusted and to
 * show the host's name or address; there is no switch for that.
 *
 * <p>Sockets are made on Paho's connecting thread, which may wait for the disk and the handshake. Paho gets them as plain ones
 * and so never meddles with names.
 *
 * @param authorities   whom to believe; empty: those of the JDK, and the node's own
 * @param nodeAuthority the node's own authority, which need not be there
 * @param certificate   the own certificate with those of its issuers, for servers that ask for one
 * @param key           its private key
 */
record ClientTls(Optional<Path> authorities, Path nodeAuthority, Optional<Path> certificate, Optional<Path> key) {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final char[] NO_PASSWORD = {};

    /** For servers of which nothing is configured. */
    static ClientTls plain(Path home) {
        return new ClientTls(Optional.empty(), nodeAuthority(home), Optional.empty(), Optional.empty());
    }

    static Path nodeAuthority(Path home) {
        return home.resolve("etc").resolve("tls").resolve("ca.crt");
    }

    SocketFactory sockets() {
        return new Sockets();
    }

    private SSLContext context() throws IOException {
        try {
            KeyManager[] keys = null;
            if (certificate.isPresent()) {
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(own(), NO_PASSWORD);
                keys = factory.getKeyManagers();
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private KeyStore own() throws IOException, GeneralSecurityException {
        Path certificateFile = certificate.orElseThrow();
        Path keyFile = key.orElseThrow();
        List<X509Certificate> chain = new PemFile(certificateFile).certificates();
        PrivateKey privateKey = new PemFile(keyFile).privateKey();
        if (!belong(chain.get(0), privateKey)) {
            throw new UnusableFileException(keyFile + " is not the key of the first certificate in " + certificateFile);
        }
        KeyStore store = empty();
        store.setKeyEntry("own", privateKey, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
        return store;
    }

    private KeyStore trusted() throws IOException, GeneralSecurityException {
        List<X509Certificate> trusted = new ArrayList<>();
        if (authorities.isPresent()) {
            trusted.addAll(new PemFile(authorities.get()).certificates());
        } else {
            TrustManagerFactory ofTheJdk = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            ofTheJdk.init((KeyStore) null);
            Arrays.stream(ofTheJdk.getTrustManagers()).filter(X509TrustManager.class::isInstance)
                    .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers())).forEach(trusted::add);
            if (Files.exists(nodeAuthority)) {
                trusted.addAll(new PemFile(nodeAuthority).certificates());
            }
        }
        KeyStore store = empty();
        for (int i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("authority" + i, trusted.get(i));
        }
        return store;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static boolean belong(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        byte[] sample = certificate.getSignature();
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        signature.initVerify(certificate.getPublicKey());
        signature.update(sample);
        return signature.verify(signed);
    }

    /** Only the unconnected form is used by the client library. */
    private final class Sockets extends SocketFactory {
        @Override
        public Socket createSocket() throws IOException {
            SSLSocket socket = (SSLSocket) context().getSocketFactory().createSocket();
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(PROTOCOLS);
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            return new TlsSocket(socket);
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return connected(new InetSocketAddress(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            return connected(new InetSocketAddress(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return connected(new InetSocketAddress(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
            return connected(new InetSocketAddress(host, port));
        }

        private Socket connected(InetSocketAddress server) throws IOException {
            Socket socket = createSocket();
            socket.connect(server, 0);
            return socket;
        }
    }
}
