// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.QueryWriter;
import io.lintel.rest.internal.mapping.Receiver;
import io.lintel.rest.internal.mapping.TargetPath;
import io.lintel.rest.internal.mapping.Values;

/** Request primitive to CoAP request (TS-0008 6.2). Pure; any thread. */
final class CoapRequestWriter {
    private final boolean oneM2mNotificationFormat;

    /** @param oneM2mNotificationFormat whether notifications have the number of {@code vnd.onem2m-ntfy+…}, or the plain one */
    CoapRequestWriter(boolean oneM2mNotificationFormat) {
        this.oneM2mNotificationFormat = oneM2mNotificationFormat;
    }

    /** The request without its destination. */
    Request write(OutboundRequest outbound, OneM2mOption.NumberSet numbers) {
        RequestPrimitive primitive = outbound.request();
        boolean nonBlocking = primitive.responseType() != 3;
        Request request = Request.newPost();
        if (!nonBlocking) {
            request = new Request(method(primitive.operation()));
        }
        OptionSet options = request.getOptions();
        for (OneM2mOption option : OneM2mOption.ALL) {
            option.requestParameter().filter(parameter -> option != OneM2mOption.TY || primitive.operation() == Operation.CREATE)
                    .flatMap(parameter -> primitive.parameters().get(parameter.shortName())).filter(value -> !value.equals(""))
                    .ifPresent(value -> options.addOption(option.create(numbers, option.fitting(value))));
        }
        if (!primitive.notificationTargets().isEmpty()) {
            options.addOption(OneM2mOption.RTURI.create(numbers, Values.joinUris(primitive.notificationTargets())));
        }
        target(outbound, nonBlocking, options);
        Serialization serialization = outbound.serialization().orElse(Serialization.JSON);
        options.setAccept(ContentFormats.plain(serialization));
        if (primitive.operation() != Operation.RETRIEVE && primitive.content().isPresent()) {
            request.setPayload(PrimitiveCodec.of(serialization).encodeContent(primitive.content().get()));
            boolean notification = primitive.operation() == Operation.NOTIFY && oneM2mNotificationFormat;
            options.setContentFormat(notification ? ContentFormats.notification(serialization)
                    : ContentFormats.plain(serialization));
        }
        return request;
    }

    private static Code method(Operation operation) {
        return switch (operation) {
            case CREATE, NOTIFY -> Code.POST;
            case RETRIEVE -> Code.GET;
            case UPDATE -> Code.PUT;
            case DELETE -> Code.DELETE;
        };
    }

    private static void target(OutboundRequest outbound, boolean nonBlocking, OptionSet options) {
        URI uri = outbound.pointOfAccess();
        for (String segment : segments(uri.getRawPath())) {
            options.addUriPath(segment);
        }
        if (Receiver.of(outbound) != Receiver.CSE) {
            if (uri.getRawQuery() != null) {
                List.of(uri.getRawQuery().split("&")).forEach(field -> options.addUriQuery(decode(field)));
            }
            return;
        }
        TargetPath.segments(outbound.request().to()).forEach(options::addUriPath);
        CoapQuery.write(QueryWriter.write(outbound.request(), Set.of())).forEach(options::addUriQuery);
        if (nonBlocking) {
            options.addUriQuery("op=" + outbound.request().operation().code());
        }
    }

    private static List<String> segments(String rawPath) {
        if (rawPath == null || rawPath.length() <= 1) {
            return List.of();
        }
        String path = rawPath.endsWith("/") ? rawPath.substring(1, rawPath.length() - 1) : rawPath.substring(1);
        return List.of(path.split("/", -1)).stream().map(CoapRequestWriter::decode).toList();
    }

    private static String decode(String escaped) {
        return java.net.URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
