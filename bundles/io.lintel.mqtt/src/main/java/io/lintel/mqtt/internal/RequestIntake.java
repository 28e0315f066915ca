// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.RequestCustody;
import io.lintel.cse.api.RequestCustody.Receipt;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one connection, from arrival to the acknowledged response. Handed to the CSE in the order of
 * arrival, a bounded number at a time; the others wait, also while there is no CSE. A message's PUBACK goes when its
 * response has been published and acknowledged, or when the message is in custody on this node's disk
 * ({@link AcknowledgementLedger}); so after a crash anywhere in between either the server delivers it again, or it is
 * taken up from custody, before anything that comes later.
 *
 * <p>Requests come in on the library's callback thread, which runs the dispatch and never waits. A CSE's completion
 * comes on the CSE's own thread, which only hands over to the worker. The worker reads what waits on disk.
 */
final class RequestIntake {
    private static final Logger LOG = LoggerFactory.getLogger(RequestIntake.class);
    /** The response type {@code noResponse} (TS-0004 6.3.4.2.6). */
    private static final int NO_RESPONSE = 5;

    private final String holder;
    private final RequestReader reader;
    private final Repetitions repetitions;
    private final AcknowledgementLedger ledger;
    private final Outbox outbox;
    private final Executor worker;
    private final Limits limits;
    private final Runnable overflow;

    private final RequestBacklog waiting;
    private final Set<Exchange> inProgress = new LinkedHashSet<>();
    private final Map<String, Exchange> byDeliveryKey = new HashMap<>();
    /** Let go while there was no CSE. */
    private final List<Receipt> toRelease = new ArrayList<>();
    private Optional<Cse> cse = Optional.empty();
    private RequestCustody custody = RequestCustody.NONE;
    private boolean takenUp;
    private boolean fetching;
    private boolean closed;
    private boolean overflowed;
    private int refusals;
    private final AtomicInteger dispatching = new AtomicInteger();

    /**
     * @param inProgress how many requests may be with the CSE or on their way back
     * @param waiting    how many more may wait in memory
     * @param bytes      how many bytes of payload may wait there
     */
    record Limits(int inProgress, int waiting, long bytes) {
    }

    /**
     * @param holder   this connection's name in custody, the same after a restart
     * @param overflow called when no more can wait: the connection must stop reading until {@link #hasRoom()}
     */
    RequestIntake(String holder, RequestReader reader, Repetitions repetitions, AcknowledgementLedger ledger, Outbox outbox,
            Executor worker, Limits limits, Runnable overflow) {
        this.holder = holder;
        this.reader = reader;
        this.repetitions = repetitions;
        this.ledger = ledger;
        this.outbox = outbox;
        this.worker = worker;
        this.limits = limits;
        this.overflow = overflow;
        this.waiting = new RequestBacklog(limits.waiting(), limits.bytes());
    }

    /** Takes a request in. On the callback thread. */
    void accept(Topic topic, InboundMessage message) {
        Arrival arrival = new Arrival(topic, message);
        RequestBacklog.Place place;
        synchronized (this) {
            if (closed) {
                return;
            }
            place = overflowed ? RequestBacklog.Place.NONE : waiting.add(arrival, custody != RequestCustody.NONE);
            overflowed |= place == RequestBacklog.Place.NONE && message.qos() > 0;
        }
        if (place == RequestBacklog.Place.NONE) {
            LOG.debug("{}: no room for a request on {}", message.qos() == 0 ? "refused" : "left unacknowledged", topic);
            if (message.qos() == 0) {
                refuseBusy(arrival);
            } else {
                overflow.run();
            }
            return;
        }
        ledger.entrustable(message.ticket(), () -> keep(arrival));
        if (place == RequestBacklog.Place.TO_CUSTODY) {
            ledger.entrustAll();
        }
        dispatch();
    }

    private CompletionStage<Void> keep(Arrival arrival) {
        RequestCustody present;
        synchronized (this) {
            present = custody;
        }
        return present.keep(holder, arrival.envelope(), arrival.message().payload()).thenAccept(receipt -> {
            arrival.kept(receipt, this::release);
            synchronized (this) {
                waiting.spill();
            }
        });
    }

    private void release(Receipt receipt) {
        RequestCustody present;
        synchronized (this) {
            present = custody;
            if (present == RequestCustody.NONE) {
                toRelease.add(receipt);
            }
        }
        present.release(receipt);
    }

    /** What is sent with QoS 0 is not delivered again: the sender is told, unless too many have to be. */
    private void refuseBusy(Arrival arrival) {
        synchronized (this) {
            if (refusals >= limits.waiting()) {
                return;
            }
            refusals++;
        }
        RequestReader.Reading reading = reader.read(arrival.topic(), arrival.message().payload(), "");
        ResponsePrimitive refusal = reading.refusal().orElseGet(() -> Busy.refusal(reading.request().orElseThrow(),
                "too many requests wait here; what is sent with QoS 1 waits at the MQTT server"));
        publish(arrival.topic(), reading.format(), refusal, () -> refused(arrival));
    }

    /** Whether a connection that stopped for an overflow may read again. */
    synchronized boolean hasRoom() {
        return waiting.hasRoom();
    }

