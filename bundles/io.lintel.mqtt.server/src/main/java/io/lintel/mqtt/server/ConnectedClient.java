// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * A client as the server knows it.
 *
 * @param clientId  the client identifier of its CONNECT (or the one the server gave it)
 * @param principal who the server verified it to be: a user name, a certificate's subject; empty for an anonymous client
 * @param address   where it connects from
 * @param loopback  whether it came through a plain listener from this machine
 */
public record ConnectedClient(String clientId, Optional<String> principal, InetSocketAddress address, boolean loopback) {
    public ConnectedClient {
        Objects.requireNonNull(clientId);
        Objects.requireNonNull(principal);
        Objects.requireNonNull(address);
    }
}
