// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import io.lintel.cse.api.Busy;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.TargetPath;
import io.lintel.rest.internal.mapping.TokenAssignments;

/** Response primitive to HTTP response (TS-0009 6.3–6.4). Any thread; writes without blocking. */
final class ResponseWriter {
    private static final int MAX_HEADER_VALUE = 4096;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private ResponseWriter() {
    }

    /**
     * @param prefix   of all paths
     * @param bodiless whether the method allows no body in the answer (HEAD)
     * @param telling  a status that says more than the table's, such as 413; zero for the table's
     */
    static void write(ResponsePrimitive primitive, MediaTypes.Negotiated form, String prefix, boolean bodiless, int telling,
            Response response, Callback callback) {
        boolean busy = Busy.isBusy(primitive);
        int status = telling != 0 ? telling : busy ? 503 : HttpStatusCodes.ofRsc(primitive.statusCode());
        response.setStatus(status);
        HttpFields.Mutable headers = response.getHeaders();
        parameters(primitive.parameters(), headers);
        if (busy) {
            headers.put("Retry-After", Busy.RETRY_AFTER_SECONDS);
        }
        if (status == 405) {
            headers.put("Allow", "GET, POST, PUT, DELETE");
        }
        Optional<Content> content = primitive.content()
                .or(() -> primitive.parameters().object("tqf").map(tqf -> new Content("m2m:tqf", tqf)));
        if (content.isEmpty()) {
            headers.put("Content-Length", 0);
            response.write(true, NOTHING, callback);
            return;
        }
        if (primitive.statusCode() == 2001) {
            createdUri(content.get()).ifPresent(uri -> headers.put("Content-Location", prefix + path(uri)));
        }
        byte[] body = PrimitiveCodec.of(form.serialization()).encodeContent(content.get());
        headers.put("Content-Type", form.contentType());
        headers.put("Content-Length", body.length);
        response.write(true, bodiless ? NOTHING : ByteBuffer.wrap(body), callback);
    }

    private static void parameters(Attributes parameters, HttpFields.Mutable headers) {
        for (Map.Entry<String, ResponseParameter> entry : Headers.RESPONSE.entrySet()) {
            Optional<Object> value = parameters.get(entry.getValue().shortName());
            if (value.isPresent()) {
                String text = value.get().toString();
                if (!text.isEmpty() && text.length() <= MAX_HEADER_VALUE) {
                    headers.put(entry.getKey(), text);
                }
            }
        }
        parameters.object("ati").ifPresent(ati -> headers.put(Headers.ASSIGNED_TOKENS, TokenAssignments.write(ati)));
    }

    /** The identifier of the created resource, if the content holds it (rcn 2 and 3). */
    private static Optional<String> createdUri(Content content) {
        return switch (content.name()) {
            case "m2m:uri" -> content.value() instanceof String uri ? Optional.of(uri) : Optional.empty();
            case "m2m:rce" -> content.attributes().text("uri");
            default -> Optional.empty();
        };
    }

    static String path(String to) {
        return "/" + String.join("/", TargetPath.segments(to).stream().map(PercentCoding::encode).toList());
    }
}