    /** A CSE has come: what was not answered by the one before is asked again, then what waited. On the worker. */
    void cseArrived(Cse newCse) {
        List<Exchange> unanswered;
        List<Receipt> over;
        boolean first;
        RequestCustody arrived = newCse.custody();
        synchronized (this) {
            first = !takenUp && arrived != RequestCustody.NONE;
        }
        List<Receipt> earlier = first ? arrived.receipts(holder) : List.of();
        synchronized (this) {
            cse = Optional.of(newCse);
            custody = arrived;
            if (first) {
                takenUp = true;
                waiting.takeUp(earlier);
            }
            unanswered = inProgress.stream().filter(exchange -> !exchange.isAnswered()).toList();
            over = List.copyOf(toRelease);
            toRelease.clear();
        }
        if (!earlier.isEmpty()) {
            LOG.info("{}: {} requests that were acknowledged before they were answered are taken up", holder, earlier.size());
        }
        over.forEach(arrived::release);
        unanswered.forEach(exchange -> ask(newCse, exchange));
        dispatch();
    }

    synchronized void cseLeft() {
        cse = Optional.empty();
        custody = RequestCustody.NONE;
    }

    /** Ends it: what is not answered stays unacknowledged at the server, or in custody. */
    synchronized void close() {
        closed = true;
    }

    /** The connection is gone: the server delivers again whatever was not acknowledged, so nothing has to wait here. */
    void connectionLost() {
        List<Arrival> gone;
        synchronized (this) {
            overflowed = false;
            gone = waiting.withdraw();
        }
        gone.forEach(arrival -> arrival.over(this::release));
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
                if (closed || cse.isEmpty() || inProgress.size() + refusals >= limits.inProgress()) {
                    return;
                }
                fetchIfWanted();
                Optional<Arrival> inMemory = waiting.next();
                if (inMemory.isEmpty()) {
                    return;
                }
                next = inMemory.get();
                target = cse.get();
            }
            try {
                begin(target, next);
            } catch (RuntimeException e) {
                LOG.error("request on {} could not be handled", next.topic(), e);
                over(List.of(next));
            }
        }
    }

    /** With the lock held. */
    private void fetchIfWanted() {
        Optional<Receipt> from = fetching ? Optional.empty() : waiting.wantedPage();
        if (from.isPresent()) {
            fetching = true;
            RequestCustody present = custody;
            int size = waiting.pageSize();
            worker.execute(() -> fetch(present, from.get(), size));
        }
    }

    private void fetch(RequestCustody from, Receipt first, int size) {
        try {
            List<RequestCustody.Held> page = from.held(holder, first, size);
            synchronized (this) {
                if (custody == from) {
                    waiting.page(first, page);
                }
                fetching = false;
            }
        } catch (RuntimeException e) {
            LOG.error("{}: what waits in custody could not be read; it is tried again", holder, e);
            synchronized (this) {
                fetching = false;
            }
            return;
        }
        dispatch();
    }

    /** To be called now and then: what could not be fetched from disk is tried again. */
    void look() {
        goOn();
    }

    private void begin(Cse target, Arrival arrival) {
        InboundMessage message = arrival.message();
        String deliveryKey = message.deliveryKey(repetitions.areNone(arrival.topic().originator()));
        synchronized (this) {
            Exchange same = byDeliveryKey.get(deliveryKey);
            if (same != null && message.duplicate()) {
                same.arrivals().add(arrival);
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
            publish(arrival.topic(), reading.format(), refusal, () -> refused(arrival));
            return;
        }
        Exchange exchange = new Exchange(arrival, reading);
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
            target.handle(exchange.request(), exchange.hop()).whenComplete((response, failure) -> {
                ResponsePrimitive answer = failure == null ? response : broken(exchange, failure);
                if (Thread.currentThread() == asking && !returned[0]) {
                    answer(target, exchange, answer);
                } else {
                    worker.execute(() -> answer(target, exchange, answer));
                }
            });
        } catch (RuntimeException e) {
            answer(target, exchange, broken(exchange, e));
        } finally {
            returned[0] = true;
        }
    }

    private static ResponsePrimitive broken(Exchange exchange, Throwable failure) {
        LOG.error("request {} of {} failed", exchange.request().requestIdentifier(), exchange.hop().peer(), failure);
        return ResponsePrimitive.refusal(exchange.request(),
                new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR,
                        "the CSE failed on this request; its log says why"));
    }

    /** What a CSE says that has left is not taken: it may have given up at its end, and the next one is asked again. */
    private void answer(Cse from, Exchange exchange, ResponsePrimitive response) {
        synchronized (this) {
            if (closed || cse.filter(present -> present == from).isEmpty() || !exchange.answer()) {
                return;
            }
        }
        if (exchange.request().responseType() == NO_RESPONSE) {
            finished(exchange);
        } else {
            publish(exchange.topic(), exchange.format(), response, () -> finished(exchange));
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

    private void refused(Arrival arrival) {
        synchronized (this) {
            refusals--;
        }
        over(List.of(arrival));
        goOn();
    }

    private void finished(Exchange exchange) {
        List<Arrival> arrivals;
        synchronized (this) {
            inProgress.remove(exchange);
            byDeliveryKey.remove(exchange.hop().deliveryKey().orElseThrow(), exchange);
            arrivals = List.copyOf(exchange.arrivals());
        }
        over(arrivals);
        goOn();
    }

    private void over(List<Arrival> arrivals) {
        arrivals.forEach(arrival -> {
            ledger.done(arrival.message().ticket());
            arrival.over(this::release);
        });
    }

    private synchronized void goOn() {
        if (!waiting.isEmpty()) {
            worker.execute(this::dispatch);
        }
    }
}
