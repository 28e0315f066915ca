// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.security.Principal;
import java.security.cert.CertificateException;

import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.eclipse.californium.scandium.dtls.ClientHello;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.DTLSSession;
import org.eclipse.californium.scandium.dtls.ExtendedMasterSecretMode;
import org.eclipse.californium.scandium.dtls.ResumptionVerificationResult;
import org.eclipse.californium.scandium.dtls.SessionId;
import org.eclipse.californium.scandium.dtls.resumption.ConnectionStoreResumptionVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.tls.PskTable;

/**
 * A session is resumed only as long as its credential is still good: the key is still in the table, the certificate neither
 * outdated nor revoked. And nobody is spared the cookie, since session IDs travel in the open. On Scandium's handshake threads.
 */
final class DtlsResumption extends ConnectionStoreResumptionVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(DtlsResumption.class);

    private final PskTable keys;
    private final DtlsCertificates certificates;

    DtlsResumption(PskTable keys, DtlsCertificates certificates) {
        this.keys = keys;
        this.certificates = certificates;
    }

    @Override
    public boolean skipRequestHelloVerify(SessionId sessionId) {
        return false;
    }

    @Override
    public boolean skipRequestHelloVerify(ClientHello clientHello, boolean sniEnabled, ExtendedMasterSecretMode mode) {
        return false;
    }

    @Override
    public ResumptionVerificationResult verifyResumptionRequest(ConnectionId cid, ServerNames serverNames, SessionId sessionId) {
        ResumptionVerificationResult found = super.verifyResumptionRequest(cid, serverNames, sessionId);
        DTLSSession session = found.getDTLSSession();
        return session == null || isGood(session.getPeerIdentity()) ? found : new ResumptionVerificationResult(cid, null, null);
    }

    private boolean isGood(Principal peer) {
        if (peer instanceof PreSharedKeyIdentity psk) {
            return keys.identities().contains(psk.getIdentity());
        }
        if (peer instanceof X509CertPath path) {
            try {
                certificates.verifyClient(path.getPath());
                return true;
            } catch (CertificateException e) {
                LOG.debug("{} resumes no session: {}", path.getName(), e.getMessage());
            }
        }
        return false;
    }
}
