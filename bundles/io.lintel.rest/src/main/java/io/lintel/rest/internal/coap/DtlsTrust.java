// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.security.auth.x500.X500Principal;

import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertLevel;
import org.eclipse.californium.scandium.dtls.CertificateIdentityResult;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.tls.ClientTls;
import io.lintel.tls.NodeTls;
import io.lintel.tls.Stamp;

/**
 * Whom DTLS believes as a client, and what it shows: the node's {@link ClientTls}, read again when a file has changed. A
 * server's certificate has to lead to an authority that is believed and to name the host. On Scandium's handshake threads, which
 * are nobody else's.
 */
final class DtlsTrust implements CertificateProvider, NewAdvancedCertificateVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(DtlsTrust.class);

    private final ClientTls tls;
    private Map<Path, Stamp> seen = Map.of();
    private Optional<Material> material = Optional.empty();

    private record Material(NewAdvancedCertificateVerifier verifier, Optional<PrivateKey> key, List<X509Certificate> chain) {
    }

    DtlsTrust(ClientTls tls) {
        this.tls = tls;
    }

    /** @throws IllegalArgumentException if a certificate is named without its key */
    static DtlsTrust of(CoapsSettings config, NodeTls node) {
        Optional<Path> certificate = file(config.ownCertificateFile(), node);
        Optional<Path> key = file(config.ownKeyFile(), node);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("coaps.ownCertificateFile and coaps.ownKeyFile go together");
        }
        return new DtlsTrust(node.client(file(config.serverCaFile(), node), true, certificate, key));
    }

    private static Optional<Path> file(String name, NodeTls node) {
        return name.isBlank() ? Optional.empty() : Optional.of(node.home().resolve(name.trim()));
    }

    /** What the files say now, or what they said before they were broken. */
    private synchronized Optional<Material> material() {
        try {
            Map<Path, Stamp> now = tls.stamps();
            if (!now.equals(seen) || material.isEmpty()) {
                seen = now;
                List<X509Certificate> chain = tls.chain();
                material = Optional.of(new Material(new StaticNewAdvancedCertificateVerifier(
                        tls.trusted().toArray(X509Certificate[]::new), null, List.of(CertificateType.X_509), true),
                        chain.isEmpty() ? Optional.empty() : Optional.of(tls.privateKey()), chain));
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.error("what CoAPS believes as a client cannot be read: {}", e.getMessage());
        }
        return material;
    }

    @Override
    public CertificateVerificationResult verifyCertificate(ConnectionId cid, ServerNames serverName, InetSocketAddress remotePeer,
            boolean clientUsage, boolean verifySubject, boolean truncateCertificatePath, CertificateMessage message) {
        return material().map(now -> now.verifier.verifyCertificate(cid, serverName, remotePeer, clientUsage, verifySubject,
                truncateCertificatePath, message)).orElseGet(() -> new CertificateVerificationResult(cid,
                new HandshakeException("nobody is believed", new AlertMessage(AlertLevel.FATAL,
                        AlertDescription.INTERNAL_ERROR)), null));
    }

    @Override
    public CertificateIdentityResult requestCertificateIdentity(ConnectionId cid, boolean client, List<X500Principal> issuers,
            ServerNames serverNames, List<CertificateKeyAlgorithm> certificateKeyAlgorithms,
            List<SignatureAndHashAlgorithm> signatureAndHashAlgorithms, List<SupportedGroup> curves) {
        return material().filter(now -> now.key.isPresent())
                .map(now -> new CertificateIdentityResult(cid, now.key.get(), now.chain))
                .orElseGet(() -> new CertificateIdentityResult(cid));
    }

    @Override
    public List<CertificateKeyAlgorithm> getSupportedCertificateKeyAlgorithms() {
        return List.of(CertificateKeyAlgorithm.EC);
    }

    @Override
    public List<CertificateType> getSupportedCertificateTypes() {
        return List.of(CertificateType.X_509);
    }

    @Override
    public List<X500Principal> getAcceptedIssuers() {
        return List.of();
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
        // every answer is given at once
    }
}
