// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration.Trace;
import io.lintel.mqtt.server.TraceEvent;
import io.lintel.mqtt.server.TraceFilter;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One trace: a filter, a buffer and a thread that feeds the consumer. The event loop puts events into the buffer and
 * never waits; what does not fit is counted.
 */
final class OpenTrace implements Trace {
    private static final Logger LOG = LoggerFactory.getLogger(OpenTrace.class);
    private static final int BUFFERED = 1_000;

    private final GlobPattern clients;
    private final String topicFilter;
    private final int payloadBytes;
    private final Consumer<TraceEvent> consumer;
    private final Consumer<OpenTrace> whenClosed;
    private final BlockingQueue<TraceEvent> buffer = new ArrayBlockingQueue<>(BUFFERED);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;

    OpenTrace(TraceFilter filter, Consumer<TraceEvent> consumer, Consumer<OpenTrace> whenClosed) {
        clients = filter.clientId().isEmpty() ? null : new GlobPattern(filter.clientId());
        topicFilter = filter.topicFilter();
        payloadBytes = filter.payloadBytes();
        this.consumer = consumer;
        this.whenClosed = whenClosed;
        thread = DaemonThreads.create("lintel-mqttserver-trace", this::feed);
        thread.start();
    }

    /** On the event loop. */
    void show(PacketEvent event) {
        if ((clients == null || clients.matches(event.clientId())) && (topicFilter.isEmpty() || event.isAbout(topicFilter))
                && !buffer.offer(event.toTraceEvent(payloadBytes))) {
            dropped.incrementAndGet();
        }
    }

    private void feed() {
        try {
            while (!closed.get()) {
                consumer.accept(buffer.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();   // closed
        } catch (RuntimeException e) {
            LOG.warn("A trace ends, since what it shows to failed", e);
            close();
        }
    }

    @Override
    public boolean isOpen() {
        return !closed.get();
    }

    @Override
    public long dropped() {
        return dropped.get();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            thread.interrupt();
            whenClosed.accept(this);
        }
    }
}
