// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.internal.Limits.Connections;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may connect, by number and rate. Asked first for the bare address, before a byte is read and before TLS costs
 * anything, then for the verified name of the CONNECT. An address shared by all programs of this machine is not limited
 * unless the configuration says so. Belongs to the event loop.
 */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    /** A rate may be exceeded by so many seconds' worth after a quiet time. */
    private static final int BURST_SECONDS = 5;
    private static final long SWEEP_NANOS = 60_000_000_000L;

    private final Connections limits;
    private final TokenBucket rate;
    private final Map<InetAddress, Address> addresses = new HashMap<>();
    private final Map<String, Integer> connectionsOf = new HashMap<>();
    private final Map<String, Integer> sessionsOf = new HashMap<>();
    private final int mostSessionsOfOne;
    private long sweepAt;
    private int open;
    private boolean said;

    Admission(Limits limits, long now) {
        this.limits = limits.connections();
        mostSessionsOfOne = limits.sessions().mostDurablePerPrincipal();
        rate = this.limits.perSecond() == 0 ? null : new TokenBucket(this.limits.perSecond(), BURST_SECONDS, now);
        sweepAt = now + SWEEP_NANOS;
    }

    /** Counts a new connection in; or says why not, in words for the log. */
    String refusal(InetAddress from, long now) {
        if (open >= limits.most()) {
            sayOnce();
            return "too many connections";
        }
        if (rate != null && !rate.tryTake(now)) {
            return "connections come too fast";
        }
        if (limits.loopbackToo() || !from.isLoopbackAddress()) {
            String why = ofAddress(from, now);
            if (why != null) {
                return why;
            }
        }
        open++;
        return null;
    }

    private String ofAddress(InetAddress from, long now) {
        if (now - sweepAt >= 0) {
            sweepAt = now + SWEEP_NANOS;
            addresses.values().removeIf(address -> address.open == 0 && (address.rate == null || address.rate.isFull(now)));
        }
        Address address = addresses.computeIfAbsent(from, ignored -> new Address(limits.perSecondPerAddress(), now));
        if (limits.mostPerAddress() > 0 && address.open >= limits.mostPerAddress()) {
            return "too many connections from its address";
        }
        if (address.rate != null && !address.rate.tryTake(now)) {
            return "connections from its address come too fast";
        }
        address.open++;
        return null;
    }

    private void sayOnce() {
        if (!said) {
            said = true;
            LOG.warn("{} connections are open, more are refused (mqttserver.maxConnections)", open);
        }
    }

    /** A connection that was counted in is closed. */
    void left(InetAddress from) {
        open--;
        if (open < limits.most() * 9L / 10) {
            said = false;
        }
        Address address = addresses.get(from);
        if (address != null && address.open > 0 && --address.open == 0 && address.rate == null) {
            addresses.remove(from);
        }
    }

    /** @param principal empty text for an anonymous client, which has no share of its own */
    boolean mayConnect(String principal) {
        return limits.mostPerPrincipal() == 0 || connectionsOf.getOrDefault(principal, 0) < limits.mostPerPrincipal();
    }

    boolean mayOpenSession(String principal) {
        return mostSessionsOfOne == 0 || sessionsOf.getOrDefault(principal, 0) < mostSessionsOfOne;
    }

    void connection(String principal, int more) {
        count(connectionsOf, principal, more);
    }

    void durableSession(String principal, int more) {
        count(sessionsOf, principal, more);
    }

    private static void count(Map<String, Integer> counts, String principal, int more) {
        if (!principal.isEmpty()) {
            counts.merge(principal, more, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b));
        }
    }

    int open() {
        return open;
    }

    private static final class Address {
        private final TokenBucket rate;
        private int open;

        Address(int perSecond, long now) {
            rate = perSecond == 0 ? null : new TokenBucket(perSecond, BURST_SECONDS, now);
        }
    }
}
