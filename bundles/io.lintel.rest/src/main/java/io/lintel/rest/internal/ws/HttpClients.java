// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

import javax.net.ssl.SSLParameters;

import io.lintel.tls.ClientTls;
import io.lintel.tls.Stamp;

/**
 * The JDK's clients that connections leave by, each made when it is first needed: they cost start-up time that a node without
 * such peers need not pay. For {@code wss:} the server's certificate and name are always checked (TS-0020 6.2.4); the client is
 * made anew when a file of keys or authorities has changed. Reads the disk: called on the binding's own threads only.
 */
final class HttpClients {
    private final ClientTls tls;
    private final Optional<InetSocketAddress> proxy;
    private final Executor executor;
    private HttpClient plain;
    private HttpClient secured;
    private Map<Path, Stamp> stamps = Map.of();

    HttpClients(ClientTls tls, Optional<InetSocketAddress> proxy, Executor executor) {
        this.tls = tls;
        this.proxy = proxy;
        this.executor = executor;
    }

    /** @throws IOException if a file of keys or authorities cannot be used */
    synchronized HttpClient of(URI uri) throws IOException {
        if (!"wss".equalsIgnoreCase(uri.getScheme())) {
            plain = plain == null ? builder().build() : plain;
            return plain;
        }
        Map<Path, Stamp> now = tls.stamps();
        if (secured == null || !now.equals(stamps)) {
            secured = builder().sslContext(tls.context()).sslParameters(ClientTls.verifying(new SSLParameters())).build();
            stamps = now;
        }
        return secured;
    }

    private HttpClient.Builder builder() {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).executor(executor);
        proxy.ifPresent(address -> builder.proxy(ProxySelector.of(address)));
        return builder;
    }
}
