// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;

/**
 * The way of answers out: in the acknowledgement if they are there soon, else after an empty one; in blocks if they are long;
 * to a peer that has not shown that it is where it says, no more than its request allows. Any thread; what is done with an
 * exchange is done on its own.
 */
final class Answers {
    /** Well before a client's first retransmission, which comes after 2 s. */
    private static final long ACKNOWLEDGE_AFTER_MILLIS = 500;
    /** What a message has besides its payload: header, token, oneM2M options and the like. */
    private static final int USUAL_OPTIONS = 40;

    private final Downloads downloads;
    private final ReturnRoute route;
    private final ScheduledExecutorService threads;

    Answers(Downloads downloads, ReturnRoute route, ScheduledExecutorService threads) {
        this.downloads = downloads;
        this.route = route;
        this.threads = threads;
    }

    /** The answer to one request, from its arrival on. */
    Answer to(Exchange exchange, Peer peer) {
        return new Answer(exchange, peer);
    }

    /** One request's answer; each is sent once. */
    final class Answer {
        private final Exchange exchange;
        private final Request request;
        private final Peer peer;
        private Optional<TransferKey> key = Optional.empty();
        private volatile Optional<Future<?>> acknowledgement = Optional.empty();

        private Answer(Exchange exchange, Peer peer) {
            this.exchange = exchange;
            this.request = exchange.getRequest();
            this.peer = peer;
        }

        Exchange exchange() {
            return exchange;
        }

        Peer peer() {
            return peer;
        }

        /** Made only for those that have to do with blocks. */
        synchronized TransferKey key() {
            if (key.isEmpty()) {
                key = Optional.of(TransferKey.of(peer.name(), request));
            }
            return key.get();
        }

        /** Acknowledges the request if it has no answer soon. */
        void acknowledgeSoon() {
            try {
                acknowledgement = Optional.of(threads.schedule(() -> exchange.execute(() -> {
                    if (exchange.getResponse() == null) {
                        exchange.sendAccept();
                    }
                }), ACKNOWLEDGE_AFTER_MILLIS, TimeUnit.MILLISECONDS));
            } catch (RejectedExecutionException e) {
                acknowledgement = Optional.empty();   // closing: the peer asks again
            }
        }

        void send(Response response) {
            send(response, Optional.empty());
        }

        /**
         * Sends the answer, or the block of it that the request asks for.
         *
         * @param beginning done right before, if the answer is one of several: none of it for a peer that has proven nothing
         */
        void send(Response response, Optional<Runnable> beginning) {
            int allowed = request.getBytes().length * ReturnRoute.AMPLIFICATION;
            boolean large = downloads.longest(request, response) + USUAL_OPTIONS > allowed || beginning.isPresent();
            if (peer.secured() || !large || route.isProven(peer.address())) {
                sendNow(response, BlockSizes.LARGEST_SZX, beginning);
                return;
            }
            int szx = 0;
            while (szx < BlockSizes.LARGEST_SZX && BlockSizes.bytes(szx + 1) + USUAL_OPTIONS <= allowed) {
                szx++;
            }
            int cut = szx;
            if (acknowledgement.isEmpty()) {
                acknowledgeSoon();
            }
            route.ask(peer.address(), () -> sendNow(response, BlockSizes.LARGEST_SZX, beginning),
                    () -> sendNow(response, cut, Optional.empty()));
        }

        private void sendNow(Response response, int largestSzx, Optional<Runnable> beginning) {
            exchange.execute(() -> {
                beginning.ifPresent(Runnable::run);
                acknowledgement.ifPresent(timer -> timer.cancel(false));
                Response message = downloads.cut(this::key, request, response, largestSzx);
                BlockOption block1 = request.getOptions().getBlock1();
                if (block1 != null && !message.getOptions().hasBlock1()) {
                    message.getOptions().setBlock1(block1.getSzx(), block1.isM(), block1.getNum());
                }
                exchange.sendResponse(message);
            });
        }
    }
}
