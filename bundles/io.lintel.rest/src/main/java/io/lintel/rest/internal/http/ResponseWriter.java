// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.nio.ByteBuffer;
import java.util.Optional;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import io.lintel.cse.api.Busy;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.TargetPath;
import io.lintel.rest.internal.mapping.TokenAssignments;

/** Response primitive to HTTP response (TS-0009 6.3–6.4). Any thread; writes without blocking. */
final class ResponseWriter {
    private static final int MAX_HEADER_VALUE = 4096;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private static final HttpField NO_LENGTH = new HttpField.LongValueHttpField(HttpHeader.CONTENT_LENGTH, 0);

    private ResponseWriter() {
    }

    /**
     * What is known of the request when its answer is written.
     *
     * @param prefix         of all paths
     * @param method         of the request
     * @param head           HTTP's own headers
     * @param representation of the listener
     */
    record Context(String prefix, String method, Head head, Representation representation) {
        boolean bodiless() {
            return method.equals("HEAD");
        }
    }

    /** @param telling a status that says more than the table's, such as 413; zero for the table's */
    static void write(ResponsePrimitive primitive, MediaTypes.Negotiated form, Context context, int telling, Response response,
            Callback callback) {
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
        Representation representation = context.representation;
        representation.origins().ifPresent(origins -> origins.mark(context.head.origin, headers));
        Optional<Content> content = primitive.content();
        if (content.isEmpty()) {
            content = primitive.parameters().object("tqf").map(tqf -> new Content("m2m:tqf", tqf));
        }
        if (content.isEmpty()) {
            headers.add(NO_LENGTH);
            response.write(true, NOTHING, callback);
            return;
        }
        if (primitive.statusCode() == 2001) {
            createdUri(content.get()).ifPresent(uri -> headers.put("Content-Location", context.prefix + path(uri)));
        }
        byte[] body = PrimitiveCodec.of(form.serialization()).encodeContent(content.get());
        if (status == 200 && representation.tags().wanted(context.head) && context.method.equals("GET")) {
            String tag = EntityTags.of(body, form.serialization().suffix());
            if (context.head.ifNoneMatch != null && EntityTags.matches(context.head.ifNoneMatch, tag, true)) {
                response.setStatus(304);
                headers.put("ETag", tag);
                response.write(true, NOTHING, callback);
                return;
            }
            headers.put("ETag", tag);
        }
        headers.add(form.field());
        if (representation.compressible(body.length)) {
            headers.add("Vary", "Accept-Encoding");
            if (Representation.acceptsGzip(context.head.acceptEncoding)) {
                body = Representation.gzip(body);
                headers.put("Content-Encoding", "gzip");
                String tag = headers.get("ETag");
                if (tag != null) {
                    headers.put("ETag", EntityTags.compressed(tag));
                }
            }
        }
        headers.add(new HttpField.LongValueHttpField(HttpHeader.CONTENT_LENGTH, body.length));
        response.write(true, context.bodiless() ? NOTHING : ByteBuffer.wrap(body), callback);
    }

    private static void parameters(Attributes parameters, HttpFields.Mutable headers) {
        parameters.forEach((name, value) -> {
            String header = HeaderNames.response(name);
            if (header != null) {
                String text = value.toString();
                if (!text.isEmpty() && text.length() <= MAX_HEADER_VALUE) {
                    headers.add(new HttpField((HttpHeader) null, header, text));
                }
            } else if (name.equals("ati") && value instanceof Attributes ati) {
                headers.add(Headers.ASSIGNED_TOKENS, TokenAssignments.write(ati));
            }
        });
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
