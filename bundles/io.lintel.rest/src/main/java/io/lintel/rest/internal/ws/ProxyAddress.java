// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.net.InetSocketAddress;
import java.util.Optional;

/** The proxy that connections leave by, as it is configured: {@code host:port} (TS-0020 6.2.6, by HTTP CONNECT). Pure. */
final class ProxyAddress {
    private ProxyAddress() {
    }

    /** @throws IllegalArgumentException naming the key; the component does not start */
    static Optional<InetSocketAddress> of(String configured) {
        String text = configured.strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                return Optional.of(InetSocketAddress.createUnresolved(text.substring(0, colon).replaceAll("[\\[\\]]", ""),
                        Integer.parseInt(text.substring(colon + 1))));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("websocket.proxy is host:port: " + text, e);
        }
        throw new IllegalArgumentException("websocket.proxy is host:port: " + text);
    }
}
