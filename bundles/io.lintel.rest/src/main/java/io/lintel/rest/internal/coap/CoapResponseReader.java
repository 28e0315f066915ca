// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.List;
import java.util.Optional;

import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Response;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.TargetPath;
import io.lintel.rest.internal.mapping.TokenAssignments;
import io.lintel.rest.internal.mapping.Values;

/** CoAP response to response primitive: the reverse of {@link CoapResponseWriter}, lenient where options are missing. */
final class CoapResponseReader {
    private CoapResponseReader() {
    }

    static ResponsePrimitive read(OutboundRequest outbound, Response coap) {
        RequestPrimitive request = outbound.request();
        Optional<Option> stated = CoapRequestReader.option(coap.getOptions(), OneM2mOption.RSC);
        int rsc = stated.map(Option::getIntegerValue).orElseGet(() -> CoapCodes.toRsc(coap.getCode(), request.operation()));
        ResponsePrimitive.Builder response = ResponsePrimitive.builder(rsc, request.requestIdentifier());
        for (Option option : coap.getOptions().getOthers()) {
            Optional<OneM2mOption> known = OneM2mOption.ofNumber(option.getNumber());
            if (known.isPresent() && known.get() == OneM2mOption.ATI) {
                response.set(ResponseParameter.ASSIGNED_TOKEN_IDENTIFIERS, TokenAssignments.read(option.getStringValue()));
            } else {
                known.flatMap(OneM2mOption::responseParameter).filter(p -> p != ResponseParameter.RESPONSE_STATUS_CODE)
                        .ifPresent(parameter -> response.set(parameter, known.get().isInteger() ? (Object) option.getLongValue()
                                : Values.read(parameter.kind(), known.get().name(), option.getStringValue())));
            }
        }
        boolean foreign = stated.isEmpty() && outbound.receiver().isEmpty();
        List<String> location = coap.getOptions().getLocationPath();
        try {
            if (coap.getPayloadSize() > 0 && !foreign) {
                content(coap, request, location, response);
            } else if (!location.isEmpty() && !foreign) {
                response.content(Content.uri(TargetPath.to(location)));
            }
        } catch (PrimitiveException e) {
            if (stated.isPresent() && rsc < 3000) {
                return ResponsePrimitive.refusal(request, new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR,
                        "the content of the next hop's answer could not be read: " + e.getMessage()));
            }
        }
        return response.build();
    }

    private static void content(Response coap, RequestPrimitive request, List<String> location,
            ResponsePrimitive.Builder response) {
        Serialization serialization = coap.getOptions().hasContentFormat()
                ? ContentFormats.serialization(coap.getOptions().getContentFormat()).orElse(Serialization.JSON)
                        : Serialization.JSON;
        Content content = PrimitiveCodec.of(serialization).decodeContent(coap.getPayload());
        if (content.name().equals("m2m:tqf")) {
            response.set(ResponseParameter.TOKEN_REQUEST_INFORMATION, content.attributes());
        } else if (request.resultContent().filter(rcn -> rcn == 3).isPresent() && !location.isEmpty()
                && content.value() instanceof Attributes resource && !content.name().equals("m2m:rce")) {
            response.content(new Content("m2m:rce", Attributes.builder().set("uri", TargetPath.to(location))
                    .set(content.name(), resource).build()));
        } else {
            response.content(content);
        }
    }
}
