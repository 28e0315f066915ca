// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.security.cert.CertPath;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;

import org.eclipse.californium.elements.util.CertPathUtil;
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
import org.eclipse.californium.scandium.util.ServerNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.tls.ListenerTls;
import io.lintel.tls.ServerTls;

/**
 * The listener's certificate and its clients', as DTLS asks for them, from what the node's TLS is at that moment: so renewed
 * and revoked certificates count for the next handshake. The first one may wait while the node makes its certificate. On
 * Scandium's handshake threads; the waiting answer comes on the worker of {@link ListenerTls}.
 */
final class DtlsCertificates implements CertificateProvider, NewAdvancedCertificateVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(DtlsCertificates.class);
    private static final String EC = "EC";

    private final ListenerTls tls;
    private volatile HandshakeResultHandler results;

    DtlsCertificates(ListenerTls tls) {
        this.tls = tls;
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
    public void setResultHandler(HandshakeResultHandler resultHandler) {
        results = resultHandler;
    }

    @Override
    public CertificateIdentityResult requestCertificateIdentity(ConnectionId cid, boolean client, List<X500Principal> issuers,
            ServerNames serverNames, List<CertificateKeyAlgorithm> certificateKeyAlgorithms,
            List<SignatureAndHashAlgorithm> signatureAndHashAlgorithms, List<SupportedGroup> curves) {
        ServerTls now = tls.current();
        if (now != null || tls.isBroken()) {
            return identity(cid, Optional.ofNullable(now));
        }
        tls.prepare().thenRun(() -> results.apply(identity(cid, Optional.ofNullable(tls.current()))));
        return null;
    }

    private static CertificateIdentityResult identity(ConnectionId cid, Optional<ServerTls> tls) {
        Optional<ServerTls> usable = tls.filter(now -> now.key().getAlgorithm().equals(EC));
        if (usable.isEmpty()) {
            LOG.debug("there is no certificate with an EC key to show");
        }
        return usable.map(now -> new CertificateIdentityResult(cid, now.key(), now.chain()))
                .orElseGet(() -> new CertificateIdentityResult(cid));
    }

    @Override
    public CertificateVerificationResult verifyCertificate(ConnectionId cid, ServerNames serverName, InetSocketAddress remotePeer,
            boolean clientUsage, boolean verifySubject, boolean truncateCertificatePath, CertificateMessage message) {
        CertPath path = message.getCertificateChain();
        try {
            verifyClient(path);
            return new CertificateVerificationResult(cid, path, null);
        } catch (CertificateException e) {
            LOG.debug("the certificate of {} is refused: {}", remotePeer, e.getMessage());
            return new CertificateVerificationResult(cid, new HandshakeException("certificate refused: " + e.getMessage(),
                    new AlertMessage(AlertLevel.FATAL, AlertDescription.BAD_CERTIFICATE)), null);
        }
    }

    /** @throws CertificateException if nobody vouches for the client, or somebody no longer does */
    void verifyClient(CertPath path) throws CertificateException {
        if (path == null || path.getCertificates().isEmpty()) {
            throw new CertificateException("there is none");
        }
        X509Certificate[] chain = path.getCertificates().toArray(X509Certificate[]::new);
        if (!CertPathUtil.canBeUsedForAuthentication(chain[0], true)) {
            throw new CertificateException("it is none for clients");
        }
        X509TrustManager clients = Optional.ofNullable(tls.current()).flatMap(ServerTls::clients)
                .orElseThrow(() -> new CertificateException("nobody vouches for clients"));
        clients.checkClientTrusted(chain, EC);
    }

    @Override
    public List<X500Principal> getAcceptedIssuers() {
        return Optional.ofNullable(tls.current()).map(ServerTls::authorities).orElse(List.of()).stream()
                .map(X509Certificate::getSubjectX500Principal).toList();
    }

    /** The first of a chain. */
    static Optional<X509Certificate> first(CertPath path) {
        List<? extends Certificate> certificates = path.getCertificates();
        return certificates.isEmpty() ? Optional.empty() : Optional.of((X509Certificate) certificates.get(0));
    }
}
