// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.Optional;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.coap.CoapResponseWriter.Form;
import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;

/**
 * Responses in the terms of the request they answer: its option numbers, the serialisation it wants, its identifier also in
 * refusals of what could not be read whole. Any thread.
 */
final class CoapResponses {
    private static final Logger LOG = LoggerFactory.getLogger(CoapResponses.class);

    private final NumberSet defaultNumbers;

    CoapResponses(NumberSet defaultNumbers) {
        this.defaultNumbers = defaultNumbers;
    }

    /** The edition whose numbers a request shows. */
    Optional<NumberSet> numbers(Request request) {
        return CoapRequestReader.numberSet(request.getOptions());
    }

    /** What to answer with: nothing of oneM2M to a peer that used nothing of it. */
    private Optional<NumberSet> answering(Request request) {
        Optional<NumberSet> shown = numbers(request);
        boolean oneM2m = shown.isPresent() || request.getOptions().getOthers().stream()
                .anyMatch(option -> OneM2mOption.ofNumber(option.getNumber()).isPresent());
        return oneM2m ? Optional.of(shown.orElse(defaultNumbers)) : Optional.empty();
    }

    /**
     * What the answer shall be written in: Accept, or as the request.
     *
     * @throws PrimitiveException 5207
     */
    Form form(OptionSet options) {
        if (options.hasAccept()) {
            int accept = options.getAccept();
            return new Form(ContentFormats.serialization(accept).orElseThrow(() -> new PrimitiveException(
                    ResponseStatusCode.NOT_ACCEPTABLE, "Accept is none of JSON, XML and CBOR: " + accept)), accept);
        }
        Optional<Serialization> own = options.hasContentFormat() ? ContentFormats.serialization(options.getContentFormat())
                : Optional.empty();
        return Form.plain(own.orElse(Serialization.JSON));
    }

    Response write(Request request, ResponsePrimitive response, Operation operation, Form form) {
        Optional<NumberSet> numbers = answering(request);
        try {
            return CoapResponseWriter.write(response, operation, form, numbers, Optional.empty());
        } catch (RuntimeException e) {
            LOG.error("Writing the answer {} failed", response.requestIdentifier(), e);
            return CoapResponseWriter.write(ResponsePrimitive.builder(ResponseStatusCode.INTERNAL_SERVER_ERROR,
                    response.requestIdentifier()).build(), operation, form, numbers, Optional.empty());
        }
    }

    /** @param code instead of the one that stands for the status */
    Response refusal(Request request, PrimitiveException refusal, Optional<ResponseCode> code) {
        LOG.debug("Refused {} from {}: {}", request.getCode(), request.getSourceContext().getPeerAddress(), refusal.getMessage());
        Form form;
        try {
            form = form(request.getOptions());
        } catch (PrimitiveException e) {
            form = Form.plain(Serialization.JSON);
        }
        ResponsePrimitive.Builder answer = ResponsePrimitive.builder(refusal.status(), text(request, OneM2mOption.RQI))
                .content(Content.debugInfo(refusal.getMessage()));
        String release = text(request, OneM2mOption.RVI);
        if (!release.isEmpty()) {
            answer.set(ResponseParameter.RELEASE_VERSION_INDICATOR, release);
        }
        return CoapResponseWriter.write(answer.build(), Operation.RETRIEVE, form, answering(request), code);
    }

    private static String text(Request request, OneM2mOption wanted) {
        return CoapRequestReader.option(request.getOptions(), wanted).map(Option::getStringValue).orElse("");
    }
}
