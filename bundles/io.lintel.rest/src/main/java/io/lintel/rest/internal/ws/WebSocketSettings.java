// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of WebSocket, accepted and made (PID {@code io.lintel.websocket}). */
@ObjectClassDefinition(name = "Lintel WebSocket",
        description = "The WebSocket binding of oneM2M (TS-0020), on the ports of HTTP and as a client.")
@interface WebSocketSettings {
    @AttributeDefinition(name = "Enabled", description = "Whether connections are accepted.")
    boolean enabled() default true;

    @AttributeDefinition(name = "Connections", description = "Accepted at most at a time; more are answered with 503.")
    int maxConnections() default 256;

    @AttributeDefinition(name = "Largest message", description = "In bytes, unpacked; a larger one ends its connection (1009).")
    int maxMessageBytes() default 1 << 20;

    @AttributeDefinition(name = "Requests in progress", description = "Of one connection at a time; more are refused as busy.")
    int maxInProgress() default 64;

    @AttributeDefinition(name = "Requests awaiting a response",
            description = "Sent over one connection and not answered yet, at most.")
    int maxOutstanding() default 256;

    @AttributeDefinition(name = "Messages waiting", description = "Most messages that wait to be sent over one connection.")
    int maxWaiting() default 256;

    @AttributeDefinition(name = "Bytes waiting", description = "Most bytes that wait to be sent over one connection.")
    int maxWaitingBytes() default 4 << 20;

    @AttributeDefinition(name = "Compression", description = "Whether permessage-deflate is used with clients that offer it.")
    boolean compression() default true;

    @AttributeDefinition(name = "Sign of life, s", description = "After so many silent seconds the other end is sent a ping.")
    int pingSeconds() default 30;

    @AttributeDefinition(name = "Silence, s",
            description = "A connection on which nothing came for so long, not even a pong, is given up.")
    int silenceSeconds() default 90;

    @AttributeDefinition(name = "Time to register, s",
            description = "A connection whose sender is still unknown after this time is closed.")
    int registrationSeconds() default 30;

    @AttributeDefinition(name = "Slow reader, s", description = "A connection that takes no byte for so long is given up.")
    int writeTimeoutSeconds() default 30;

    @AttributeDefinition(name = "Connect timeout", description = "In milliseconds.")
    int connectTimeoutMillis() default 5_000;

    @AttributeDefinition(name = "First pause, ms", description = "Before a connection that was lost is made again; doubles.")
    int retryInitialMillis() default 1_000;

    @AttributeDefinition(name = "Longest pause, ms", description = "Where the doubling ends.")
    int retryMaxMillis() default 60_000;

    @AttributeDefinition(name = "Proxy", description = "host:port of a HTTP proxy for connections that leave; empty for none.")
    String proxy() default "";

    @AttributeDefinition(name = "Authorities", description = "File of those to believe when a wss: server shows its certificate;"
            + " empty: the node's own, those in etc/tls/trusted and the system's.")
    String caFile() default "";

    @AttributeDefinition(name = "Certificate", description = "File of what is shown to wss: servers that ask who this is.")
    String certificateFile() default "";

    @AttributeDefinition(name = "Key", description = "File of the certificate's private key.")
    String keyFile() default "";

    @AttributeDefinition(name = "CSE absence", description = "Milliseconds a request waits while the CSE is replaced.")
    int cseAbsenceMillis() default 1_500;

    @AttributeDefinition(name = "Answer timeout", description = "Milliseconds after which a request is answered with 4008.")
    int answerTimeoutMillis() default 120_000;
}
