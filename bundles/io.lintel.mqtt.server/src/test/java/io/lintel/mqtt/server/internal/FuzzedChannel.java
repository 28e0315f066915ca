// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A channel without network, whose other end may stop reading. */
final class FuzzedChannel extends EmbeddedChannel {
    private static final SocketAddress FROM = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);

    private boolean stalled;

    FuzzedChannel(ChannelHandler... handlers) {
        super(handlers);
    }

    /** While it is stalled, what is written stays in the channel. */
    void stalled(boolean now) {
        stalled = now;
        if (!now && isOpen()) {
            unsafe().flush();
        }
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return FROM;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        if (!stalled) {
            super.doWrite(in);
        }
    }
}
