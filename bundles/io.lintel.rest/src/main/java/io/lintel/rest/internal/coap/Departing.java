// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Endpoint;
import org.eclipse.californium.elements.EndpointContext;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;

/**
 * One request on its way to a peer and what becomes of it. To a peer whose edition nobody knows it goes with the default's
 * option numbers; if that is answered with Bad Option, which executes nothing, it goes once more with the other's. Begins on a
 * thread of the sender, goes on on those of the endpoint.
 */
final class Departing {
    private final OutboundRequest outbound;
    private final CompletableFuture<ResponsePrimitive> result;
    private final CoapRequestWriter writer;
    private final CoapPeers peers;
    private final Runnable acknowledged;
    private volatile Request current;

    /** @param acknowledged run when the peer is known to have the request */
    Departing(OutboundRequest outbound, CompletableFuture<ResponsePrimitive> result, CoapRequestWriter writer, CoapPeers peers,
            Runnable acknowledged) {
        this.outbound = outbound;
        this.result = result;
        this.writer = writer;
        this.peers = peers;
        this.acknowledged = acknowledged;
    }

    /** @param numbers the edition to begin with, where the peer has shown none */
    void leave(Endpoint endpoint, EndpointContext target, NumberSet numbers, int blockSize) {
        InetSocketAddress peer = target.getPeerAddress();
        boolean known = peers.numbers(peer).isPresent();
        send(endpoint, target, peers.numbers(peer).orElse(numbers), known, blockSize);
    }

    private void send(Endpoint endpoint, EndpointContext target, NumberSet numbers, boolean certain, int blockSize) {
        Request request = writer.write(outbound, numbers);
        request.setDestinationContext(target);
        boolean oneMessage = request.getPayloadSize() <= blockSize;
        request.addMessageObserver(new Outcome(oneMessage) {
            @Override
            public void onResponse(Response response) {
                CoapRequestReader.numberSet(response.getOptions())
                        .ifPresent(shown -> peers.learn(target.getPeerAddress(), shown));
                if (response.getCode() == ResponseCode.BAD_OPTION && !certain
                        && CoapRequestReader.option(response.getOptions(), OneM2mOption.RSC).isEmpty()) {
                    send(endpoint, target, numbers == NumberSet.OLD ? NumberSet.NEW : NumberSet.OLD, true, blockSize);
                    return;
                }
                try {
                    result.complete(CoapResponseReader.read(outbound, response));
                } catch (RuntimeException e) {
                    fail("the answer could not be read: " + e.getMessage(), true, e);
                }
            }
        });
        current = request;
        endpoint.sendRequest(request);
    }

    /** Nobody waits any more. */
    void giveUp() {
        Request request = current;
        if (request != null) {
            request.cancel();
        }
    }

    private void fail(String text, boolean mayHaveArrived, Throwable cause) {
        result.completeExceptionally(new UnreachableException(outbound.pointOfAccess() + ": " + text, mayHaveArrived, cause));
    }

    /** Turns what becomes of a request into the result. */
    private abstract class Outcome extends MessageObserverAdapter {
        private final boolean oneMessage;

        /** @param oneMessage whether an acknowledgement is one of the whole request, and not of a block of it */
        Outcome(boolean oneMessage) {
            this.oneMessage = oneMessage;
        }

        @Override
        public void onAcknowledgement() {
            if (oneMessage) {
                acknowledged.run();
            }
        }

        @Override
        public void onTimeout() {
            fail("no acknowledgement", true, null);
        }

        @Override
        public void onReject() {
            fail("the peer rejected the message", true, null);
        }

        @Override
        public void onSendError(Throwable error) {
            fail(String.valueOf(error.getMessage()), false, error);
        }

        @Override
        public void onResponseHandlingError(Throwable cause) {
            fail("the answer could not be read: " + cause.getMessage(), true, cause);
        }

        @Override
        public void onCancel() {
            fail("given up", true, null);
        }
    }
}
