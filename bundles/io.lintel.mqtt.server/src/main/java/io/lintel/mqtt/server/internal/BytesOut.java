// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/** Counts what is written to the network. */
final class BytesOut extends ChannelOutboundHandlerAdapter {
    private final Counters counters;

    BytesOut(Counters counters) {
        this.counters = counters;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            counters.add(Counter.BYTES_OUT, bytes.readableBytes());
        }
        ctx.write(message, promise);
    }
}
