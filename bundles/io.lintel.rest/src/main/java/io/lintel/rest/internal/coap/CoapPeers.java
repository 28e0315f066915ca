// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.osgi.service.component.annotations.Component;

/**
 * Which edition's option numbers a peer has used: learned by the door, used by the sender towards a peer that receives
 * where it sends from. Bounded, forgets the least recent. Any thread.
 */
@Component(service = CoapPeers.class)
public final class CoapPeers {
    private static final int MAX_PEERS = 256;

    private final Map<InetSocketAddress, OneM2mOption.NumberSet> numberSets = Collections.synchronizedMap(new Recent());

    private static final class Recent extends LinkedHashMap<InetSocketAddress, OneM2mOption.NumberSet> {
        private static final long serialVersionUID = 1L;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, OneM2mOption.NumberSet> eldest) {
            return size() > MAX_PEERS;
        }
    }

    void learn(InetSocketAddress peer, OneM2mOption.NumberSet numbers) {
        numberSets.put(peer, numbers);
    }

    Optional<OneM2mOption.NumberSet> numbers(InetSocketAddress peer) {
        return Optional.ofNullable(numberSets.get(peer));
    }
}
