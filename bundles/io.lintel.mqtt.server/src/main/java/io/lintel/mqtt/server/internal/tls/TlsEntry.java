// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.tls;

import io.lintel.mqtt.server.Identity;
import io.lintel.tls.CertificateNames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * First in the pipeline of a TLS listener's channel: puts TLS in front of itself, waiting for the context if that is
 * still being made, and notes at the end of the handshake who the client is by its certificate. The JDK's computations
 * go to the given executor. There is one handshake a connection: what a client renegotiated could not be told to those
 * who asked before. How long a handshake may take is bounded by the time to a complete CONNECT. On the event loop.
 */
public final class TlsEntry extends ChannelInboundHandlerAdapter {
    /** Who the client is by its certificate; not set without one. */
    public static final AttributeKey<Identity> IDENTITY = AttributeKey.valueOf(TlsEntry.class, "IDENTITY");

    private static final Logger LOG = LoggerFactory.getLogger(TlsEntry.class);

    private final NettyTls context;
    private final Executor delegated;
    private final Runnable failed;
    private boolean done;

    /** @param failed told of each handshake that fails */
    public TlsEntry(NettyTls context, Executor delegated, Runnable failed) {
        this.context = context;
        this.delegated = delegated;
        this.failed = failed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        SslContext now = context.current();
        if (now != null) {
            secure(ctx, now);
            return;
        }
        Channel channel = ctx.channel();
        if (context.isBroken()) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(false);
        context.prepare().thenRun(() -> ctx.executor().execute(() -> {
            if (channel.isActive() && !ctx.isRemoved()) {
                secure(ctx, context.current());
                channel.config().setAutoRead(true);
            }
        }));
    }

    private void secure(ChannelHandlerContext ctx, SslContext by) {
        SslHandler handler = by.newHandler(ctx.alloc(), delegated);
        handler.setHandshakeTimeoutMillis(0);
        ctx.pipeline().addBefore(ctx.name(), "tls", handler);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        if (!handshake.isSuccess()) {
            LOG.debug("TLS handshake with {} failed: {}", ctx.channel().remoteAddress(), handshake.cause().toString());
            failed.run();
            ctx.close();
        } else if (done) {
            LOG.debug("{} wants to renegotiate", ctx.channel().remoteAddress());
            ctx.close();
        } else {
            done = true;
            identify(ctx);
        }
    }

    private void identify(ChannelHandlerContext ctx) {
        SslHandler handler = ctx.pipeline().get(SslHandler.class);
        try {
            X509Certificate certificate = (X509Certificate) handler.engine().getSession().getPeerCertificates()[0];
            certificate.checkValidity();   // a resumed session may be older than the certificate's end
            List<String> names = CertificateNames.of(certificate);
            if (!names.isEmpty()) {
                ctx.channel().attr(IDENTITY).set(Identity.certificate(names));
            } else {
                LOG.debug("the certificate of {} names nobody: {}", ctx.channel().remoteAddress(),
                        certificate.getSubjectX500Principal());
            }
        } catch (SSLPeerUnverifiedException e) {
            // a client without a certificate, on a listener that also takes passwords
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            LOG.debug("{} resumes with a certificate that is not valid now", ctx.channel().remoteAddress());
            ctx.close();
        }
    }
}
