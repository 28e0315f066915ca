// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Content;
import io.lintel.primitive.ParameterKind;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.TokenAssignments;
import io.lintel.rest.internal.mapping.Values;

/** HTTP response to response primitive: the reverse of {@link ResponseWriter}, lenient towards web hooks and proxies. */
final class HttpResponseReader {
    private HttpResponseReader() {
    }

    static ResponsePrimitive read(OutboundRequest outbound, HttpResponse<byte[]> http) {
        RequestPrimitive request = outbound.request();
        HttpHeaders headers = http.headers();
        Optional<Integer> stated = headers.firstValue(Headers.STATUS_CODE).flatMap(HttpResponseReader::number);
        int rsc = stated.orElseGet(() -> HttpStatusCodes.toRsc(http.statusCode(), request.operation()));
        ResponsePrimitive.Builder response = ResponsePrimitive.builder(rsc, request.requestIdentifier());
        for (Map.Entry<String, ResponseParameter> entry : Headers.RESPONSE.entrySet()) {
            ResponseParameter parameter = entry.getValue();
            if (parameter != ResponseParameter.RESPONSE_STATUS_CODE) {
                headers.firstValue(entry.getKey()).filter(value -> !value.isEmpty())
                        .ifPresent(value -> set(response, entry.getKey(), parameter, value));
            }
        }
        headers.firstValue(Headers.ASSIGNED_TOKENS)
                .ifPresent(pairs -> response.set(ResponseParameter.ASSIGNED_TOKEN_IDENTIFIERS, TokenAssignments.read(pairs)));
        boolean mayBeForeign = stated.isEmpty();
        if (http.body().length > 0 && !(mayBeForeign && outbound.receiver().isEmpty())) {
            Optional<Serialization> serialization = headers.firstValue("Content-Type").flatMap(Serialization::ofMediaType);
            try {
                Content content = PrimitiveCodec.of(serialization.orElse(Serialization.JSON)).decodeContent(http.body());
                if (content.name().equals("m2m:tqf")) {
                    response.set(ResponseParameter.TOKEN_REQUEST_INFORMATION, content.attributes());
                } else {
                    response.content(content);
                }
            } catch (PrimitiveException e) {
                if (!mayBeForeign && rsc < 3000) {
                    return ResponsePrimitive.refusal(request, new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR,
                            "the content of the next hop's answer could not be read: " + e.getMessage()));
                }
            }
        }
        return response.build();
    }

    private static void set(ResponsePrimitive.Builder response, String header, ResponseParameter parameter, String value) {
        if (parameter.kind() == ParameterKind.INTEGER) {
            number(value).ifPresent(number -> response.set(parameter, number));
        } else {
            response.set(parameter, Values.read(parameter.kind(), header, value));
        }
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.valueOf(text.trim()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
