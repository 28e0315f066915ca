// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import io.lintel.tls.CertificateNames;

/**
 * A connection with TLS, and the names that its client's certificate has. They are read once, at the end of the handshake, on
 * the thread that finished it; requests of the connection only look at them.
 */
final class TlsLink extends SslConnection implements SslHandshakeListener {
    private volatile List<String> names = List.of();
    private volatile boolean established;

    TlsLink(ByteBufferPool buffers, Executor executor, EndPoint endPoint, SSLEngine engine) {
        super(buffers, executor, (SslContextFactory) null, endPoint, engine);
        addHandshakeListener(this);
    }

    @Override
    public void handshakeSucceeded(Event event) throws SSLException {
        try {
            X509Certificate certificate = (X509Certificate) event.getSSLEngine().getSession().getPeerCertificates()[0];
            certificate.checkValidity();   // a resumed session may be older than the certificate's end
            names = CertificateNames.of(certificate);
        } catch (SSLPeerUnverifiedException e) {
            // a client without a certificate, where one is welcome but not required
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            throw new SSLException("the session is resumed with a certificate that is not valid now", e);
        }
        established = true;
    }

    boolean isEstablished() {
        return established;
    }

    /** As {@link CertificateNames#of} has them; empty without a certificate. */
    List<String> names() {
        return names;
    }

    /** The link that a request came over, null if it came without TLS. */
    static TlsLink of(EndPoint endPoint) {
        return endPoint instanceof SslEndPoint secured && secured.getSslConnection() instanceof TlsLink link ? link : null;
    }
}
