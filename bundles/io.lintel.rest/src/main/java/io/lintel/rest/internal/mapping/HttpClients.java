// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

import javax.net.ssl.SSLParameters;

import io.lintel.tls.ClientTls;
import io.lintel.tls.Stamp;

/**
 * The JDK's clients that requests over HTTP and connections of WebSocket leave by, each made when it is first needed: they cost
 * start-up time that a node without such peers need not pay. Connections are used again. For {@code https:} and {@code wss:} the
 * server's certificate and name are always checked (TS-0003 8.2.2); the client is made anew when a file of keys or authorities
 * has changed. That reads the disk: called on the senders' own threads.
 */
public final class HttpClients {
    private static final Set<String> SECURED = Set.of("https", "wss");

    private final ClientTls tls;
    private final Optional<ProxySelector> proxies;
    private final Duration connectTimeout;
    private final long lookNanos;
    private final Executor executor;
    private HttpClient plain;
    private HttpClient secured;
    private Map<Path, Stamp> stamps = Map.of();
    private long lookedAt;

    /** @param lookEvery how long a look at the files counts; zero for those who ask seldom */
    public HttpClients(ClientTls tls, Optional<ProxySelector> proxies, Duration connectTimeout, Duration lookEvery,
            Executor executor) {
        this.tls = tls;
        this.proxies = proxies;
        this.connectTimeout = connectTimeout;
        this.lookNanos = lookEvery.toNanos();
        this.executor = executor;
    }

    /** @throws IOException if a file of keys or authorities cannot be used, with a sentence for an operator */
    public synchronized HttpClient of(URI uri) throws IOException {
        if (!SECURED.contains(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT))) {
            plain = plain == null ? builder().build() : plain;
            return plain;
        }
        long now = System.nanoTime();
        if (secured == null || now - lookedAt > lookNanos) {
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
