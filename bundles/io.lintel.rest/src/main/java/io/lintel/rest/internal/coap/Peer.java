// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.Registrations;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.rest.internal.mapping.CredentialHops;
import io.lintel.tls.PeerIdentity;

/**
 * Who sent a message, as far as the transport knows.
 *
 * @param name          as no other peer is called: the address, or behind DTLS the session's
 * @param address       where it is at the moment
 * @param loopback      whether it is on this machine, at the plain listener
 * @param identity      whom DTLS has verified; empty at the plain listener
 * @param registrations who is registered, as long as there is a CSE
 */
record Peer(String name, InetSocketAddress address, boolean loopback, Optional<PeerIdentity> identity,
        Supplier<Optional<Registrations>> registrations) {

    /** A peer of the plain listener. */
    static Peer plain(InetSocketAddress address) {
        boolean resolved = address.getAddress() != null;
        return new Peer(text(address), address, resolved && address.getAddress().isLoopbackAddress(), Optional.empty(),
                Optional::empty);
    }

    static String text(InetSocketAddress address) {
        return address.getAddress() == null ? address.toString()
                : address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    boolean secured() {
        return identity.isPresent();
    }

    /** What the CSE is told of the sender of this request. */
    Hop hop(RequestPrimitive request, Optional<String> deliveryKey) {
        return identity.map(whom -> CredentialHops.of(Binding.COAP, name, whom, request, registrations.get(), deliveryKey))
                .orElseGet(() -> new Hop(Binding.COAP, name, loopback, false, Optional.empty(), Optional.empty(),
                        Optional.empty(), deliveryKey));
    }
}
