// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

import javax.net.ssl.SSLParameters;

import io.lintel.tls.ClientTls;
import io.lintel.tls.Stamp;

/**
 * The JDK's clients that requests leave by, each made when it is first needed: they cost start-up time that a node without such
 * peers need not pay. Connections are used again. For {@code https:} the server's certificate and name are always checked; the
 * client is made anew when a file of keys or authorities has changed, which is looked for every two seconds at most. That reads
 * the disk: called on the sender's own threads.
 */
final class Clients {
    private static final long LOOK_NANOS = Duration.ofSeconds(2).toNanos();

    private final ClientTls tls;
    private final Optional<ProxySelector> proxies;
    private final Duration connectTimeout;
    private final Executor executor;
    private HttpClient plain;
    private HttpClient secured;
    private Map<Path, Stamp> stamps = Map.of();
    private long lookedAt;

    Clients(ClientTls tls, Optional<ProxySelector> proxies, Duration connectTimeout, Executor executor) {
        this.tls = tls;
        this.proxies = proxies;
        this.connectTimeout = connectTimeout;
        this.executor = executor;
    }

    /** @throws IOException if a file of keys or authorities cannot be used, with a sentence for an operator */
    synchronized HttpClient of(URI uri) throws IOException {
        if (!"https".equalsIgnoreCase(uri.getScheme())) {
            plain = plain == null ? builder().build() : plain;
            return plain;
        }
        long now = System.nanoTime();
        if (secured == null || now - lookedAt > LOOK_NANOS) {
            lookedAt = now;
            Map<Path, Stamp> seen = tls.stamps();
            if (secured == null || !seen.equals(stamps)) {
                secured = builder().sslContext(tls.context()).sslParameters(ClientTls.verifying(new SSLParameters())).build();
                stamps = seen;
            }
        }
        return secured;
    }

    private HttpClient.Builder builder() {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(connectTimeout).executor(executor);
        proxies.ifPresent(builder::proxy);
        return builder;
    }
}
