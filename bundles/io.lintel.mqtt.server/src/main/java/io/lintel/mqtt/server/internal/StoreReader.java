// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pages of queues from the store on a thread of its own, which exists only while there is something to read,
 * and brings them to the event loop. A session asks for one page at a time, so the line is as long as there are
 * connections at most.
 */
final class StoreReader {
    private static final Logger LOG = LoggerFactory.getLogger(StoreReader.class);
    private static final long IDLE_SECONDS = 10;

    private final SessionStore store;
    private final EventLoop loop;
    private final ExecutorService thread;

    StoreReader(SessionStore store, EventLoop loop, int mostWaiting) {
        this(store, loop, thread(mostWaiting));
    }

    /** @param thread on which the store may block; it ends with this reader */
    StoreReader(SessionStore store, EventLoop loop, ExecutorService thread) {
        this.store = store;
        this.loop = loop;
        this.thread = thread;
    }

    private static ExecutorService thread(int mostWaiting) {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(mostWaiting), task -> DaemonThreads.create("lintel-mqttserver-reader", task));
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /** Takes a page on the event loop; {@code failure} is null when it was read. */
    interface Taker {
        void take(List<QueuedMessage> page, Throwable failure);
    }

    void read(String clientId, long afterMessageId, int most, Taker taker) {
        try {
            thread.execute(() -> {
                try {
                    List<QueuedMessage> page = store.queue(clientId, afterMessageId, most);
                    loop.execute(() -> taker.take(page, null));
                } catch (RejectedExecutionException e) {
                    LOG.debug("The server ended before a page of the queue of {} was read", clientId);
                } catch (RuntimeException e) {
                    LOG.error("The queue of {} could not be read", clientId, e);
                    loop.execute(() -> taker.take(List.of(), e));
                }
            });
        } catch (RejectedExecutionException e) {
            loop.execute(() -> taker.take(List.of(), e));
        }
    }

    void close() {
        thread.shutdownNow();
    }
}
