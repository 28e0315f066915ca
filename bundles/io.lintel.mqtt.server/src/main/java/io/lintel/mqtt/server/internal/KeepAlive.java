// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which no packet arrives: before CONNECT after the connect timeout, then after one and a half
 * times the client's keep alive [MQTT-3.1.2-24]. Looks at a clock when its timer rings instead of moving the timer with
 * every packet. Belongs to the event loop.
 */
final class KeepAlive {
    private final Connection connection;
    private final EventLoop loop;
    private Future<?> timer;
    private long mostSilentNanos;
    private long lastPacket = System.nanoTime();

    KeepAlive(Connection connection, EventLoop loop, int connectTimeoutMillis) {
        this.connection = connection;
        this.loop = loop;
        timer = loop.schedule(() -> connection.close("no CONNECT in time"), connectTimeoutMillis, TimeUnit.MILLISECONDS);
    }

    void connected(int keepAliveSeconds) {
        timer.cancel(false);
        mostSilentNanos = TimeUnit.SECONDS.toNanos(keepAliveSeconds) * 3 / 2;
        lastPacket = System.nanoTime();
        if (keepAliveSeconds > 0) {
            ringIn(mostSilentNanos);
        }
    }

    /** As the client asked for. */
    int seconds() {
        return (int) TimeUnit.NANOSECONDS.toSeconds(mostSilentNanos * 2 / 3);
    }

    void packetArrived() {
        lastPacket = System.nanoTime();
    }

    private void ringIn(long nanos) {
        timer = loop.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        long left = connection.isReading() ? mostSilentNanos - (System.nanoTime() - lastPacket) : mostSilentNanos;
        if (left > 0) {
            ringIn(left);
        } else {
            connection.close("keep alive ran out");
        }
    }

    void stop() {
        timer.cancel(false);
    }
}
