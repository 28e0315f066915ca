// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPubAckMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An MQTT client that costs little, so that what is measured is the server: QoS 1 both ways, durable session, one
 * event loop of its own on which {@link Receiver} runs and from which {@link #publish} is called.
 */
final class MqttPeer extends SimpleChannelInboundHandler<MqttMessage> implements AutoCloseable {
    private static final int LARGEST = 1 << 20;
    private static final long WAIT_SECONDS = 10;

    /** Gets what arrives, on the event loop; the bytes are valid during the call only. */
    interface Receiver {
        void received(ByteBuf payload);
    }

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> subscribed = new CompletableFuture<>();
    private final Channel channel;
    private Receiver receiver = payload -> { };
    private int packetId;

    MqttPeer(int port, String clientId, String filter) throws IOException, InterruptedException {
        channel = new Bootstrap().group(group).channel(NioSocketChannel.class).option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel made) {
                        made.pipeline().addLast(MqttEncoder.INSTANCE, new MqttDecoder(LARGEST), MqttPeer.this);
                    }
                }).connect("127.0.0.1", port).sync().channel();
        channel.writeAndFlush(MqttMessageBuilders.connect().clientId(clientId).cleanSession(false).keepAlive(0)
                .protocolVersion(MqttVersion.MQTT_3_1_1).build());
        await(connected, "CONNECT of " + clientId);
        channel.writeAndFlush(MqttMessageBuilders.subscribe().messageId(nextId()).addSubscription(MqttQoS.AT_LEAST_ONCE, filter)
                .build());
        await(subscribed, "SUBSCRIBE " + filter);
    }

    private static void await(CompletableFuture<Void> answer, String what) throws IOException, InterruptedException {
        try {
            answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(what + " failed: " + (e.getCause() == null ? "no answer" : e.getCause().getMessage()), e);
        }
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    /** Called on the event loop. */
    void receiver(Receiver newReceiver) {
        receiver = newReceiver;
    }

    /** Called on the event loop; {@link #flush} sends it. */
    void publish(String topic, byte[] payload) {
        channel.write(MqttMessageBuilders.publish().topicName(topic).qos(MqttQoS.AT_LEAST_ONCE).messageId(nextId())
                .payload(Unpooled.wrappedBuffer(payload)).build(), channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    private int nextId() {
        packetId = packetId % 65_535 + 1;
        return packetId;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
        if (message instanceof MqttPublishMessage publish) {
            if (publish.fixedHeader().qosLevel() != MqttQoS.AT_MOST_ONCE) {
                context.write(new MqttPubAckMessage(new MqttFixedHeader(MqttMessageType.PUBACK, false, MqttQoS.AT_MOST_ONCE,
                        false, 2),
                        MqttMessageIdVariableHeader.from(publish.variableHeader().packetId())), context.voidPromise());
            }
            receiver.received(publish.payload());
        } else if (message instanceof MqttConnAckMessage answer) {
            MqttConnectReturnCode code = answer.variableHeader().connectReturnCode();
            if (code == MqttConnectReturnCode.CONNECTION_ACCEPTED) {
                connected.complete(null);
            } else {
                connected.completeExceptionally(new IOException(code.toString()));
            }
        } else if (message instanceof MqttSubAckMessage answer) {
            if (answer.payload().grantedQoSLevels().contains(1)) {
                subscribed.complete(null);
            } else {
                subscribed.completeExceptionally(new IOException("refused"));
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        connected.completeExceptionally(cause);
        subscribed.completeExceptionally(cause);
        context.close();
    }

    @Override
    public void close() {
        channel.writeAndFlush(MqttMessage.DISCONNECT).awaitUninterruptibly(1, TimeUnit.SECONDS);
        channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
