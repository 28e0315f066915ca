// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.CseIdentity;
import io.lintel.rest.internal.mapping.CseLink;
import io.lintel.rest.internal.mapping.TargetPath;

/**
 * The answer to GET /.well-known/core (RFC 6690): where this CSE begins, for CoAP clients that find their way by links. It
 * tells nothing that a client could not learn by asking the CSEBase who it is, and needs nothing of oneM2M. Any thread.
 */
final class EntryPoints {
    private static final List<String> PATH = List.of(".well-known", "core");
    private static final int LINK_FORMAT = 40;
    private static final String FORMATS = "50 41 60 10001 10014 10010";

    private final CseLink cse;

    EntryPoints(CseLink cse) {
        this.cse = cse;
    }

    private record Link(String target, Map<String, String> attributes) {
        /** RFC 6690 4.1: a value matches one of the words of the attribute; {@code *} at its end stands for any rest. */
        boolean matches(String name, String value) {
            String text = name.equals("href") ? target : attributes.get(name);
            List<String> words = text == null ? List.of() : name.equals("href") || name.equals("title") ? List.of(text)
                    : List.of(text.split(" "));
            boolean open = value.endsWith("*");
            String wanted = open ? value.substring(0, value.length() - 1) : value;
            return words.stream().anyMatch(word -> open ? word.startsWith(wanted) : word.equals(wanted));
        }

        String text() {
            return "<" + target + ">" + attributes.entrySet().stream()
                    .map(attribute -> ";" + attribute.getKey() + "=\"" + attribute.getValue() + "\"")
                    .collect(Collectors.joining());
        }
    }

    static boolean isAskedBy(Request request) {
        return request.getCode() == Code.GET && request.getOptions().getUriPath().equals(PATH);
    }

    Response answer(Request request) {
        Optional<CseIdentity> identity = cse.identity();
        if (identity.isEmpty()) {
            Response away = new Response(ResponseCode.SERVICE_UNAVAILABLE);
            away.getOptions().setMaxAge(Busy.RETRY_AFTER_SECONDS);
            return away;
        }
        if (request.getOptions().hasAccept() && request.getOptions().getAccept() != LINK_FORMAT) {
            return new Response(ResponseCode.NOT_ACCEPTABLE);
        }
        String links = links(identity.get()).stream()
                .filter(link -> request.getOptions().getUriQuery().stream().allMatch(field -> matches(link, field)))
                .map(Link::text).collect(Collectors.joining(","));
        Response response = new Response(ResponseCode.CONTENT);
        response.getOptions().setContentFormat(LINK_FORMAT);
        response.setPayload(links.getBytes(StandardCharsets.UTF_8));
        return response;
    }

    private static boolean matches(Link link, String field) {
        int equals = field.indexOf('=');
        return equals > 0 && link.matches(field.substring(0, equals), field.substring(equals + 1));
    }

    /** The CSEBase by its name and by its SP-relative resource ID. */
    private static List<Link> links(CseIdentity identity) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("rt", "oneM2M.CSEBase oneM2M." + identity.type() + "-CSE");
        attributes.put("title", identity.spId() + identity.cseId());
        attributes.put("ct", FORMATS);
        return List.of(new Link(path(identity.baseName()), attributes),
                new Link(path(identity.cseId() + "/" + identity.baseName()), attributes));
    }

    private static String path(String address) {
        return "/" + String.join("/", TargetPath.segments(address));
    }
}
