// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * With which targets a key is agreed, and under which identity: {@code HOST=IDENTITY}, {@code HOST:PORT=IDENTITY},
 * {@code *=IDENTITY} for all others. Hosts count as they are written in a pointOfAccess. DTLS knows addresses only, so that of
 * a target is noted when it is looked up. Any thread.
 */
final class AgreedKeys {
    private static final String ALL = "*";
    private static final int MAX_ADDRESSES = 4_096;

    private final Map<String, String> byTarget;
    private final int defaultPort;
    private final Map<InetSocketAddress, String> byAddress = new ConcurrentHashMap<>();

    private AgreedKeys(Map<String, String> byTarget, int defaultPort) {
        this.byTarget = byTarget;
        this.defaultPort = defaultPort;
    }

    /** @throws IllegalArgumentException if an entry is not of that form */
    static AgreedKeys parse(String[] entries, int defaultPort) {
        Map<String, String> byTarget = new LinkedHashMap<>();
        for (String entry : entries) {
            for (String one : entry.split(",")) {
                int equals = one.indexOf('=');
                if (one.isBlank()) {
                    continue;
                }
                if (equals <= 0 || one.substring(equals + 1).isBlank()) {
                    throw new IllegalArgumentException("coaps.agreedKeys has HOST=IDENTITY or HOST:PORT=IDENTITY, not " + one);
                }
                byTarget.put(one.substring(0, equals).trim(), one.substring(equals + 1).trim());
            }
        }
        return new AgreedKeys(byTarget, defaultPort);
    }

    /** The identity to show to a target. */
    Optional<String> identity(URI target) {
        String host = String.valueOf(target.getHost());
        int port = target.getPort() < 0 ? defaultPort : target.getPort();
        return Optional.ofNullable(byTarget.get(host + ":" + port)).or(() -> Optional.ofNullable(byTarget.get(host)))
                .or(() -> Optional.ofNullable(byTarget.get(ALL)));
    }

    /** Notes where a target is. */
    void found(URI target, InetSocketAddress address) {
        identity(target).ifPresent(identity -> {
            if (byAddress.size() >= MAX_ADDRESSES) {
                byAddress.clear();
            }
            byAddress.put(address, identity);
        });
    }

    /** The identity to show at an address. */
    Optional<String> identity(InetSocketAddress address) {
        return Optional.ofNullable(byAddress.get(address));
    }
}
