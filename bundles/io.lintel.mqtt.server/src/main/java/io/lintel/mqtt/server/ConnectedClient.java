// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * A client as the server knows it.
 *
 * @param clientId the client identifier of its CONNECT (or the one the server gave it)
 * @param identity who the server verified it to be
 * @param address  where it connects from
 * @param listener the name of the listener it came through, such as {@code tcp} or {@code tls}
 * @param loopback whether it came through a plain listener from this machine
 */
public record ConnectedClient(String clientId, Identity identity, InetSocketAddress address, String listener,
        boolean loopback) {
    public ConnectedClient {
        Objects.requireNonNull(clientId);
        Objects.requireNonNull(identity);
        Objects.requireNonNull(address);
        Objects.requireNonNull(listener);
    }

    /** The verified name: a user, or a certificate's; empty for an anonymous client. */
    public Optional<String> principal() {
        return identity.isAnonymous() ? Optional.empty() : Optional.of(identity.name());
    }
}
