// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.osgi.service.component.annotations.Component;

import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;

/**
 * Which edition's option numbers a peer has used: learned by the door from requests and by the sender from answers, used
 * by the sender. A peer that receives at another port than it sends from is known by its host, as long as all who were heard
 * from there use the same. Bounded, forgets the least recent. Any thread.
 */
@Component(service = CoapPeers.class)
public final class CoapPeers {
    private static final int MAX_PEERS = 256;

    private final Map<InetSocketAddress, NumberSet> byAddress = new Recent<>();
    /** Empty: several peers there, of both editions. */
    private final Map<InetAddress, Optional<NumberSet>> byHost = new Recent<>();

    private static final class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MAX_PEERS;
        }
    }

    synchronized void learn(InetSocketAddress peer, NumberSet numbers) {
        if (numbers == byAddress.put(peer, numbers) || peer.getAddress() == null) {
            return;
        }
        Optional<NumberSet> before = byHost.get(peer.getAddress());
        byHost.put(peer.getAddress(), before == null || before.equals(Optional.of(numbers)) ? Optional.of(numbers)
                : Optional.empty());
    }

    synchronized Optional<NumberSet> numbers(InetSocketAddress peer) {
        NumberSet numbers = byAddress.get(peer);
        if (numbers != null) {
            return Optional.of(numbers);
        }
        Optional<NumberSet> ofHost = peer.getAddress() == null ? null : byHost.get(peer.getAddress());
        return ofHost == null ? Optional.empty() : ofHost;
    }
}
