// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.ObservableResource;

import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;

/**
 * One client that observes one container's latest instance. Notifications that follow each other closely, and every tenth,
 * are confirmable: so they come no faster than the client acknowledges them (what is newer takes the place of what waits),
 * and a client that is gone is noticed; where nothing changes, by one an hour that says the same again (RFC 7641 4.5: at least
 * every 24 hours). Any thread; notifications leave on the exchange's own.
 */
final class Observation implements ObservableResource {
    /** A client is told to ask anew if it hears nothing for so long: it may be that this node was restarted. */
    static final int MAX_AGE_SECONDS = 600;
    /** RFC 7641 4.5.1: more often than this only if the other side acknowledges. */
    private static final long UNCONFIRMED_EVERY_NANOS = Duration.ofSeconds(3).toNanos();
    private static final int CONFIRMED_EVERY = 10;
    private static final long CONFIRMED_AFTER_NANOS = Duration.ofHours(1).toNanos();

    private final Observations observations;
    private final String container;
    private final Peer peer;
    private final Question question;
    private final Exchange exchange;
    private final LongSupplier nanoClock;
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile boolean ended;
    private boolean begun;
    private byte[] last = {};
    private long lastSent;
    private long lastConfirmed;
    private int sequence;

    /**
     * What the client asked, to be asked again.
     *
     * @param request as it came
     * @param form    how it wants the answer written
     * @param key     of the block-wise transfers of the answers
     */
    record Question(Request request, RequestPrimitive primitive, CoapResponseWriter.Form form, TransferKey key) {
    }

    Observation(Observations observations, String container, Peer peer, Question question, Exchange exchange,
            LongSupplier nanoClock) {
        this.observations = observations;
        this.container = container;
        this.peer = peer;
        this.question = question;
        this.exchange = exchange;
        this.nanoClock = nanoClock;
    }

    String container() {
        return container;
    }

    Peer peer() {
        return peer;
    }

    Question question() {
        return question;
    }

    /** Notes what the first answer says. */
    synchronized void answered(Response coap) {
        last = coap.getPayload();
        lastSent = nanoClock.getAsLong();
        lastConfirmed = lastSent;
        coap.getOptions().setMaxAge(MAX_AGE_SECONDS);
    }

    /** Whether the client has been asked nothing for so long that it may be gone. */
    synchronized boolean isUncertain() {
        return nanoClock.getAsLong() - lastConfirmed > CONFIRMED_AFTER_NANOS;
    }

    /** Whether the question is to be asked; if it is about to be asked anyway, not another time. */
    boolean wants() {
        return due.compareAndSet(false, true);
    }

    /** The question is asked now: what happens from now on, it may not see. */
    void asked() {
        due.set(false);
    }

    /** Sends what differs from what the client has, or the same to see whether the client is there. */
    void tell(ResponsePrimitive response, CoapResponses responses) {
        Response coap = responses.write(question.request(), response, question.primitive().operation(), question.form());
        exchange.execute(() -> {
            if (!ended && leaves(coap)) {
                exchange.sendResponse(cut(coap));
            }
        });
    }

    private synchronized boolean leaves(Response coap) {
        boolean uncertain = isUncertain();
        if (coap.isSuccess() && Arrays.equals(last, coap.getPayload()) && !uncertain) {
            return false;
        }
        long now = nanoClock.getAsLong();
        last = coap.getPayload();
        sequence++;
        boolean confirmed = now - lastSent < UNCONFIRMED_EVERY_NANOS || sequence % CONFIRMED_EVERY == 0 || uncertain
                || !coap.isSuccess();
        coap.setType(confirmed ? Type.CON : Type.NON);
        lastSent = now;
        lastConfirmed = confirmed ? now : lastConfirmed;
        return true;
    }

    private Response cut(Response coap) {
        if (coap.isSuccess()) {
            coap.getOptions().setMaxAge(MAX_AGE_SECONDS);
        }
        Response message = observations.cut(this, coap);
        message.setType(coap.getType());
        return message;
    }

    @Override
    public String getURI() {
        return question.primitive().to();
    }

    /** Decided with each notification; the first answer goes the way of any answer. */
    @Override
    public Type getObserveType() {
        return null;
    }

    @Override
    public synchronized int getNotificationSequenceNumber() {
        return sequence & 0xff_ffff;
    }

    @Override
    public boolean isObservable() {
        return true;
    }

    /** On another thread it may have ended before. */
    @Override
    public synchronized void addObserveRelation(ObserveRelation relation) {
        if (!ended && !begun) {
            begun = true;
            observations.begun(this);
        }
    }

    @Override
    public synchronized void removeObserveRelation(ObserveRelation relation) {
        if (!ended && begun) {
            observations.ended(this);
        }
        ended = true;
    }

    @Override
    public int getObserverCount() {
        return ended ? 0 : 1;
    }
}
