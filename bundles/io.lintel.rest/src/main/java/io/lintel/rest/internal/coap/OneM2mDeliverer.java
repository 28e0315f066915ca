// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eclipse.californium.elements.EndpointContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.rest.internal.coap.Answers.Answer;
import io.lintel.rest.internal.mapping.CseLink;

/**
 * Takes requests from Californium's stack, one block at a time (retransmissions are filtered out before), and brings back the
 * CSE's answers. There is no tree of Californium resources: the CSE resolves paths. Runs on the endpoint's thread, never
 * waits: an answer that takes longer is acknowledged at once and sent separately. What is being served is bounded.
 */
final class OneM2mDeliverer implements MessageDeliverer {
    private static final Logger LOG = LoggerFactory.getLogger(OneM2mDeliverer.class);

    private final CseLink cse;
    private final CoapPeers peers;
    private final Function<EndpointContext, Peer> identities;
    private final Uploads uploads;
    private final Downloads downloads;
    private final Answers answers;
    private final Observations observations;
    private final EntryPoints entryPoints;
    private final CoapResponses responses;
    private final int maxRequests;
    private final AtomicInteger underWay = new AtomicInteger();

    /**
     * What the deliverer works with.
     *
     * @param identities  who sent a message
     * @param maxRequests how many are served at once; more are refused as busy
     */
    record Parts(CseLink cse, CoapPeers peers, Function<EndpointContext, Peer> identities, Uploads uploads, Downloads downloads,
            Answers answers, Observations observations, CoapResponses responses, int maxRequests) {
    }

    OneM2mDeliverer(Parts parts) {
        cse = parts.cse;
        peers = parts.peers;
        identities = parts.identities;
        uploads = parts.uploads;
        downloads = parts.downloads;
        answers = parts.answers;
        observations = parts.observations;
        entryPoints = new EntryPoints(cse);
        responses = parts.responses;
        maxRequests = parts.maxRequests;
    }

    @Override
    public void deliverRequest(Exchange exchange) {
        Request request = exchange.getRequest();
        Answer answer = answers.to(exchange, identities.apply(request.getSourceContext()));
        try {
            take(request, answer);
        } catch (PrimitiveException e) {
            answer.send(responses.refusal(request, e, Optional.empty()));
        } catch (RuntimeException e) {
            LOG.error("Serving {} failed", request, e);
            answer.send(responses.refusal(request, new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR,
                    "the request could not be read"), Optional.empty()));
        }
    }

    private void take(Request request, Answer answer) {
        Optional<OptionCheck.Objection> objection = OptionCheck.of(request.getOptions());
        if (objection.isPresent()) {
            answer.send(responses.refusal(request, new PrimitiveException(ResponseStatusCode.BAD_REQUEST, objection.get().text()),
                    Optional.of(objection.get().code())));
            return;
        }
        if (EntryPoints.isAskedBy(request)) {
            answer.send(entryPoints.answer(request));
            return;
        }
        Optional<Response> kept = downloads.kept(answer::key, request);
        if (kept.isPresent()) {
            answer.send(kept.get());
            return;
        }
        byte[] body = request.getPayload();
        if (request.getOptions().hasBlock1()) {
            Uploads.Step step = uploads.take(answer.key(), request);
            if (step.answer().isPresent()) {
                answer.send(step.answer().get());
                return;
            }
            body = step.body().get();
        } else if (uploads.isTooLarge(request)) {
            answer.send(uploads.tooLarge().answer().get());
            return;
        }
        responses.numbers(request).ifPresent(shown -> peers.learn(answer.peer().address(), shown));
        serve(request, CoapRequestReader.read(request, body), answer);
    }

    private void serve(Request request, RequestPrimitive primitive, Answer answer) {
        CoapResponseWriter.Form form = responses.form(request.getOptions());
        if (underWay.incrementAndGet() > maxRequests) {
            underWay.decrementAndGet();
            answer.send(responses.write(request, Busy.refusal(primitive, "too many requests are being served"),
                    primitive.operation(), form));
            return;
        }
        Optional<Observations.Wish> observed = observations.wish(request, primitive, answer, form);
        Hop hop = answer.peer().hop(primitive, deliveryKey(request, primitive, answer.peer()));
        CompletableFuture<ResponsePrimitive> result = cse.handle(primitive, hop).toCompletableFuture();
        if (!result.isDone()) {
            answer.acknowledgeSoon();
        }
        result.whenComplete((response, never) -> {
            underWay.decrementAndGet();
            Response coap = responses.write(request, response, primitive.operation(), form);
            answer.send(coap, observed.flatMap(wish -> wish.beginning(response, coap)));
        });
    }

    /**
     * By what the CSE knows a repetition that Californium no longer knows, or that comes after a restart. A retrieval is simply
     * served again.
     */
    private static Optional<String> deliveryKey(Request request, RequestPrimitive primitive, Peer peer) {
        return primitive.operation() == Operation.RETRIEVE ? Optional.empty()
                : Optional.of("coap " + peer.name() + " " + request.getMID() + " " + request.getTokenString() + " "
                        + primitive.requestIdentifier());
    }

    @Override
    public void deliverResponse(Exchange exchange, Response response) {
        exchange.getRequest().setResponse(response);
    }
}
