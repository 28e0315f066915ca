// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which proxy a request leaves by (HB-05): the one that is configured, but for the hosts that need none. Immutable, any thread.
 */
final class Proxies extends ProxySelector {
    private final List<Proxy> proxy;
    private final List<String> without;

    private Proxies(InetSocketAddress address, List<String> without) {
        this.proxy = List.of(new Proxy(Proxy.Type.HTTP, address));
        this.without = without;
    }

    /**
     * @param configured host and port, or empty
     * @param noProxy    hosts and, with a dot in front, domains
     * @throws IllegalArgumentException naming the key; the component does not start
     */
    static Optional<ProxySelector> of(String configured, String noProxy) {
        String text = configured.strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                return Optional.of(new Proxies(InetSocketAddress.createUnresolved(text.substring(0, colon)
                        .replaceAll("[\\[\\]]", ""), Integer.parseInt(text.substring(colon + 1))),
                        Arrays.stream(noProxy.split(",")).map(host -> host.trim().toLowerCase(Locale.ROOT))
                                .filter(host -> !host.isEmpty()).toList()));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("http.proxy is host:port, not " + text, e);
        }
        throw new IllegalArgumentException("http.proxy is host:port, not " + text);
    }

    @Override
    public List<Proxy> select(URI uri) {
        String host = uri.getHost() == null ? "" : uri.getHost().replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        boolean direct = without.stream().anyMatch(each -> each.startsWith(".") ? host.endsWith(each) : host.equals(each));
        return direct ? List.of(Proxy.NO_PROXY) : proxy;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // the failure reaches the request itself
    }
}
