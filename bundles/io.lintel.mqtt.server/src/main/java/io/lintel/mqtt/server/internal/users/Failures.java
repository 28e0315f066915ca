// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Who gave wrong passwords lately, by address and by user, and how long the next refusal therefore takes. Forgets what
 * is a quarter of an hour old, and the oldest when there are many. Belongs to the event loop.
 */
final class Failures {
    private static final int MOST_KEYS = 1024;
    private static final int FREE_FAILURES = 2;
    private static final long FIRST_DELAY_MILLIS = 250;
    private static final long LONGEST_DELAY_MILLIS = 3_000;
    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(15);
    /** The part of an IPv6 address that one household or one attacker has to itself. */
    private static final int NETWORK_BYTES = 8;

    private final LongSupplier nanoTime;
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > MOST_KEYS;
        }
    };

    private record Count(int failures, long lastNanos) {
    }

    Failures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** One address, or the network of an IPv6 address. */
    static String key(InetAddress address) {
        byte[] bytes = address.getAddress();
        return "address " + (address instanceof Inet6Address && !address.isLoopbackAddress()
                ? HexFormat.of().formatHex(Arrays.copyOf(bytes, NETWORK_BYTES)) : HexFormat.of().formatHex(bytes));
    }

    /** Counts a wrong password and says after how many milliseconds to answer it. */
    long failed(String address, String user) {
        int failures = Math.max(count(address), count("user " + user));
        counts.put(address, new Count(count(address) + 1, nanoTime.getAsLong()));
        counts.put("user " + user, new Count(count("user " + user) + 1, nanoTime.getAsLong()));
        return failures < FREE_FAILURES ? 0
                : Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(failures - FREE_FAILURES, 10));
    }

    /** Whoever knows a user's password may have mistyped it before; what else its address tries counts on. */
    void succeeded(String user) {
        counts.remove("user " + user);
    }

    boolean isSuspicious(String address) {
        return count(address) > FREE_FAILURES;
    }

    private int count(String key) {
        Count count = counts.get(key);
        if (count != null && nanoTime.getAsLong() - count.lastNanos > FORGET_NANOS) {
            counts.remove(key);
            return 0;
        }
        return count == null ? 0 : count.failures;
    }
}
