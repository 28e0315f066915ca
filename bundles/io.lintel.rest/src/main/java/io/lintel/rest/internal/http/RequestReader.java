// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.QueryReader;
import io.lintel.rest.internal.mapping.TargetPath;
import io.lintel.rest.internal.mapping.Values;

/** HTTP request to request primitive (TS-0009 6.2–6.4). Pure; any thread. {@link HttpRequestWriter} is its reverse. */
final class RequestReader {
    private final String prefix;

    /** @param prefix of all paths, without a trailing slash; may be empty */
    RequestReader(String prefix) {
        this.prefix = prefix;
    }

    /**
     * The operation that method and Content-Type stand for.
     *
     * @throws PrimitiveException 4005 for a method that stands for none
     */
    static Operation operation(String method, Optional<Integer> resourceType) {
        return switch (method) {
            case "POST" -> resourceType.isPresent() ? Operation.CREATE : Operation.NOTIFY;
            case "GET" -> Operation.RETRIEVE;
            case "PUT" -> Operation.UPDATE;
            case "DELETE" -> Operation.DELETE;
            default -> throw new PrimitiveException(ResponseStatusCode.OPERATION_NOT_ALLOWED,
                    "no operation is mapped to the method " + method + "; use GET, POST, PUT or DELETE");
        };
    }

    /**
     * @param body empty if there was none
     * @throws PrimitiveException what is wrong with it
     */
    RequestPrimitive read(Request request, Head head, Optional<byte[]> body) {
        HttpFields headers = request.getHeaders();
        String contentType = head.contentType == null ? "" : head.contentType;
        Optional<Integer> resourceType = contentType.isEmpty() ? Optional.empty() : MediaTypes.resourceType(contentType);
        Operation operation = operation(request.getMethod(), resourceType);
        RequestPrimitive.Builder primitive = RequestPrimitive.builder(operation, target(request.getHttpURI().getPath()));
        if (operation == Operation.CREATE) {
            resourceType.ifPresent(primitive::resourceType);
        }
        List<String> targets = new ArrayList<>(0);
        Set<RequestParameter> said = EnumSet.noneOf(RequestParameter.class);
        for (HttpField header : headers) {
            if (header.getHeader() == null || header.getHeader() == HttpHeader.AUTHORIZATION) {
                header(header, targets, said, primitive);
            }
        }
        String query = request.getHttpURI().getQuery();
        if (query != null || !targets.isEmpty()) {
            QueryReader.read(query == null ? List.of() : PercentCoding.fields(query), targets, operation, primitive);
        }
        if (operation != Operation.RETRIEVE && operation != Operation.DELETE && body.isPresent()) {
            if (head.contentEncoding != null && !head.contentEncoding.equalsIgnoreCase("identity")) {
                throw new PrimitiveException(ResponseStatusCode.UNSUPPORTED_MEDIA_TYPE, "bodies are taken without a "
                        + "Content-Encoding, not with " + head.contentEncoding);
            }
            if (contentType.isEmpty()) {
                throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "the request has a body but no Content-Type");
            }
            Content content = PrimitiveCodec.of(MediaTypes.serialization(contentType)).decodeContent(body.get());
            Optional<String> name = operation == Operation.CREATE ? text(headers, Headers.NAME) : Optional.empty();
            primitive.content(name.isPresent() ? named(content, name.get()) : content);
        }
        RequestPrimitive read = primitive.build();
        if (read.requestIdentifier().isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "the header X-M2M-RI is missing");
        }
        return read;
    }

    /** A Release 1 client names the new resource in a header. */
    private static Content named(Content content, String name) {
        if (!(content.value() instanceof Attributes attributes) || attributes.has("rn")) {
            return content;
        }
        return new Content(content.name(), attributes.toBuilder().set("rn", name).build());
    }

    private String target(String rawPath) {
        String path = rawPath;
        if (!prefix.isEmpty()) {
            if (!path.equals(prefix) && !path.startsWith(prefix + "/")) {
                throw new PrimitiveException(ResponseStatusCode.NOT_FOUND, "nothing is served outside " + prefix);
            }
            path = path.substring(prefix.length());
        }
        return TargetPath.to(PercentCoding.segments(path));
    }

    private static void header(HttpField header, List<String> targets, Set<RequestParameter> said,
            RequestPrimitive.Builder primitive) {
        String value = header.getValue();
        if (value == null || value.isEmpty()) {
            return;
        }
        String name = header.getName();
        if (name.regionMatches(true, 0, "X-M2M-", 0, 6)) {
            if (name.equalsIgnoreCase(Headers.NOTIFICATION_URIS)) {
                targets.addAll(Values.splitUris(value));
                return;
            }
            RequestParameter parameter = HeaderNames.request(name);
            if (parameter != null) {
                if (!said.add(parameter)) {
                    throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "the header " + name + " occurs twice");
                }
                primitive.set(parameter, Values.read(parameter.kind(), name, value));
            }
        } else if (name.equalsIgnoreCase("Authorization")) {
            tokens(value).ifPresent(tokens -> primitive.set(RequestParameter.TOKENS, tokens));
        }
    }

    /** Tokens joined by "+", or one OAuth bearer token; other schemes are no matter of the primitive. */
    private static Optional<List<String>> tokens(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.startsWith("bearer ")) {
            return Optional.of(List.of(value.substring("bearer ".length()).trim()));
        }
        return value.indexOf(' ') >= 0 ? Optional.empty() : Optional.of(List.of(value.split("\\+")));
    }

    private static Optional<String> text(HttpFields headers, String name) {
        return Optional.ofNullable(headers.get(name)).map(String::trim).filter(value -> !value.isEmpty());
    }
}
