// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one connection, from arrival to the acknowledged response. Handed to the CSE in the order of
 * arrival, a bounded number at a time; the others wait, also while there is no CSE. A message's PUBACK goes when its
 * response has been published and acknowledged, so a crash anywhere in between makes the server deliver it again.
 *
 * <p>Requests come in on the library's callback thread, which runs the dispatch and never waits. A CSE's completion
 * comes on the CSE's own thread, which only hands over to the worker.
 */
final class RequestIntake {
    private static final Logger LOG = LoggerFactory.getLogger(RequestIntake.class);
    /** The response type {@code noResponse} (TS-0004 6.3.4.2.6). */
    private static final int NO_RESPONSE = 5;

    private final RequestReader reader;
    private final AcknowledgementLedger ledger;
    private final Outbox outbox;
    private final Executor worker;
    private final Limits limits;
    private final Runnable overflow;

    private final Queue<Arrival> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private final Set<Exchange> inProgress = new LinkedHashSet<>();
    private final Map<String, Exchange> byDeliveryKey = new HashMap<>();
    private Optional<Cse> cse = Optional.empty();
    private boolean closed;
    private boolean overflowed;
    private int refusals;
    private final AtomicInteger dispatching = new AtomicInteger();

    /**
     * @param inProgress how many requests may be with the CSE or on their way back
     * @param waiting    how many more may wait in memory
     * @param bytes      how many bytes of payload may wait
     */
    record Limits(int inProgress, int waiting, long bytes) {
    }

    private record Arrival(Topic topic, InboundMessage message) {
    }

    /** One request in progress. Guarded by the intake's lock. */
    private static final class Exchange {
        private final Topic topic;
        private final Serialization format;
        private final RequestPrimitive request;
        private final io.lintel.cse.api.Hop hop;
        private final List<AcknowledgementLedger.Ticket> tickets = new ArrayList<>(1);
        private boolean answered;

        private Exchange(Topic topic, RequestReader.Reading reading, AcknowledgementLedger.Ticket ticket) {
            this.topic = topic;
            this.format = reading.format();
            this.request = reading.request().orElseThrow();
            this.hop = reading.hop().orElseThrow();
            this.tickets.add(ticket);
        }
    }

    /** @param overflow called when no more can wait: the connection must stop reading until {@link #hasRoom()} */
    RequestIntake(RequestReader reader, AcknowledgementLedger ledger, Outbox outbox, Executor worker, Limits limits,
            Runnable overflow) {
        this.reader = reader;
        this.ledger = ledger;
        this.outbox = outbox;
        this.worker = worker;
        this.limits = limits;
        this.overflow = overflow;
    }

