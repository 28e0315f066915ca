// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.UnreachableException;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundItem.Kind;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what waits for one target, in order, one item under way at a time. It is a state machine whose steps run on
 * the outbound side's executor, never two at once; between them no thread is held. It lives while the target has items.
 *
 * <pre>
 *            wake            items left
 *  (idle) ─────────► STEPPING ─────────► SENDING ──answer──► STEPPING
 *                      │  ▲                 │ unreachable
 *   nothing left:      ▼  │ removed         ▼
 *                   FLUSHING              PAUSING ──back-off over, or tryAgain──► STEPPING
 * </pre>
 */
final class OutboundDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundDelivery.class);

    /** How one item is sent. */
    interface Sending {
        /** @throws PrimitiveException if there is no way to the target now, or never (4000) */
        CompletionStage<ResponsePrimitive> send(OutboundItem item);
    }

    private enum State {
        IDLE, STEPPING, SENDING, FLUSHING, PAUSING, CLOSED
    }

    private final OutboundQueue queue;
    private final String target;
    private final ResourceStore store;
    private final OutboundPage page;
    private final Sending sending;
    private final OutboundSettings settings;
    private final OutboundCounters counters;
    private final Clock clock;

    private State state = State.IDLE;
    private boolean wokenMeanwhile;
    private int unremoved;
    private final OutboundRest rest = new OutboundRest();
    private final OutboundUrgency urgency = new OutboundUrgency();

    /** Touched by steps only, which exclude each other. */
    private final OutboundPatience patience = new OutboundPatience();
    private int failures;
    private long claimed;
    private boolean warned;

    OutboundDelivery(OutboundQueue queue, String target, ResourceStore store, Sending sending, OutboundSettings settings,
            OutboundCounters counters, Clock clock) {
        this.queue = queue;
        this.target = target;
        this.store = store;
        this.page = new OutboundPage(store, target);
        this.sending = sending;
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
    }

    String target() {
        return target;
    }

    /** There is something new on disk, at this place. Immediate (now), it waits for no pause; it may be tried already. */
    synchronized void wake(long place, boolean now) {
        page.put(place);
        if (now) {
            urgency.immediate(place);
        }
        if (state == State.IDLE) {
            stepNext();
        } else {
            wokenMeanwhile = true;
            if (urgency.hasImmediate() && state == State.PAUSING) {
                stepNext();
            }
        }
    }

    /** Somebody took an item out. */
    void readAgain() {
        page.takenOut();
    }

    /** The pause after a failure, if there is one, ends now; if an attempt is under way, it is followed by no pause. */
    synchronized void tryAgain() {
        if (state == State.PAUSING) {
            urgency.heeded();
            stepNext();
        } else if (state == State.SENDING) {
            urgency.sign();
        }
    }

    /** So is the item of this number off the disk; said before others may claim it. */
    void offDisk(long sequence) {
        page.offDisk(sequence);
    }

    /** What it is doing, for a person. */
    synchronized OutboundRest.Activity activity() {
        return rest.activity(state == State.PAUSING);
    }

    synchronized void close() {
        state = State.CLOSED;
        rest.end();
    }

    /** Whether nothing is left to do; asked by the queue while it holds this target's place. */
    synchronized boolean mayEnd() {
        return state == State.IDLE && unremoved == 0;
    }

    /** So many items of this target are off the disk now. */
    synchronized void removed(int count) {
        unremoved -= count;
        if (state == State.FLUSHING && unremoved == 0) {
            stepNext();
        }
    }

    private synchronized void stepNext() {
        if (state != State.CLOSED) {
            state = State.STEPPING;
            rest.end();
            queue.execute(this::step);
        }
    }

    private synchronized boolean enter(State next) {
        if (state == State.CLOSED) {
            return false;
        }
        state = next;
        return true;
    }

    private void step() {
        try {
            OutboundItem item = nextItem();
            if (item != null) {
                deliver(item);
            }
        } catch (RuntimeException e) {
            interrupted(e);
        }
    }

    private void interrupted(RuntimeException e) {
        synchronized (this) {
            if (state == State.CLOSED) {
                LOG.debug("delivery to {} ends", target, e);
                return;
            }
        }
        LOG.error("delivery to {} is interrupted", target, e);
        queue.claims().release(claimed);
        pauseAfterFailure();
    }

    /** The next item worth sending; null after having entered another state because there is none now. */
    private OutboundItem nextItem() {
        while (true) {
            if (queue.isHeld(target)) {
                rest(Optional.empty());
                return null;
            }
            OutboundItem item = page.peek();
            if (item == null) {
                end();
                return null;
            }
            Optional<Instant> opens = item.rank() == EventCategory.IMMEDIATE ? Optional.empty() : queue.asleepUntil(target);
            if (opens.isPresent() && item.expiration() > clock.millis()) {
                rest(opens);
                return null;
            }
            if (!queue.claims().claim(item.sequence())) {
                // sent and not yet off the disk, or somebody is about to take it out
                page.pass();
                continue;
            }
            if (page.isStale()) {
                queue.claims().release(item.sequence());
                continue;
            }
            claimed = item.sequence();
            if (item.expiration() <= clock.millis()) {
                give(item, OutboundCounters.NOTIFICATIONS_EXPIRED, Optional.of(OutboundQueue.refusal(item,
                        ResponseStatusCode.REQUEST_TIMEOUT, "it expired while it waited for " + target)));
                if (!warned) {
                    warned = true;
                    LOG.warn("{} could not be reached in time: what waits too long for it is given up", target);
                }
            } else if (!queue.isWanted(item)) {
                give(item, OutboundCounters.NOTIFICATIONS_SUPERSEDED, Optional.empty());
            } else {
                return item;
            }
        }
    }

    /** Held back by an administrator or, with a time, by the receiver's schedule. An end just before this woke nobody yet. */
    private void rest(Optional<Instant> opens) {
        page.clear();
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            state = State.PAUSING;
            rest.held();
            opens.ifPresent(rest::asleep);
        }
        if (opens.isEmpty() ? !queue.isHeld(target) : !queue.asleepUntil(target).equals(opens)) {
            tryAgain();
        }
    }

    /** It goes on if its receiver can be reached again. Called every second or so. */
    synchronized void look(Instant now) {
        if (rest.isOver(now)) {
            tryAgain();
        }
    }

    /**
     * Nothing follows the last item read. What was sent has to be off the disk before this object is forgotten, or a
     * successor would send it again; then the queue is read from its beginning once more.
     */
    private void end() {
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            if (unremoved > 0) {
                state = State.FLUSHING;
                page.restart();
                return;
            }
            if (!page.isAtBeginning() || wokenMeanwhile) {
                page.restart();
                wokenMeanwhile = false;
                stepNext();
                return;
            }
            state = State.IDLE;
        }
        queue.idle(this);
    }

    private void deliver(OutboundItem item) {
        if (!enter(State.SENDING)) {
            return;
        }
        if (item.rank() == EventCategory.IMMEDIATE) {
            synchronized (this) {
                urgency.immediateTried(item.sequence());
            }
        }
        CompletionStage<ResponsePrimitive> answer;
        try {
            answer = sending.send(item);
        } catch (PrimitiveException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((response, failure) -> queue.execute(() -> {
            try {
                answered(item, response, failure);
            } catch (RuntimeException e) {
                interrupted(e);
            }
        }));
    }

    private void answered(OutboundItem item, ResponsePrimitive response, Throwable failure) {
        if (failure != null) {
            failed(item, failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
        } else if (response.isSuccess()) {
            if (warned) {
                LOG.info("{} is reached again", target);
            }
            warned = false;
            reached();
            trouble("");
            give(item, OutboundCounters.NOTIFICATIONS_SENT, OutboundPatience.result(response));
            afterDelivered(item);
        } else if (patience.mayChange(item, response)) {
            pause(item, "answers " + response.statusCode());
        } else {
            refused(item, "answers " + response.statusCode(), response);
        }
    }

    private synchronized void reached() {
        failures = 0;
        urgency.heeded();
    }

    /** A counted subscription may just have ended, a link been made: the next item waits until that is known. */
    private void afterDelivered(OutboundItem item) {
        boolean counted = item.kind() == Kind.ANNOUNCEMENT || !item.reason().isEmpty()
                && store.byId(item.reason()).filter(subscription -> subscription.attributes().has("exc")).isPresent();
        synchronized (this) {
            if (counted && unremoved > 0 && state != State.CLOSED) {
                state = State.FLUSHING;
                return;
            }
        }
        stepNext();
    }

    private void failed(OutboundItem item, Throwable failure) {
        if (failure instanceof UnreachableException) {
            pause(item, failure.getMessage());
        } else if (failure instanceof PrimitiveException refusal) {
            if (refusal.status() == ResponseStatusCode.BAD_REQUEST) {
                refused(item, refusal.getMessage(), ResponsePrimitive.refusal(item.request(), refusal));
            } else {
                pause(item, refusal.getMessage());
            }
        } else {
            LOG.error("{} could not be sent to {}", item.request().requestIdentifier(), target, failure);
            pause(item, failure.toString());
        }
    }

    private void refused(OutboundItem item, String why, ResponsePrimitive answer) {
        LOG.debug("{} of {} is given up: {} {}", item.request().requestIdentifier(), item.reason(), target, why);
        reached();
        give(item, OutboundCounters.NOTIFICATIONS_REFUSED, Optional.of(answer));
        afterDelivered(item);
    }

    /** An immediate notification is not worth keeping; all else is. */
    private void pause(OutboundItem item, String why) {
        LOG.debug("{} is tried again later: {}", target, why);
        trouble(why);
        if (item.kind() == Kind.NOTIFICATION && item.rank() == EventCategory.IMMEDIATE) {
            give(item, OutboundCounters.NOTIFICATIONS_DROPPED, Optional.empty());
        } else {
            queue.claims().release(item.sequence());
        }
        pauseAfterFailure();
    }

    private synchronized void trouble(String why) {
        rest.trouble(String.valueOf(why));
    }

    /** Nobody else waits for this; memory is given back until the target is tried again. */
    private void pauseAfterFailure() {
        page.clear();
        long pauseMillis = OutboundPatience.pauseMillis(settings, failures++);
        synchronized (this) {
            if (urgency.goesOn()) {
                stepNext();
            } else if (state != State.CLOSED) {
                state = State.PAUSING;
                try {
                    rest.after(queue.schedule(this::tryAgain, pauseMillis), pauseMillis);
                } catch (RejectedExecutionException e) {
                    state = State.CLOSED;
                }
            }
        }
        counters.add(OutboundCounters.NOTIFICATIONS_RETRIED);
    }

    /** The item is done with, one way or the other. */
    private void give(OutboundItem item, String counter, Optional<ResponsePrimitive> result) {
        counters.add(counter);
        page.give();
        patience.next();
        claimed = 0;
        synchronized (this) {
            unremoved++;
        }
        queue.removals().remove(this, item, counter, result);
    }
}
