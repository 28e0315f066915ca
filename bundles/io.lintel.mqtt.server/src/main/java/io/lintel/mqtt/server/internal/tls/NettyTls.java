// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.tls;

import io.lintel.tls.ListenerTls;
import io.lintel.tls.ServerTls;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.concurrent.CompletableFuture;

/** A listener's TLS as Netty takes it: a wrapper around the JDK's context, made again when that is another. Any thread. */
public final class NettyTls {
    private record Wrapped(ServerTls of, SslContext context) {
    }

    private final ListenerTls tls;
    private volatile Wrapped wrapped = new Wrapped(null, null);

    public NettyTls(ListenerTls tls) {
        this.tls = tls;
    }

    /** The context, null as long as there is none. */
    SslContext current() {
        ServerTls now = tls.current();
        Wrapped last = wrapped;
        if (last.of != now) {
            last = new Wrapped(now, new JdkSslContext(now.context(), false, now.ciphers(), SupportedCipherSuiteFilter.INSTANCE,
                    null, clientAuth(now), now.protocols().toArray(String[]::new), false));
            wrapped = last;
        }
        return last.context;
    }

    private static ClientAuth clientAuth(ServerTls tls) {
        return switch (tls.client()) {
            case NONE -> ClientAuth.NONE;
            case WELCOME -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
    }

    /** Whether clients cannot connect. */
    boolean isBroken() {
        return tls.isBroken();
    }

    /** As {@link ListenerTls#prepare}. */
    CompletableFuture<Void> prepare() {
        return tls.prepare();
    }
}
