// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.dtls.resumption.ResumptionVerifier;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;

/**
 * DTLS 1.2 connectors (TS-0003 clause 10, RFC 6347) with the suites that oneM2M names and the stronger ones beside them, few
 * threads and bounded memory. A peer gets a cookie before anything is kept of it, whoever it says it is.
 */
final class DtlsConnectors {
    /** The first one is TS-0003's, and each peer with the standard in hand has it. */
    static final List<CipherSuite> PSK_SUITES = List.of(CipherSuite.TLS_PSK_WITH_AES_128_CCM_8,
            CipherSuite.TLS_PSK_WITH_AES_128_CCM, CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256);
    static final List<CipherSuite> FORWARD_SECRET_PSK_SUITES = List.of(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256, CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256);
    static final List<CipherSuite> CERTIFICATE_SUITES = List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8);
    private static final int HANDSHAKES_AT_ONCE = 512;
    private static final int DEFERRED_BYTES = 8_192;
    /** Someone who has rested for so long may have to make room for a new peer. */
    private static final long STALE_MINUTES = 10;
    /** After so long a rest a client makes sure that the server still knows the session. */
    private static final long RESUME_AFTER_SECONDS = 30;

    /**
     * Sessions of a server.
     *
     * @param connectionIdLength of the IDs it gives out; 0 for none
     * @param max                kept at once
     */
    record Sessions(int connectionIdLength, int max) {
    }

    private DtlsConnectors() {
    }

    /** Needed before a configuration for any endpoint with DTLS is made. */
    static void register() {
        DtlsConfig.register();
    }

    private static void common(Configuration configuration) {
        configuration.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
                .set(DtlsConfig.DTLS_USE_SERVER_NAME_INDICATION, true)
                .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
                .set(DtlsConfig.DTLS_USE_ANTI_REPLAY_FILTER, true)
                .set(DtlsConfig.DTLS_MAX_PENDING_INBOUND_JOBS, HANDSHAKES_AT_ONCE)
                .set(DtlsConfig.DTLS_MAX_PENDING_OUTBOUND_JOBS, HANDSHAKES_AT_ONCE)
                .set(DtlsConfig.DTLS_MAX_PENDING_HANDSHAKE_RESULT_JOBS, HANDSHAKES_AT_ONCE)
                .set(DtlsConfig.DTLS_MAX_DEFERRED_INBOUND_RECORDS_SIZE, DEFERRED_BYTES)
                .set(DtlsConfig.DTLS_STALE_CONNECTION_THRESHOLD, STALE_MINUTES, TimeUnit.MINUTES);
    }

    /** A server's. */
    static Connector server(InetSocketAddress address, Configuration configuration, Sessions sessions, AdvancedPskStore keys,
            DtlsCertificates certificates, ResumptionVerifier resumption, EndpointThreads threads) {
        common(configuration);
        configuration.set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
                .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED)
                .set(DtlsConfig.DTLS_MAX_CONNECTIONS, sessions.max)
                .set(DtlsConfig.DTLS_CIPHER_SUITES, join(List.of(CERTIFICATE_SUITES, FORWARD_SECRET_PSK_SUITES,
                        PSK_SUITES)));
        if (sessions.connectionIdLength > 0) {
            configuration.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, sessions.connectionIdLength);
        }
        return connector(DtlsConnectorConfig.builder(configuration).setAddress(address).setAdvancedPskStore(keys)
                .setCertificateIdentityProvider(certificates).setAdvancedCertificateVerifier(certificates)
                .setResumptionVerifier(resumption).build(), threads);
    }

    /** A client's that shows an agreed key. */
    static Connector pskClient(Configuration configuration, AdvancedPskStore keys, EndpointThreads threads) {
        client(configuration, join(List.of(FORWARD_SECRET_PSK_SUITES, PSK_SUITES)));
        return connector(DtlsConnectorConfig.builder(configuration).setAddress(new InetSocketAddress(0)).setAdvancedPskStore(keys)
                .build(), threads);
    }

    /** A client's that shows a certificate, if it has one, and wants to see the server's. */
    static Connector certificateClient(Configuration configuration, CertificateProvider own, NewAdvancedCertificateVerifier trust,
            EndpointThreads threads) {
        client(configuration, CERTIFICATE_SUITES);
        return connector(DtlsConnectorConfig.builder(configuration).setAddress(new InetSocketAddress(0))
                .setCertificateIdentityProvider(own).setAdvancedCertificateVerifier(trust).build(), threads);
    }

    private static void client(Configuration configuration, List<CipherSuite> suites) {
        common(configuration);
        configuration.set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY)
                .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
                .set(DtlsConfig.DTLS_AUTO_HANDSHAKE_TIMEOUT, RESUME_AFTER_SECONDS, TimeUnit.SECONDS)
                .set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, true)
                .set(DtlsConfig.DTLS_CIPHER_SUITES, suites);
    }

    private static DTLSConnector connector(DtlsConnectorConfig config, EndpointThreads threads) {
        return new DTLSConnector(config) {
            @Override
            public void setRawDataReceiver(RawDataChannel receiver) {
                super.setRawDataReceiver(Endpoints.bounded(receiver, threads));
            }
        };
    }

    private static List<CipherSuite> join(List<List<CipherSuite>> lists) {
        return lists.stream().flatMap(List::stream).toList();
    }
}
