// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the HTTPS listener (PID {@code io.lintel.https}); files are in PEM, relative to the node's home. */
@ObjectClassDefinition(name = "Lintel HTTPS", description = "The HTTP binding of oneM2M (TS-0009) over TLS.")
@interface HttpsSettings {
    @AttributeDefinition(name = "Enabled", description = "false: there is no such listener.")
    boolean enabled() default true;

    @AttributeDefinition(name = "Host", description = "Address to listen on; 0.0.0.0 for all.")
    String host() default "127.0.0.1";

    @AttributeDefinition(name = "Port", description = "TCP port; 0 takes a free one.")
    int port() default 8443;

    @AttributeDefinition(name = "Client certificates", description = "required: who has none does not get through the handshake; "
            + "welcome: who shows none is told 4107.")
    String clientCertificates() default "welcome";

    @AttributeDefinition(name = "Certificate", required = false, description = "The server's certificate with those of its "
            + "issuers behind it; empty for the node's own.")
    String certificateFile() default "";

    @AttributeDefinition(name = "Key", required = false, description = "The certificate's private key, without password.")
    String keyFile() default "";

    @AttributeDefinition(name = "Client authorities", required = false, description = "Who vouches for clients; empty for the "
            + "node's own authority.")
    String clientCaFile() default "";

    @AttributeDefinition(name = "Revocation lists", required = false,
            description = "One of every authority in the clients' chains.")
    String crlFile() default "";

    @AttributeDefinition(name = "Protocols", required = false, description = "TLSv1.2, TLSv1.3 or both.")
    String protocols() default "TLSv1.2,TLSv1.3";

    @AttributeDefinition(name = "Cipher suites", required = false,
            description = "In order of preference; empty for the usual ones.")
    String cipherSuites() default "";

    @AttributeDefinition(name = "Names", required = false, description = "Host names and addresses that the node's own "
            + "certificate shall have besides those it knows itself.")
    String names() default "";

    @AttributeDefinition(name = "Handshake timeout", description = "Milliseconds until the TLS handshake has to be over.")
    int handshakeTimeoutMillis() default 10_000;

    @AttributeDefinition(name = "Path prefix", description = "First part of all paths, such as /onem2m; empty for none.")
    String pathPrefix() default "";

    @AttributeDefinition(name = "Point of access", description = "URI that peers are told; empty: made of host, port and prefix.")
    String pointOfAccess() default "";

    @AttributeDefinition(name = "Largest body", description = "In bytes; a larger one is answered with 413.")
    int maxBodyBytes() default 1 << 20;

    @AttributeDefinition(name = "Largest header", description = "Request line and headers together, in bytes.")
    int maxHeaderBytes() default 16 * 1024;

    @AttributeDefinition(name = "Threads", description = "At most; at least 3.")
    int threads() default 6;

    @AttributeDefinition(name = "Connections", description = "At most at a time; when more come, those that "
            + "have been idle longest are closed.")
    int maxConnections() default 512;

    @AttributeDefinition(name = "Idle timeout", description = "Milliseconds after which a silent connection is closed.")
    int idleTimeoutMillis() default 60_000;

    @AttributeDefinition(name = "Receive timeout", description = "Milliseconds of grace for a request to arrive, however slowly.")
    int receiveTimeoutMillis() default 10_000;

    @AttributeDefinition(name = "Least rate", description = "Bytes per second, on average, that a request has to bring after "
            + "that; else its connection is closed. 0 for no least.")
    int minBytesPerSecond() default 500;

    @AttributeDefinition(name = "Entity tags", description = "asked: only with answers to If-Match and If-None-Match; always: "
            + "with every representation; never.")
    String entityTags() default "asked";

    @AttributeDefinition(name = "Compression", description = "Answers of at least so many bytes are compressed for clients that "
            + "accept gzip; 0 for none.")
    int compressionBytes() default 2048;

    @AttributeDefinition(name = "Allowed origins", required = false, description = "Web pages of these origins may use this "
            + "listener (CORS), such as https://app.example, separated by commas; * for all; empty for none.")
    String allowedOrigins() default "";

    @AttributeDefinition(name = "CSE absence", description = "Milliseconds a request waits while the CSE is replaced; then 503.")
    int cseAbsenceMillis() default 1_500;

    @AttributeDefinition(name = "Answer timeout", description = "Milliseconds after which a request without answer gets 504.")
    int answerTimeoutMillis() default 120_000;
}
