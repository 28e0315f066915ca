// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration area {@code cse}. */
@ObjectClassDefinition(name = "Lintel CSE", description = "Identity, limits and times of the CSE.")
@interface CseConfig {
    @AttributeDefinition(name = "Type", description = "in, mn or asn.")
    String type() default "mn";

    @AttributeDefinition(name = "CSE-ID", description = "SP-relative: a slash and one element.")
    String id() default "/mn-cse";

    @AttributeDefinition(name = "Resource name of the CSEBase")
    String name() default "mn-name";

    @AttributeDefinition(name = "Resource ID of the CSEBase")
    String ri() default "base";

    @AttributeDefinition(name = "SP-ID", description = "Two slashes and a domain name.")
    String spId() default "//lintel.example";

    @AttributeDefinition(name = "Administrator",
            description = "Originator that may do everything; on loopback only unless it has credentials.")
    String administrator() default "CAdmin";

    @AttributeDefinition(name = "Further points of access", description = "URIs to be listed besides those of the open doors.")
    String[] poa() default {};

    @AttributeDefinition(name = "AE-IDs that may register", description = "Stems with * as wildcard; after ! those that may not.")
    String[] aeIds() default {"*"};

    @AttributeDefinition(name = "App-IDs that may register", description = "With * as wildcard; after ! those that may not.")
    String[] appIds() default {"*"};

    @AttributeDefinition(name = "CSE-IDs that may register", description = "With * as wildcard; after ! those that may not.")
    String[] cseIds() default {"/*"};

    @AttributeDefinition(name = "Release versions served")
    String[] releaseVersions() default {"1", "2", "2a", "3", "4"};

    @AttributeDefinition(name = "Default expiration, seconds", description = "Life of a resource that asks for none.")
    long defaultExpirationSeconds() default 31_536_000;

    @AttributeDefinition(name = "Maximum expiration, seconds", description = "Longest life of a resource.")
    long maximumExpirationSeconds() default 157_680_000;

    @AttributeDefinition(name = "Expiration sweep, seconds", description = "How often expired resources are looked for.")
    int expirationSweepSeconds() default 5;

    @AttributeDefinition(name = "Request timeout, milliseconds", description = "For requests passed on that name no deadline.")
    long requestTimeoutMillis() default 10_000;

    @AttributeDefinition(name = "Largest content of a contentInstance, bytes")
    int maximumContentBytes() default 1_048_576;

    @AttributeDefinition(name = "Most resources in one answer")
    int maximumResults() default 1000;

    @AttributeDefinition(name = "Stored response, seconds",
            description = "How long a repeated delivery gets its first response again.")
    long storedResponseSeconds() default 600;

    @AttributeDefinition(name = "Most requests in custody",
            description = "Acknowledged to an MQTT server with a small window before they are answered; kept on disk.")
    long maximumHeldRequests() default 100_000;

    @AttributeDefinition(name = "Most bytes in custody", description = "Of such requests together.")
    long maximumHeldBytes() default 134_217_728;

    @AttributeDefinition(name = "Verify notification targets", description = "When a subscription is created or changed.")
    boolean verification() default true;

    @AttributeDefinition(name = "Verify URIs, too",
            description = "http://… in nu has to answer 2xx before there is a subscription; else only AEs and CSEs are asked.")
    boolean uriVerification() default true;

    @AttributeDefinition(name = "Life of a notification, seconds",
            description = "How long a notification or an asynchronous result that can't be delivered is kept and tried again.")
    long notificationLifeSeconds() default 86_400;

    @AttributeDefinition(name = "Life of a request for another CSE, seconds",
            description = "How long one that is stored and forwarded waits, if it names no earlier time itself.")
    long forwardedRequestLifeSeconds() default 604_800;

    @AttributeDefinition(name = "Most notifications and requests that wait for one target")
    int notificationQueueLimit() default 10_000;

    @AttributeDefinition(name = "Wait of a poll, seconds",
            description = "How long a RETRIEVE of a pollingChannelURI waits for a request if it names no rqet.")
    long pollWaitSeconds() default 30;

