// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of CoAP: the listener, and requests that leave (PID {@code io.lintel.coap}). */
@ObjectClassDefinition(name = "Lintel CoAP", description = "The CoAP binding of oneM2M (TS-0008).")
@interface CoapSettings {
    @AttributeDefinition(name = "Host", description = "Address to listen on. This listener is not encrypted: loopback only.")
    String host() default "127.0.0.1";

    @AttributeDefinition(name = "Port", description = "UDP port; 0 takes a free one.")
    int port() default 5683;

    @AttributeDefinition(name = "Point of access", description = "URI that peers are told; empty: made of host and port.")
    String pointOfAccess() default "";

    @AttributeDefinition(name = "Option numbers", description = "Towards a peer that has not shown its edition: "
            + "old (until TS-0008 V3.6) or new.")
    String options() default "old";

    @AttributeDefinition(name = "Largest body",
            description = "In bytes, put together from blocks; a larger one is answered with 4.13.")
    int maxBodyBytes() default 256 * 1024;

    @AttributeDefinition(name = "Block size", description = "Of block-wise transfers: 16, 32, … 1024 bytes.")
    int blockSize() default 1024;

    @AttributeDefinition(name = "Requests at once", description = "How many are served at the same time; more get 5.03.")
    int maxRequests() default 512;

    @AttributeDefinition(name = "Observers", description = "How many observations of latest instances there are at most.")
    int maxObservers() default 256;

    @AttributeDefinition(name = "CSE absence", description = "Milliseconds a request waits while the CSE is replaced; then 5.03.")
    int cseAbsenceMillis() default 1_500;

    @AttributeDefinition(name = "Answer timeout", description = "Milliseconds after which a request without answer gets 5.04.")
    int answerTimeoutMillis() default 120_000;

    @AttributeDefinition(name = "oneM2M notification format",
            description = "Whether notifications have the number of vnd.onem2m-ntfy+json (10003); else of application/json (50).")
    boolean notificationMediaType() default true;
}
