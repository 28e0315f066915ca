// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.eclipse.californium.core.network.deduplication.Deduplicator;

/**
 * The messages that peers have sent lately, so that one that comes again is answered again and not served again (RFC 7252
 * 4.5), for EXCHANGE_LIFETIME. Bounded for each peer and for all of them: the oldest that has been answered is forgotten
 * first, one that is still being served never. What is forgotten too early, the CSE still knows by the delivery key of the
 * request. Any thread.
 */
final class RecentMessages implements Deduplicator {
    /** RFC 7252 4.8.2 with its default parameters. */
    static final Duration EXCHANGE_LIFETIME = Duration.ofSeconds(247);
    private static final long SWEEP_SECONDS = 10;

    private final int maxMessages;
    private final int maxOfPeer;
    private final LongSupplier nanoClock;
    private final Map<KeyMID, Message> messages = new LinkedHashMap<>();
    private final Map<Object, Deque<Message>> byPeer = new HashMap<>();
    private ScheduledExecutorService executor;
    private ScheduledFuture<?> sweeping;

    private record Message(KeyMID key, Exchange exchange, long since) {
    }

    RecentMessages(int maxMessages, int maxOfPeer, LongSupplier nanoClock) {
        this.maxMessages = maxMessages;
        this.maxOfPeer = maxOfPeer;
        this.nanoClock = nanoClock;
    }

    @Override
    public synchronized void start() {
        if (sweeping == null) {
            sweeping = executor.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public synchronized void stop() {
        if (sweeping != null) {
            sweeping.cancel(false);
            sweeping = null;
        }
        clear();
    }

    @Override
    public synchronized void setExecutor(ScheduledExecutorService newExecutor) {
        executor = newExecutor;
    }

    @Override
    public synchronized Exchange findPrevious(KeyMID key, Exchange exchange) {
        sweep();
        Message known = messages.get(key);
        // a response that we sent under this number is no earlier delivery of what the peer sends now
        if (known != null && known.exchange.getOrigin() == exchange.getOrigin()) {
            return known.exchange;
        }
        add(key, exchange);
        return null;
    }

    @Override
    public synchronized boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
        Message known = messages.get(key);
        if (known != null && known.exchange != previous) {
            return false;
        }
        add(key, exchange);
        return true;
    }

    private void add(KeyMID key, Exchange exchange) {
        forget(key);
        Deque<Message> ofPeer = byPeer.get(key.getPeer());
        if (ofPeer != null && ofPeer.size() >= maxOfPeer) {
            forgetOldest(ofPeer.iterator());
        }
        if (messages.size() >= maxMessages) {
            forgetOldest(messages.values().iterator());
        }
        Message message = new Message(key, exchange, nanoClock.getAsLong());
        messages.put(key, message);
        byPeer.computeIfAbsent(key.getPeer(), peer -> new ArrayDeque<>()).add(message);
    }

    private void forgetOldest(Iterator<Message> oldest) {
        while (oldest.hasNext()) {
            Message message = oldest.next();
            if (message.exchange.isComplete() || message.exchange.getOrigin() == Exchange.Origin.LOCAL) {
                forget(message.key);
                return;
            }
        }
    }

    private void forget(KeyMID key) {
        Message message = messages.remove(key);
        if (message != null) {
            Deque<Message> ofPeer = byPeer.get(key.getPeer());
            ofPeer.remove(message);
            if (ofPeer.isEmpty()) {
                byPeer.remove(key.getPeer());
            }
        }
    }

    /** Forgets what can come no more. */
    private synchronized void sweep() {
        long now = nanoClock.getAsLong();
        while (!messages.isEmpty()) {
            Message oldest = messages.values().iterator().next();
            if (now - oldest.since < EXCHANGE_LIFETIME.toNanos()) {
                return;
            }
            forget(oldest.key);
        }
    }

    /** Asked for responses that come in: no request of the peer's is what they answer, whatever number they bear. */
    @Override
    public synchronized Exchange find(KeyMID key) {
        Message message = messages.get(key);
        return message == null || message.exchange.getOrigin() == Exchange.Origin.REMOTE ? null : message.exchange;
    }

    /** Whether a message is remembered. */
    synchronized boolean remembers(KeyMID key) {
        return messages.containsKey(key);
    }

    @Override
    public synchronized boolean isEmpty() {
        return messages.isEmpty();
    }

    @Override
    public synchronized int size() {
        return messages.size();
    }

    @Override
    public synchronized void clear() {
        messages.clear();
        byPeer.clear();
    }
}
