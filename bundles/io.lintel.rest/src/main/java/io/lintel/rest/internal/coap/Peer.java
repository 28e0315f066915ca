// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.Optional;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;

/**
 * Who sent a message, as far as the transport knows.
 *
 * @param name     as no other peer is called: the address, or behind DTLS the session's
 * @param address  where it is at the moment
 * @param loopback whether it is on this machine, at the plain listener
 * @param secured  whether DTLS has verified it
 * @param verified the entity that the credential belongs to, if it is bound to one
 */
record Peer(String name, InetSocketAddress address, boolean loopback, boolean secured, Optional<String> verified) {

    /** A peer of the plain listener. */
    static Peer plain(InetSocketAddress address) {
        boolean resolved = address.getAddress() != null;
        String name = resolved ? address.getAddress().getHostAddress() + ":" + address.getPort() : address.toString();
        return new Peer(name, address, resolved && address.getAddress().isLoopbackAddress(), false, Optional.empty());
    }

    Hop hop(Optional<String> deliveryKey) {
        return new Hop(Binding.COAP, name, loopback, secured, verified, Optional.empty(), Optional.empty(), deliveryKey);
    }
}
