// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a request's body on a stream of HTTP/2 to the listener's least rate, as {@link ConnectionWatch} does for whole
 * connections: here others go on being served by the same one, so the stream alone is refused with 408 and reset. A body that
 * is there at once costs nothing. On Jetty's scheduler.
 */
final class StreamWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWatch.class);
    private static final long LOOK_MILLIS = 1_000;

    private final Request request;
    private final BodyReader body;
    private final ListenerLimits limits;
    private final Scheduler scheduler;
    private final long since = System.nanoTime();
    private volatile Scheduler.Task next;

    StreamWatch(Request request, BodyReader body, ListenerLimits limits) {
        this.request = request;
        this.body = body;
        this.limits = limits;
        this.scheduler = request.getComponents().getScheduler();
    }

    void begin() {
        if (!body.result().isDone()) {
            next = scheduler.schedule(this, limits.receiveMillis(), TimeUnit.MILLISECONDS);
            body.result().whenComplete((bytes, failure) -> next.cancel());
        }
    }

    @Override
    public void run() {
        if (body.result().isDone()) {
            return;
        }
        if (limits.isTooSlow((System.nanoTime() - since) / 1_000_000, body.received())) {
            LOG.debug("{} {} comes too slowly", request.getMethod(), request.getHttpURI());
            request.fail(new BadMessageException(HttpStatus.REQUEST_TIMEOUT_408, "the body came too slowly"));
        } else {
            next = scheduler.schedule(this, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
