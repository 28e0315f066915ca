// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.IdleTimeout;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listener free for those who want something. A look every second at what Jetty knows of its connections, so that
 * requests themselves cost nothing: a request whose head or body comes too slowly ends its connection (Jetty's idle timeout
 * alone is content with a byte a minute), so does HTTP/2 without a request (pings are no request, nor is a head that never
 * ends), and where there are too many connections, those that have been idle longest make room for new ones. Slow bodies on
 * one stream of many are {@link StreamWatch}'s. {@link #look} on one thread, the rest on any.
 */
final class ConnectionWatch implements Connection.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatch.class);
    private static final int ROOM_PARTS = 20;

    private final ServerConnector connector;
    private final ListenerLimits limits;
    private final LongSupplier nanos;
    private final AtomicInteger open = new AtomicInteger();
    private Map<EndPoint, Reception> receptions = new HashMap<>();

    /** A connection whose next request was not complete when it was looked at. */
    private record Reception(long message, long since, long bytes) {
    }

    /** @param nanos the time */
    ConnectionWatch(ServerConnector connector, ListenerLimits limits, LongSupplier nanos) {
        this.connector = connector;
        this.limits = limits;
        this.nanos = nanos;
    }

    @Override
    public void onOpened(Connection connection) {
        if (isOuter(connection) && open.incrementAndGet() > limits.connections()) {
            makeRoom(connection.getEndPoint());
        }
    }

    @Override
    public void onClosed(Connection connection) {
        if (isOuter(connection)) {
            open.decrementAndGet();
        }
    }

    /** Not what is inside of TLS, and not what HTTP/2 and ALPN put in its place. */
    private static boolean isOuter(Connection connection) {
        return connection instanceof SslConnection
                || connection instanceof HttpConnection && !(connection.getEndPoint() instanceof EndPoint.Wrapper);
    }

    int open() {
        return open.get();
    }

    /** Closes the twentieth part that has been idle longest; without any idle one, the newcomer. */
    private void makeRoom(EndPoint newcomer) {
        List<EndPoint> idle = new ArrayList<>();
        for (EndPoint endPoint : connector.getConnectedEndPoints()) {
            if (endPoint != newcomer && isIdle(inner(endPoint)) && endPoint instanceof IdleTimeout) {
                idle.add(endPoint);
            }
        }
        idle.sort(Comparator.comparingLong(endPoint -> -((IdleTimeout) endPoint).getIdleFor()));
        int room = Math.max(1, limits.connections() / ROOM_PARTS);
        List<EndPoint> leaving = idle.isEmpty() ? List.of(newcomer) : idle.subList(0, Math.min(room, idle.size()));
        LOG.debug("{} connections are too many; {} are closed", open, leaving.size());
        leaving.forEach(EndPoint::close);
    }

    private static boolean isIdle(Connection connection) {
        return connection instanceof HttpConnection http ? http.getParser().isStart() && http.isRequestBufferEmpty()
                : connection instanceof HTTP2Connection http2 && http2.getSession().getStreams().isEmpty();
    }

    /** The connection on an end point, or inside of its TLS. */
    private static Connection inner(EndPoint endPoint) {
        Connection connection = endPoint.getConnection();
        return connection instanceof SslConnection secured ? secured.getSslEndPoint().getConnection() : connection;
    }

    /** Ends what comes too slowly. */
    void look() {
        Collection<EndPoint> all = connector.getConnectedEndPoints();
        long now = nanos.getAsLong();
        Map<EndPoint, Reception> still = new HashMap<>();
        for (EndPoint endPoint : all) {
            Connection connection = inner(endPoint);
            if (!isAwaited(connection)) {
                continue;
            }
            Reception before = receptions.get(endPoint);
            Reception reception = before != null && before.message == connection.getMessagesIn() ? before
                    : new Reception(connection.getMessagesIn(), now, connection.getBytesIn());
            if (!isTooSlow(reception, now, connection) || saysGoodbye(connection)) {
                still.put(endPoint, reception);
            } else {
                LOG.debug("{} sends its request too slowly", endPoint.getRemoteSocketAddress());
                endPoint.close(new TimeoutException("the request came too slowly"));
            }
        }
        receptions = still;
    }

    /** Of HTTP/2 the end is announced, once: what crosses with it the client may send again. */
    private static boolean saysGoodbye(Connection connection) {
        return connection instanceof HTTP2Connection http2
                && http2.getSession().close(ErrorCode.NO_ERROR.code, "no request for too long", Callback.NOOP);
    }

    /** Whether a request has begun and is not complete; of HTTP/2, whether there is none. */
    private static boolean isAwaited(Connection connection) {
        return connection instanceof HttpConnection http ? isReceiving(http.getParser())
                : connection instanceof HTTP2Connection && isIdle(connection);
    }

    private static boolean isReceiving(HttpParser parser) {
        return !parser.isStart() && !parser.isIdle() && (parser.inHeaderState() || parser.inContentState());
    }

    private boolean isTooSlow(Reception reception, long now, Connection connection) {
        long millis = (now - reception.since) / 1_000_000;
        return connection instanceof HttpConnection ? limits.isTooSlow(millis, connection.getBytesIn() - reception.bytes)
                : millis > limits.idleMillis();
    }
}
