// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/** Counts what is written to the network, in all and for the client. One per channel, on its event loop. */
final class BytesOut extends ChannelOutboundHandlerAdapter {
    private final Counters counters;
    private final Connection connection;

    BytesOut(Counters counters, Connection connection) {
        this.counters = counters;
        this.connection = connection;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            counters.add(Counter.BYTES_OUT, bytes.readableBytes());
            connection.traffic().bytesOut(bytes.readableBytes());
        }
        ctx.write(message, promise);
    }
}
