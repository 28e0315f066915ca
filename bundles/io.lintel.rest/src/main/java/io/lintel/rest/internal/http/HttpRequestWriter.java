// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.QueryWriter;
import io.lintel.rest.internal.mapping.Receiver;
import io.lintel.rest.internal.mapping.Values;

/** Request primitive to HTTP request (TS-0009 6.2–6.4). Pure; any thread. */
final class HttpRequestWriter {
    private static final Set<RequestParameter> IN_HEADERS = Set.of(RequestParameter.TOKENS);

    private final boolean oneM2mNotificationType;

    /** @param oneM2mNotificationType whether notifications are marked {@code vnd.onem2m-ntfy+…}, or plainly by serialisation */
    HttpRequestWriter(boolean oneM2mNotificationType) {
        this.oneM2mNotificationType = oneM2mNotificationType;
    }

    /** @throws IllegalArgumentException if the primitive holds a value that no HTTP header can carry */
    HttpRequest write(OutboundRequest outbound, Duration timeout) {
        RequestPrimitive primitive = outbound.request();
        Serialization serialization = outbound.serialization().orElse(Serialization.JSON);
        HttpRequest.Builder http = HttpRequest.newBuilder(uri(outbound)).timeout(timeout);
        headers(primitive, http);
        IdempotencyKey.written(primitive).ifPresent(key -> http.header(IdempotencyKey.HEADER, key));
        http.header("Accept", MediaTypes.plain(serialization));
        boolean hasBody = primitive.operation() != Operation.RETRIEVE && primitive.content().isPresent();
        HttpRequest.BodyPublisher body = hasBody
                ? HttpRequest.BodyPublishers.ofByteArray(PrimitiveCodec.of(serialization)
                        .encodeContent(primitive.content().get()))
                : HttpRequest.BodyPublishers.noBody();
        if (hasBody || primitive.operation() == Operation.CREATE) {
            http.header("Content-Type", contentType(primitive, serialization));
        }
        return http.method(method(primitive.operation()), body).build();
    }

    private String contentType(RequestPrimitive primitive, Serialization serialization) {
        if (primitive.operation() == Operation.NOTIFY && oneM2mNotificationType) {
            return MediaTypes.notification(serialization);
        }
        String type = MediaTypes.plain(serialization);
        Optional<Integer> resourceType = primitive.operation() == Operation.CREATE ? primitive.resourceType() : Optional.empty();
        return resourceType.map(ty -> type + ";ty=" + ty).orElse(type);
    }

    static String method(Operation operation) {
        return switch (operation) {
            case CREATE, NOTIFY -> "POST";
            case RETRIEVE -> "GET";
            case UPDATE -> "PUT";
            case DELETE -> "DELETE";
        };
    }

    private static void headers(RequestPrimitive primitive, HttpRequest.Builder http) {
        for (Map.Entry<String, RequestParameter> entry : Headers.REQUEST.entrySet()) {
            primitive.parameters().get(entry.getValue().shortName()).map(Values::write).filter(text -> !text.isEmpty())
                    .ifPresent(text -> http.header(entry.getKey(), text));
        }
        List<String> targets = primitive.notificationTargets();
        if (!targets.isEmpty()) {
            http.header(Headers.NOTIFICATION_URIS, Values.joinUris(targets));
        }
        List<String> tokens = primitive.parameters().texts("tkns");
        if (!tokens.isEmpty()) {
            http.header("Authorization", Values.write(tokens));
        }
    }

    private static URI uri(OutboundRequest outbound) {
        URI pointOfAccess = outbound.pointOfAccess();
        String path = pointOfAccess.getRawPath() == null ? "" : pointOfAccess.getRawPath();
        String query = pointOfAccess.getRawQuery();
        if (Receiver.of(outbound) == Receiver.CSE) {
            while (path.endsWith("/")) {
                path = path.substring(0, path.length() - 1);
            }
            path += ResponseWriter.path(outbound.request().to());
            String fields = PercentCoding.query(QueryWriter.write(outbound.request(), IN_HEADERS));
            query = fields.isEmpty() ? null : fields;
        } else if (path.isEmpty()) {
            path = "/";
        }
        return URI.create(pointOfAccess.getScheme() + "://" + pointOfAccess.getRawAuthority() + path
                + (query == null ? "" : "?" + query));
    }
}
