// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Settings of CoAP with DTLS: the listener, and requests that leave (PID {@code io.lintel.coaps}). All else is as for plain CoAP.
 */
@ObjectClassDefinition(name = "Lintel CoAPS", description = "The CoAP binding of oneM2M (TS-0008) with DTLS 1.2.")
@interface CoapsSettings {
    @AttributeDefinition(name = "Host", description = "Address to listen on.")
    String host() default "127.0.0.1";

    @AttributeDefinition(name = "Port", description = "UDP port; 0 takes a free one.")
    int port() default 5684;

    @AttributeDefinition(name = "Point of access", description = "URI that peers are told; empty: made of the first name, or "
            + "host, and port, and none while it listens on loopback.")
    String pointOfAccess() default "";

    @AttributeDefinition(name = "Certificate", description = "The server's certificate with those of its issuers, PEM, with a "
            + "P-256 key; empty: the node's own.")
    String certificateFile() default "";

    @AttributeDefinition(name = "Key", description = "The certificate's private key, PEM.")
    String keyFile() default "";

    @AttributeDefinition(name = "Clients' authority", description = "Who vouches for clients, PEM; empty: the node's own one.")
    String clientCaFile() default "";

    @AttributeDefinition(name = "Revocations", description = "Revocation lists for clients' certificates, PEM.")
    String crlFile() default "";

    @AttributeDefinition(name = "Names", description = "Host names and addresses for the node's own certificate, commas between.")
    String names() default "";

    @AttributeDefinition(name = "Connection ID", description = "Length in bytes of the connection IDs that this side gives out "
            + "(RFC 9146), by which a session outlives a change of the peer's address; 0: none.")
    int connectionIdLength() default 6;

    @AttributeDefinition(name = "Sessions", description = "How many DTLS sessions are kept at most; then those that have rested "
            + "longest go, if that was ten minutes at least.")
    int maxSessions() default 2_000;

    @AttributeDefinition(name = "Own authority", description = "Who vouches for servers, PEM; empty: the node's own authority, "
            + "those in etc/tls/trusted, and the system's.")
    String serverCaFile() default "";

    @AttributeDefinition(name = "Own certificate", description = "What this node shows as a client, with its issuers, PEM.")
    String ownCertificateFile() default "";

    @AttributeDefinition(name = "Own key", description = "The private key of the own certificate, PEM.")
    String ownKeyFile() default "";

    @AttributeDefinition(name = "Agreed keys", description = "Which identity of etc/tls/psk to use towards whom: HOST=IDENTITY "
            + "or HOST:PORT=IDENTITY; * for all others. Who is not named is asked for a certificate.")
    String[] agreedKeys() default {};
}
