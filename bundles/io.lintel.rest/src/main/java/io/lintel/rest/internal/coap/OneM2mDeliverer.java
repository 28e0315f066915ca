// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;
import io.lintel.rest.internal.mapping.CseLink;

/**
 * Takes requests from Californium's stack, whole (block-wise transfers put together, retransmissions filtered out),
 * and brings back the CSE's answers. There is no tree of Californium resources: the CSE resolves paths. Runs on the
 * endpoint's thread, never waits: an answer that takes longer is acknowledged at once and sent separately.
 */
final class OneM2mDeliverer implements MessageDeliverer {
    private static final Logger LOG = LoggerFactory.getLogger(OneM2mDeliverer.class);
    /** Well before a client's first retransmission, which comes after 2 s. */
    private static final long ACKNOWLEDGE_AFTER_MILLIS = 500;

    private final CseLink cse;
    private final CoapPeers peers;
    private final NumberSet defaultNumbers;
    private final ScheduledExecutorService threads;

    OneM2mDeliverer(CseLink cse, CoapPeers peers, NumberSet defaultNumbers, ScheduledExecutorService threads) {
        this.cse = cse;
        this.peers = peers;
        this.defaultNumbers = defaultNumbers;
        this.threads = threads;
    }

    @Override
    public void deliverRequest(Exchange exchange) {
        Request request = exchange.getRequest();
        InetSocketAddress peer = request.getSourceContext().getPeerAddress();
        Optional<NumberSet> shown = CoapRequestReader.numberSet(request.getOptions());
        shown.ifPresent(numbers -> peers.learn(peer, numbers));
        boolean oneM2m = request.getOptions().getOthers().stream()
                .anyMatch(option -> OneM2mOption.ofNumber(option.getNumber()).isPresent());
        Optional<NumberSet> numbers = oneM2m ? Optional.of(shown.orElse(defaultNumbers)) : Optional.empty();
        CoapResponseWriter.Form form = CoapResponseWriter.Form.plain(Serialization.JSON);
        RequestPrimitive primitive;
        try {
            form = form(request.getOptions());
            primitive = CoapRequestReader.read(request);
        } catch (PrimitiveException e) {
            refuse(exchange, e, form, numbers);
            return;
        } catch (RuntimeException e) {
            LOG.error("Reading {} failed", request, e);
            refuse(exchange, new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR, "the request could not be read"),
                    form, numbers);
            return;
        }
        CoapResponseWriter.Form wanted = form;
        CompletableFuture<ResponsePrimitive> answer = cse.handle(primitive, hop(request, peer, primitive)).toCompletableFuture();
        if (answer.isDone()) {
            answer(exchange, answer.join(), primitive.operation(), wanted, numbers);
            return;
        }
        Future<?> acknowledgement = threads.schedule(() -> exchange.execute(() -> {
            if (exchange.getResponse() == null) {
                exchange.sendAccept();
            }
        }), ACKNOWLEDGE_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        answer.whenComplete((response, never) -> exchange.execute(() -> {
            acknowledgement.cancel(false);
            answer(exchange, response, primitive.operation(), wanted, numbers);
        }));
    }

    @Override
    public void deliverResponse(Exchange exchange, Response response) {
        exchange.getRequest().setResponse(response);
    }

    private static Hop hop(Request request, InetSocketAddress peer, RequestPrimitive primitive) {
        boolean loopback = peer.getAddress() != null && peer.getAddress().isLoopbackAddress();
        String name = peer.getAddress() == null ? peer.toString() : peer.getAddress().getHostAddress() + ":" + peer.getPort();
        Optional<String> deliveryKey = primitive.operation() == Operation.RETRIEVE ? Optional.empty()
                : Optional.of("coap " + name + " " + request.getMID() + " " + request.getTokenString() + " "
                        + primitive.requestIdentifier());
        return new Hop(Binding.COAP, name, loopback, false, Optional.empty(), Optional.empty(), Optional.empty(), deliveryKey);
    }

    /** What the answer shall be written in: Accept, or as the request. */
    private static CoapResponseWriter.Form form(OptionSet options) {
        if (options.hasAccept()) {
            int accept = options.getAccept();
            return new CoapResponseWriter.Form(ContentFormats.serialization(accept).orElseThrow(() -> new PrimitiveException(
                    ResponseStatusCode.NOT_ACCEPTABLE, "Accept is none of JSON, XML and CBOR: " + accept)), accept);
        }
        Optional<Serialization> own = options.hasContentFormat() ? ContentFormats.serialization(options.getContentFormat())
                : Optional.empty();
        return CoapResponseWriter.Form.plain(own.orElse(Serialization.JSON));
    }

    private void refuse(Exchange exchange, PrimitiveException refusal, CoapResponseWriter.Form form,
            Optional<NumberSet> numbers) {
        Request request = exchange.getRequest();
        LOG.debug("Refused {} from {}: {}", request.getCode(), request.getSourceContext().getPeerAddress(), refusal.getMessage());
        ResponsePrimitive.Builder answer = ResponsePrimitive.builder(refusal.status(), text(request, OneM2mOption.RQI))
                .content(Content.debugInfo(refusal.getMessage()));
        String release = text(request, OneM2mOption.RVI);
        if (!release.isEmpty()) {
            answer.set(ResponseParameter.RELEASE_VERSION_INDICATOR, release);
        }
        answer(exchange, answer.build(), Operation.RETRIEVE, form, numbers);
    }

    private static String text(Request request, OneM2mOption wanted) {
        return CoapRequestReader.option(request.getOptions(), wanted).map(Option::getStringValue).orElse("");
    }

    private static void answer(Exchange exchange, ResponsePrimitive answer, Operation operation, CoapResponseWriter.Form form,
            Optional<NumberSet> numbers) {
        Response response;
        try {
            response = CoapResponseWriter.write(answer, operation, form, numbers);
        } catch (RuntimeException e) {
            LOG.error("Writing the answer {} failed", answer.requestIdentifier(), e);
            response = CoapResponseWriter.write(ResponsePrimitive.builder(ResponseStatusCode.INTERNAL_SERVER_ERROR,
                    answer.requestIdentifier())
                    .build(), operation, form, numbers);
        }
        exchange.sendResponse(response);
    }
}