    /** Takes a request in. On the callback thread. */
    void accept(Topic topic, InboundMessage message) {
        boolean full = false;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (overflowed || waiting.size() >= limits.waiting() || waitingBytes + message.payload().length > limits.bytes()) {
                full = true;
                overflowed = true;
            } else {
                waiting.add(new Arrival(topic, message));
                waitingBytes += message.payload().length;
            }
        }
        if (full) {
            LOG.debug("{}: no room for a request on {}", message.qos() == 0 ? "dropped" : "left unacknowledged", topic);
            overflow.run();
            return;
        }
        dispatch();
    }

    /** Whether a connection that stopped for an overflow may read again. */
    synchronized boolean hasRoom() {
        return waiting.size() <= limits.waiting() / 2 && waitingBytes <= limits.bytes() / 2;
    }

    /** A CSE has come: what was not answered by the one before is asked again, then what waited. On the worker. */
    void cseArrived(Cse newCse) {
        List<Exchange> unanswered;
        synchronized (this) {
            cse = Optional.of(newCse);
            unanswered = inProgress.stream().filter(e -> !e.answered).toList();
        }
        unanswered.forEach(exchange -> ask(newCse, exchange));
        dispatch();
    }

    synchronized void cseLeft() {
        cse = Optional.empty();
    }

    /** Ends it: what is not answered stays unacknowledged at the server. */
    synchronized void close() {
        closed = true;
        waiting.clear();
        waitingBytes = 0;
    }

    /** The connection is gone: the server delivers again whatever was not acknowledged, so nothing has to wait here. */
    synchronized void connectionLost() {
        overflowed = false;
        waiting.removeIf(arrival -> arrival.message().qos() > 0);
        waitingBytes = waiting.stream().mapToLong(arrival -> arrival.message().payload().length).sum();
    }

    synchronized int inProgress() {
        return inProgress.size();
    }

    /** Hands waiting requests to the CSE, in order: one thread at a time, the others leave it a note. */
    private void dispatch() {
        if (dispatching.getAndIncrement() != 0) {
            return;
        }
        int notes = 1;
        do {
            dispatchWaiting();
            notes = dispatching.addAndGet(-notes);
        } while (notes != 0);
    }

    private void dispatchWaiting() {
        while (true) {
            Arrival next;
            Cse target;
            synchronized (this) {
                if (closed || cse.isEmpty() || waiting.isEmpty() || inProgress.size() + refusals >= limits.inProgress()) {
                    return;
                }
                next = waiting.remove();
                waitingBytes -= next.message().payload().length;
                target = cse.get();
            }
            try {
                begin(target, next);
            } catch (RuntimeException e) {
                LOG.error("request on {} could not be handled", next.topic(), e);
                ledger.done(next.message().ticket());
            }
        }
    }

    private void begin(Cse target, Arrival arrival) {
        InboundMessage message = arrival.message();
        String deliveryKey = message.deliveryKey();
        synchronized (this) {
            Exchange same = byDeliveryKey.get(deliveryKey);
            if (same != null && message.duplicate()) {
                same.tickets.add(message.ticket());
                return;
            }
        }
        RequestReader.Reading reading = reader.read(arrival.topic(), message.payload(), deliveryKey);
        if (reading.refusal().isPresent()) {
            ResponsePrimitive refusal = reading.refusal().get();
            LOG.debug("refused {} on {}: {}", refusal.statusCode(), arrival.topic(), refusal.content());
            synchronized (this) {
                refusals++;
            }
            publish(arrival.topic(), reading.format(), refusal, () -> refused(message.ticket()));
            return;
        }
        Exchange exchange = new Exchange(arrival.topic(), reading, message.ticket());
        synchronized (this) {
            inProgress.add(exchange);
            byDeliveryKey.put(deliveryKey, exchange);
        }
        ask(target, exchange);
    }

    private void ask(Cse target, Exchange exchange) {
        Thread asking = Thread.currentThread();
        boolean[] returned = new boolean[1];
        try {
            target.handle(exchange.request, exchange.hop).whenComplete((response, failure) -> {
                ResponsePrimitive answer = failure == null ? response : broken(exchange, failure);
                if (Thread.currentThread() == asking && !returned[0]) {
                    answer(exchange, answer);
                } else {
                    worker.execute(() -> answer(exchange, answer));
                }
            });
        } catch (RuntimeException e) {
            answer(exchange, broken(exchange, e));
        } finally {
            returned[0] = true;
        }
    }

    private static ResponsePrimitive broken(Exchange exchange, Throwable failure) {
        LOG.error("request {} of {} failed", exchange.request.requestIdentifier(), exchange.hop.peer(), failure);
        return ResponsePrimitive.refusal(exchange.request,
                new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR,
                        "the CSE failed on this request; its log says why"));
    }

    private void answer(Exchange exchange, ResponsePrimitive response) {
        synchronized (this) {
            if (exchange.answered || closed) {
                return;
            }
            exchange.answered = true;
        }
        if (exchange.request.responseType() == NO_RESPONSE) {
            finished(exchange);
        } else {
            publish(exchange.topic, exchange.format, response, () -> finished(exchange));
        }
    }

    private void publish(Topic request, Serialization format, ResponsePrimitive response, Runnable acknowledged) {
        byte[] payload;
        try {
            payload = PrimitiveCodec.of(format).encode(response);
        } catch (RuntimeException e) {
            LOG.error("the response to {} cannot be written as {}", response.requestIdentifier(), format.suffix(), e);
            payload = PrimitiveCodec.of(format).encode(
                    ResponsePrimitive.builder(ResponseStatusCode.INTERNAL_SERVER_ERROR, response.requestIdentifier()).build());
        }
        outbox.add(new Outbox.Message(request.answer(format).name(), payload, acknowledged));
    }

    private void refused(AcknowledgementLedger.Ticket ticket) {
        boolean more;
        synchronized (this) {
            refusals--;
            more = !waiting.isEmpty();
        }
        ledger.done(ticket);
        if (more) {
            worker.execute(this::dispatch);
        }
    }

    private void finished(Exchange exchange) {
        List<AcknowledgementLedger.Ticket> tickets;
        boolean more;
        synchronized (this) {
            inProgress.remove(exchange);
            byDeliveryKey.remove(exchange.hop.deliveryKey().orElseThrow(), exchange);
            tickets = List.copyOf(exchange.tickets);
            more = !waiting.isEmpty();
        }
        tickets.forEach(ledger::done);
        if (more) {
            worker.execute(this::dispatch);
        }
    }
}
