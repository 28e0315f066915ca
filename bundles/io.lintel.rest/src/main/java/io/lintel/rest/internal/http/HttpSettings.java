// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of HTTP: the listener, and requests that leave (PID {@code io.lintel.http}). */
@ObjectClassDefinition(name = "Lintel HTTP", description = "The HTTP binding of oneM2M (TS-0009).")
@interface HttpSettings {
    @AttributeDefinition(name = "Host", description = "Address to listen on. This listener is not encrypted: loopback only.")
    String host() default "127.0.0.1";

    @AttributeDefinition(name = "Port", description = "TCP port; 0 takes a free one.")
    int port() default 8080;

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

    @AttributeDefinition(name = "oneM2M notification type",
            description = "Whether notifications are marked application/vnd.onem2m-ntfy+json; else application/json.")
    boolean notificationMediaType() default true;

    @AttributeDefinition(name = "Largest answer", description = "In bytes; a larger one counts as no answer.")
    int maxAnswerBytes() default 4 << 20;

    @AttributeDefinition(name = "Connect timeout", description = "In milliseconds.")
    int connectTimeoutMillis() default 5_000;

    @AttributeDefinition(name = "Requests under way", description = "To other nodes, waiting ones included; more are refused.")
    int maxUnderWay() default 1024;

    @AttributeDefinition(name = "Authorities", required = false, description = "File of those to believe when a https: server "
            + "shows its certificate; empty: the node's own, those in etc/tls/trusted and, if so configured, the system's.")
    String caFile() default "";

    @AttributeDefinition(name = "System authorities", description = "Whether those that the Java runtime brings are believed, if "
            + "no file of authorities is named.")
    boolean systemAuthorities() default true;

    @AttributeDefinition(name = "Certificate", required = false, description = "File of what is shown to https: servers that ask "
            + "who this is, with those of its issuers behind it.")
    String certificateFile() default "";

    @AttributeDefinition(name = "Key", required = false,
            description = "File of that certificate's private key, without password.")
    String keyFile() default "";

    @AttributeDefinition(name = "Proxy", required = false,
            description = "host:port of a proxy for requests that leave; empty for none.")
    String proxy() default "";

    @AttributeDefinition(name = "No proxy", description = "Hosts that are reached without it, separated by commas; .example for "
            + "all below a domain.")
    String noProxy() default "localhost,127.0.0.1,::1";
}
