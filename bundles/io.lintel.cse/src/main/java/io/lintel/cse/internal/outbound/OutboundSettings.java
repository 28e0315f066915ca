// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import java.time.Duration;
import java.util.List;

/**
 * The numbers of the outbound side.
 *
 * @param requestTimeout         how long one request may wait for its response when it says nothing stricter itself
 * @param notificationLife       how long a notification that can't be delivered is kept and tried again
 * @param retryInitial           pause after the first failed delivery; doubles with each further one
 * @param retryMax               where the doubling ends
 * @param queueLimit             most items that wait for one target
 * @param whenFull               which item goes when one target's queue is full
 * @param maxOutstanding         most forwarded requests that wait for their response at a time
 * @param verification           which notification targets are verified when a subscription names them (TS-0004 7.4.8.2.1)
 * @param releaseVersion         the {@code rvi} of requests that this CSE makes itself
 * @param sessionReachable       whether an AE with request reachability and without a pointOfAccess is tried over this
 *                               CSE's own MQTT points of access, where it may have a session
 * @param supportedReleases      what this CSE names in {@code srv} at its registrar
 * @param bounds                 of the outbound queue, besides its items for one target
 */
public record OutboundSettings(Duration requestTimeout, Duration notificationLife, Duration retryInitial, Duration retryMax,
        int queueLimit,
        WhenFull whenFull, int maxOutstanding, Verification verification, String releaseVersion, boolean sessionReachable,
        List<String> supportedReleases, Bounds bounds) {

    /**
     * @param totalItems  most items that wait in all
     * @param targetBytes most bytes that wait for one target
     * @param totalBytes  most bytes that wait in all
     * @param requestLife how long a request waits for another CSE if it says nothing stricter itself
     * @param executions  most requests that wait for their execution time
     * @param batchDuration how long a batch of notifications is collected that says nothing itself
     * @param pollWait    how long a poll of a polling channel waits that says nothing itself
     */
    public record Bounds(int totalItems, long targetBytes, long totalBytes, Duration requestLife, int executions,
            Duration batchDuration, Duration pollWait) {
        public Bounds(int totalItems, long targetBytes, long totalBytes, Duration requestLife, int executions) {
            this(totalItems, targetBytes, totalBytes, requestLife, executions, Duration.ofMinutes(1), Duration.ofSeconds(30));
        }

        public static Bounds defaults() {
            return new Bounds(100_000, 64L << 20, 256L << 20, Duration.ofDays(7), 1000);
        }
    }

    /** Which notification targets are asked whether they want to be notified. */
    public enum Verification {
        NONE,
        /** AEs and CSEs: what answers requests. */
        ENTITIES,
        /** Protocol URIs besides, as Release 2 has it; their transport's acknowledgement will do. */
        ALL
    }

    /** What happens to one more item for a target whose queue is full. Either way it is counted and logged. */
    public enum WhenFull {
        /** The new item is refused. */
        DROP_NEWEST,
        /** The item that has waited longest, besides the one under way, makes room. */
        DROP_OLDEST
    }

    public static OutboundSettings defaults() {
        return new OutboundSettings(Duration.ofSeconds(10), Duration.ofHours(24), Duration.ofSeconds(1), Duration.ofMinutes(1),
                10_000,
                WhenFull.DROP_OLDEST, 10_000, Verification.ALL, "2a", true, List.of("1", "2", "2a", "3", "4"),
                Bounds.defaults());
    }

    public OutboundSettings withVerification(Verification verify) {
        return new OutboundSettings(requestTimeout, notificationLife, retryInitial, retryMax, queueLimit, whenFull,
                maxOutstanding, verify,
                releaseVersion, sessionReachable, supportedReleases, bounds);
    }

    public OutboundSettings withRequestTimeout(Duration timeout) {
        return new OutboundSettings(timeout, notificationLife, retryInitial, retryMax, queueLimit, whenFull, maxOutstanding,
                verification, releaseVersion, sessionReachable, supportedReleases, bounds);
    }

    public OutboundSettings withRetries(Duration initial, Duration max) {
        return new OutboundSettings(requestTimeout, notificationLife, initial, max, queueLimit, whenFull, maxOutstanding,
                verification, releaseVersion, sessionReachable, supportedReleases, bounds);
    }

    OutboundSettings withQueueLimit(int limit, WhenFull rule) {
        return new OutboundSettings(requestTimeout, notificationLife, retryInitial, retryMax, limit, rule, maxOutstanding,
                verification, releaseVersion, sessionReachable, supportedReleases, bounds);
    }

    public OutboundSettings withNotificationLife(Duration life) {
        return new OutboundSettings(requestTimeout, life, retryInitial, retryMax, queueLimit, whenFull, maxOutstanding,
                verification, releaseVersion, sessionReachable, supportedReleases, bounds);
    }

    OutboundSettings withSupportedReleases(List<String> releases) {
        return new OutboundSettings(requestTimeout, notificationLife, retryInitial, retryMax, queueLimit, whenFull,
                maxOutstanding,
                verification, releaseVersion, sessionReachable, List.copyOf(releases), bounds);
    }

    public OutboundSettings withBounds(Bounds wanted) {
        return new OutboundSettings(requestTimeout, notificationLife, retryInitial, retryMax, queueLimit, whenFull,
                maxOutstanding, verification, releaseVersion, sessionReachable, supportedReleases, wanted);
    }
}
