// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.stack.ReliabilityLayerParameters;
import org.eclipse.californium.elements.AddressEndpointContext;

/**
 * Whether a plain peer is where its datagrams say that they come from. UDP lets anybody write any sender's address, so a small
 * request must draw no large answer to an address that has not proven itself. The proof is a ping (an empty confirmable message,
 * RFC 7252 4.3): four bytes go there, and only who receives them knows the message identifier that the reset has to carry.
 * Every CoAP endpoint answers pings, so clients need nothing of their own for it. The ping is repeated soon, since libcoap
 * answers none in its first quarter of a second. The answer waits for that one round trip; without it, it leaves cut to what
 * the request's size allows. Proven addresses are remembered for a while; everything is
 * bounded. Any thread; the answers leave on the threads of the endpoint.
 */
final class ReturnRoute {
    /** Of the answer's size to the request's: as RFC 9175 2.6 has it. */
    static final int AMPLIFICATION = 3;
    private static final long PATIENCE_MILLIS = 1_200;
    private static final ReliabilityLayerParameters REPEATED_SOON = ReliabilityLayerParameters.builder()
            .maxAckTimeout(1_000).ackTimeout(300).ackRandomFactor(1f).ackTimeoutScale(1.3f).maxRetransmit(2).nstart(1).build();
    private static final Duration PROVEN_FOR = Duration.ofMinutes(10);
    private static final int MAX_PROVEN = 4_096;
    private static final int MAX_WAITING = 256;
    private static final int MAX_WAITING_OF_PEER = 16;

    private final LongSupplier nanoClock;
    private final ScheduledExecutorService threads;
    private final Pings pings;
    private final Map<InetSocketAddress, Long> proven = new LinkedHashMap<>();
    private final Map<InetSocketAddress, List<Waiting>> waiting = new LinkedHashMap<>();
    private int waitingCount;

    /** Sends a message. */
    interface Pings {
        void send(Request ping);
    }

    private record Waiting(Runnable whole, Runnable cut) {
    }

    ReturnRoute(Pings pings, ScheduledExecutorService threads, LongSupplier nanoClock) {
        this.pings = pings;
        this.threads = threads;
        this.nanoClock = nanoClock;
    }

    synchronized boolean isProven(InetSocketAddress peer) {
        Long since = proven.get(peer);
        if (since == null) {
            return false;
        }
        if (nanoClock.getAsLong() - since > PROVEN_FOR.toNanos()) {
            proven.remove(peer);
            return false;
        }
        return true;
    }

    /** Runs the one when the peer has proven its address, the other if it does not. */
    void ask(InetSocketAddress peer, Runnable whole, Runnable cut) {
        boolean first;
        boolean room;
        synchronized (this) {
            List<Waiting> ofPeer = waiting.get(peer);
            first = ofPeer == null;
            room = waitingCount < MAX_WAITING && (first || ofPeer.size() < MAX_WAITING_OF_PEER);
            if (room) {
                waiting.computeIfAbsent(peer, p -> new ArrayList<>()).add(new Waiting(whole, cut));
                waitingCount++;
            }
        }
        if (!room) {
            cut.run();
        } else if (first) {
            ping(peer);
        }
    }

    private void ping(InetSocketAddress peer) {
        Request ping = new Request(null, Type.CON);
        ping.setToken(Token.EMPTY);
        ping.setReliabilityLayerParameters(REPEATED_SOON);
        ping.setDestinationContext(new AddressEndpointContext(peer));
        ping.addMessageObserver(new MessageObserverAdapter() {
            @Override
            public void onReject() {
                prove(peer);
            }
        });
        threads.schedule(() -> {
            ping.cancel();
            release(peer, false);
        }, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        pings.send(ping);
    }

    private void prove(InetSocketAddress peer) {
        synchronized (this) {
            proven.remove(peer);
            Iterator<InetSocketAddress> oldest = proven.keySet().iterator();
            if (proven.size() >= MAX_PROVEN && oldest.hasNext()) {
                oldest.next();
                oldest.remove();
            }
            proven.put(peer, nanoClock.getAsLong());
        }
        release(peer, true);
    }

    private void release(InetSocketAddress peer, boolean isProven) {
        List<Waiting> ready;
        synchronized (this) {
            ready = waiting.remove(peer);
            if (ready == null) {
                return;
            }
            waitingCount -= ready.size();
        }
        ready.forEach(answer -> (isProven ? answer.whole : answer.cut).run());
    }
}
