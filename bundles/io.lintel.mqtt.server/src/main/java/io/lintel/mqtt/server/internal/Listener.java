// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttEncoder;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * One address that is listened on. What a transport puts between the socket and the MQTT packets (TLS, WebSocket
 * frames) comes first in each channel's pipeline; all the rest is the same for all.
 */
final class Listener {
    private static final int PAGE_BYTES = 8192;
    private static final int PAGES_A_CHUNK_EXPONENT = 5;
    private static final int BACKLOG = 128;

    /** Chunks of 256 kB from one arena, since one thread allocates, and no caches beyond it. */
    private static final ByteBufAllocator ALLOCATOR =
            new PooledByteBufAllocator(true, 1, 1, PAGE_BYTES, PAGES_A_CHUNK_EXPONENT, 64, 8, false);

    private final Channel channel;

    private Listener(Channel channel) {
        this.channel = channel;
    }

    /** @param transport puts what it needs at the end of a new channel's pipeline; on the event loop */
    static Listener open(Broker broker, InetSocketAddress address, Access access, Consumer<ChannelPipeline> transport)
            throws InterruptedException {
        EventLoop loop = broker.loop();
        Limits limits = broker.limits();
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.ALLOCATOR, ALLOCATOR)
                .childOption(ChannelOption.ALLOCATOR, ALLOCATOR)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(256, 2048, 16_384))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(limits.sending().bufferBytes() / 2, limits.sending().bufferBytes()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        if (!broker.admits(accepted)) {
                            accepted.close();
                            return;
                        }
                        ChannelPipeline pipeline = accepted.pipeline();
                        Connection connection = new Connection(broker, access);
                        pipeline.addLast(new BytesOut(broker.counters(), connection));
                        transport.accept(pipeline);
                        pipeline.addLast(new PacketGate(limits.connections().maxPacketBytes(), broker.counters(), connection));
                        pipeline.addLast(MqttEncoder.INSTANCE);
                        pipeline.addLast(connection);
                    }
                })
                .bind(address)
                .await();
        if (!bound.isSuccess()) {
            throw new IllegalStateException("cannot listen on " + text(address) + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        return new Listener(bound.channel());
    }

    /** The address with the port that is really used. */
    String address() {
        return text((InetSocketAddress) channel.localAddress());
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Host and port, an IPv6 address in brackets. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress() == null ? address.getHostString() : address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    void close() {
        channel.close().awaitUninterruptibly();
    }
}
