// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.mqtt.server.internal.tls.TlsEntry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One network connection and its life: hands each packet to the part that understands it, in order ({@link InboundLine});
 * these answer through its {@link PacketsOut}. While a packet waits for something, only acknowledgements of what we sent
 * and PINGREQ pass it, which let queues move. Last in the channel's pipeline, on its event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Broker broker;
    private final Access access;
    private Channel channel;
    private InetSocketAddress address;
    private long sinceMillis;
    private ClientTraffic traffic = new ClientTraffic();
    private PacketsOut out;
    private InboundLine line;
    private KeepAlive keepAlive;
    private ConnectedClient client;
    private Session session;
    private Outbound outbound;
    private InboundPublish inbound;
    private Will will;
    private boolean closed;

    /** @param access what its listener asks of clients */
    Connection(Broker broker, Access access) {
        this.broker = broker;
        this.access = access;
    }

    // ---- from the channel -------------------------------------------------------------------------------------------

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        address = (InetSocketAddress) channel.remoteAddress();
        sinceMillis = System.currentTimeMillis();
        out = new PacketsOut(broker, this, channel);
        line = new InboundLine(broker, channel, this::dispatch, this::close);
        keepAlive = new KeepAlive(this, broker.loop(), broker.limits().connections().connectTimeoutMillis());
        broker.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        MqttMessage packet = (MqttMessage) message;
        if (closed) {
            ReferenceCountUtil.release(packet);
        } else if (packet.decoderResult().isFailure()) {
            ReferenceCountUtil.release(packet);
            malformed(String.valueOf(packet.decoderResult().cause()));
        } else {
            keepAlive.packetArrived();
            if (broker.traces().isOpen()) {
                broker.traces().in(this, packet);
            }
            if (isAnswer(packet) && session != null) {
                dispatch(packet);
            } else {
                line.add(packet);
            }
        }
    }

    /** What moves our own deliveries forward does not wait behind a PUBLISH that waits for room. */
    private static boolean isAnswer(MqttMessage packet) {
        MqttMessageType type = packet.fixedHeader().messageType();
        return type == MqttMessageType.PUBACK || type == MqttMessageType.PUBREC || type == MqttMessageType.PUBCOMP
                || type == MqttMessageType.PINGREQ;
    }

    /** Stops working on packets until {@link #proceed}. */
    void hold() {
        line.hold();
    }

    void proceed() {
        line.proceed();
    }

    private void dispatch(MqttMessage packet) {
        switch (packet.fixedHeader().messageType()) {
            case CONNECT -> broker.connectHandler().connect(this, (MqttConnectMessage) packet);
            case PUBLISH -> inbound.publish((MqttPublishMessage) packet);
            case PUBREL -> inbound.pubrel(packetId(packet));
            case PUBACK -> outbound.puback(packetId(packet));
            case PUBREC -> outbound.pubrec(packetId(packet));
            case PUBCOMP -> outbound.pubcomp(packetId(packet));
            case SUBSCRIBE -> broker.subscribeHandler().subscribe(this, (MqttSubscribeMessage) packet);
            case UNSUBSCRIBE -> broker.subscribeHandler().unsubscribe(this, (MqttUnsubscribeMessage) packet);
            case PINGREQ -> out.write(MqttMessage.PINGRESP);
            case DISCONNECT -> {
                if (will != null) {
                    new WillPublication(broker, will).clear();                                          // [MQTT-3.14.4-3]
                    will = null;
                }
                close("DISCONNECT");
            }
            case CONNACK, SUBACK, UNSUBACK, PINGRESP, AUTH -> malformed("a client does not send "
                    + packet.fixedHeader().messageType());
        }
    }

    private static int packetId(MqttMessage packet) {
        return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof MalformedPacketException malformed) {
            malformed(malformed.getMessage());
        } else if (event == PacketGate.UNSUPPORTED_LEVEL) {
            refuse(MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (outbound != null && channel.isWritable()) {
            outbound.pump();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        line.readComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close("the client closed the network connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException && isOfThePeer(cause.getCause())) {
            close("the network connection failed: " + cause.getMessage());
        } else {
            LOG.error("Connection of {} failed", this, cause);
            close("an error of the server");
        }
    }

    /** What a transport could not read: Netty's own exceptions have no cause, or one of the TLS library. */
    private static boolean isOfThePeer(Throwable cause) {
        return cause == null || cause instanceof IOException;
    }

    // ---- its life ---------------------------------------------------------------------------------------------------

    boolean isOpen() {
        return !closed;
    }

    /** Whether packets could arrive; while we do not read, silence is not the client's. */
    boolean isReading() {
        return channel.config().isAutoRead();
    }

    Access access() {
        return access;
    }

    /** Who it is by the certificate of its TLS handshake; null without one. */
    Identity certificateIdentity() {
        return access.plain() ? null : channel.attr(TlsEntry.IDENTITY).get();
    }

    InetSocketAddress address() {
        return address;
    }

    /** When it was opened: milliseconds since 1970. */
    long sinceMillis() {
        return sinceMillis;
    }

    int keepAliveSeconds() {
        return keepAlive.seconds();
    }

    Will will() {
        return will;
    }

    /** Whether the client's packets wait for something here. */
    boolean isHoldingBack() {
        return line.isHoldingBack();
    }

    /** What passes here is counted in this. */
    ClientTraffic traffic() {
        return traffic;
    }

    /** Where answers and messages go. */
    PacketsOut out() {
        return out;
    }

    ConnectedClient client() {
        return client;
    }

    Session session() {
        return session;
    }

    /** The CONNECT says who it is; the policy is about to be asked about it. */
    void named(ConnectedClient as) {
        client = as;
    }

    /** The CONNECT is accepted: from now on there is a session, and a will if the client left one. */
    void accepted(ConnectedClient as, Session with, Outbound sender, Will leaves, int keepAliveSeconds) {
        broker.counters().add(Counter.CONNECTS_ACCEPTED, 1);
        client = as;
        session = with;
        outbound = sender;
        inbound = new InboundPublish(this, with, broker);
        will = leaves;
        with.traffic().add(traffic);
        traffic = with.traffic();
        line.limitRate();
        keepAlive.connected(keepAliveSeconds);
    }

    /** The client broke the protocol [MQTT-4.8.0-1]. */
    private void malformed(String what) {
        LOG.debug("{} breaks the protocol: {}", this, what);
        close(what);
    }

    /** Something of ours failed: the client connects again and repeats what was not acknowledged [MQTT-4.8.0-2]. */
    void fail(String why) {
        close(why);
    }

    void refuse(MqttConnectReturnCode code) {
        if (closed) {
            return;
        }
        LOG.debug("{} is refused: {}", this, code);
        broker.counters().add(Counter.CONNECTIONS_REFUSED, 1);
        closed = true;
        leave();
        out.refuse(code);
    }

    /** Ends the connection, publishing the will if it is still there. */
    void close(String why) {
        if (closed) {
            return;
        }
        LOG.debug("{} ends: {}", this, why);
        if (broker.traces().isOpen()) {
            broker.traces().note(this, "CLOSE", "", why);
        }
        closed = true;
        leave();
        if (channel.isActive()) {
            channel.flush();
        }
        channel.close();
    }

    private void leave() {
        keepAlive.stop();
        line.close();
        if (inbound != null) {
            inbound.close();
        }
        if (outbound != null) {
            outbound.close();
        }
        Will last = will;
        will = null;
        broker.left(this, last);
    }

    @Override
    public String toString() {
        return (client == null ? "a client" : client.clientId()) + " at " + address;
    }
}