    @AttributeDefinition(name = "Most bytes that wait for one target")
    long outboundTargetBytes() default 67_108_864;

    @AttributeDefinition(name = "Most notifications and requests that wait in all")
    int outboundTotalLimit() default 100_000;

    @AttributeDefinition(name = "Most bytes that wait in all")
    long outboundTotalBytes() default 268_435_456;

    @AttributeDefinition(name = "Most requests that wait for their execution time",
            description = "Named by oet; further ones are told to come again later.")
    int delayedRequestLimit() default 1000;

    @AttributeDefinition(name = "Life of a <request> after its result, seconds",
            description = "For a request that asks for nothing else by rp or rset.")
    long requestResultSeconds() default 3600;

    @AttributeDefinition(name = "Shortest life of a <request> after its result, seconds")
    long requestResultMinimumSeconds() default 1;

    @AttributeDefinition(name = "Longest life of a <request> after its result, seconds")
    long requestResultMaximumSeconds() default 604_800;

    @AttributeDefinition(name = "Most <request> resources",
            description = "Further requests that need one are told to come again later; others are served without.")
    int requestResourceLimit() default 10_000;

    @AttributeDefinition(name = "When a target's queue is full",
            description = "dropOldest: what has waited longest makes room. dropNewest: the new notification is dropped.")
    String notificationQueueFull() default "dropOldest";

    @AttributeDefinition(name = "First pause after a failed notification, milliseconds",
            description = "Doubles with each further failure.")
    long notificationRetryInitialMillis() default 1000;

    @AttributeDefinition(name = "Longest pause after failed notifications, milliseconds")
    long notificationRetryMaxMillis() default 60_000;

    @AttributeDefinition(name = "Batches of notifications, seconds",
            description = "How long a batch is collected whose subscription says nothing (bn without dur).")
    long notificationBatchSeconds() default 60;

    @AttributeDefinition(name = "Most requests passed on at a time",
            description = "That wait for their response; further ones are told to come again later.")
    int maximumOutstanding() default 10_000;

    @AttributeDefinition(name = "Country", description = "Where this node and what registers at it are: two letters, for rules"
            + " with a country. Empty: such rules permit nobody.")
    String country() default "";

    @AttributeDefinition(name = "Issuers of roles", description = "AE-IDs and CSE-IDs, with * as wildcard, whose <role>"
            + " resources count besides the administrator's.")
    String[] roleIssuers() default {};

    @AttributeDefinition(name = "Issuers of tokens", description = "ID=file, the file with the issuer's public key or"
            + " certificate in PEM form, or a secret of 32 bytes and more. Relative to the node's home.")
    String[] tokenIssuers() default {};

    @AttributeDefinition(name = "Service subscription", description = "off: not looked at. ifPresent: says which AEs may"
            + " register, if there is one. required: without one none may. Empty: ifPresent at an IN-CSE, else off.")
    String serviceSubscription() default "";

    @AttributeDefinition(name = "Deepest tree", description = "Levels below the CSEBase; 0 for no limit.")
    int maximumDepth() default 64;

    @AttributeDefinition(name = "Most children of one resource", description = "Instances do not count; 0 for no limit.")
    int maximumChildren() default 0;

    @AttributeDefinition(name = "Most resources", description = "In all; 0 for no limit.")
    long maximumResources() default 0;

    @AttributeDefinition(name = "Most attributes in one request", description = "0 for no limit.")
    int maximumAttributes() default 1000;

    @AttributeDefinition(name = "Most entries in a list of one attribute", description = "0 for no limit.")
    int maximumListEntries() default 10_000;

    @AttributeDefinition(name = "Most labels of one resource", description = "0 for no limit.")
    int maximumLabels() default 1000;

    @AttributeDefinition(name = "Largest text of one attribute other than con, characters", description = "0 for no limit.")
    int maximumTextLength() default 65_536;

    @AttributeDefinition(name = "Strict release", description = "2a: types and attributes of later releases are refused."
            + " Empty: accepted, whichever release a request names.")
    String strictRelease() default "";
}
