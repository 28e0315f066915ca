// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the outbound side has done since start, by dotted name. Any thread. */
public final class OutboundCounters {
    public static final String NOTIFICATIONS_QUEUED = "notifications.queued";
    static final String NOTIFICATIONS_SENT = "notifications.sent";
    static final String NOTIFICATIONS_REFUSED = "notifications.refused";
    static final String NOTIFICATIONS_RETRIED = "notifications.retried";
    static final String NOTIFICATIONS_EXPIRED = "notifications.expired";
    static final String NOTIFICATIONS_DROPPED = "notifications.dropped";
    public static final String NOTIFICATIONS_DISCARDED = "notifications.discarded";
    public static final String NOTIFICATIONS_SUPERSEDED = "notifications.superseded";
    static final String REQUESTS_QUEUED = "requests.queued";
    static final String REQUESTS_REFUSED = "requests.queue.full";
    static final String REQUESTS_FORWARDED = "requests.forwarded";
    static final String REQUESTS_FORWARD_FAILED = "requests.forward.failed";
    static final String REQUESTS_RETARGETED = "requests.retargeted";
    public static final String VERIFICATIONS = "subscriptions.verified";
    public static final String VERIFICATIONS_FAILED = "subscriptions.verification.failed";
    public static final String REGISTRATIONS = "registrar.registrations";
    public static final String REGISTRAR_FAILURES = "registrar.failures";

    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();

    public void add(String name) {
        counters.computeIfAbsent(name, n -> new LongAdder()).increment();
    }

    long value(String name) {
        LongAdder counter = counters.get(name);
        return counter == null ? 0 : counter.sum();
    }

    Map<String, Long> snapshot() {
        Map<String, Long> snapshot = new TreeMap<>();
        counters.forEach((name, counter) -> snapshot.put(name, counter.sum()));
        return snapshot;
    }
}
