// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.BiFunction;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;

/**
 * Who sent a message, as far as the transport knows.
 *
 * @param name    as no other peer is called: the address, or behind DTLS the session's
 * @param address where it is at the moment
 * @param secured whether it came by DTLS
 * @param sender  what the CSE is told of the sender of a request, with its delivery key
 */
record Peer(String name, InetSocketAddress address, boolean secured,
        BiFunction<RequestPrimitive, Optional<String>, Hop> sender) {

    /** A peer of the plain listener. */
    static Peer plain(InetSocketAddress address) {
        String name = text(address);
        boolean loopback = address.getAddress() != null && address.getAddress().isLoopbackAddress();
        return new Peer(name, address, false, (request, deliveryKey) -> new Hop(Binding.COAP, name, loopback, false,
                Optional.empty(), Optional.empty(), Optional.empty(), deliveryKey));
    }

    static String text(InetSocketAddress address) {
        return address.getAddress() == null ? address.toString()
                : address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** What the CSE is told of the sender of this request. */
    Hop hop(RequestPrimitive request, Optional<String> deliveryKey) {
        return sender.apply(request, deliveryKey);
    }
}
