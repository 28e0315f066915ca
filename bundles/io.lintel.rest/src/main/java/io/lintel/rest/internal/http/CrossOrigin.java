// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Which web pages of other origins may use the listener (CORS, Fetch standard 3.2): none at first. A browser asks before it
 * sends a request with our headers; that question is answered here and is no request of oneM2M's. Immutable, any thread.
 */
final class CrossOrigin {
    private static final String PREFLIGHT_SECONDS = "600";

    private final Set<String> origins;
    private final boolean all;
    private final String exposed;
    private final String accepted;

    private CrossOrigin(Set<String> origins) {
        this.origins = origins;
        this.all = origins.contains("*");
        Set<String> answers = new TreeSet<>(Headers.RESPONSE.keySet());
        answers.addAll(Set.of(Headers.ASSIGNED_TOKENS, "Content-Location", "ETag", "Retry-After"));
        exposed = String.join(", ", answers);
        Set<String> requests = new TreeSet<>(Headers.REQUEST.keySet());
        requests.addAll(Set.of(Headers.NOTIFICATION_URIS, Headers.NAME, "Accept", "Authorization", "Content-Type", "If-Match",
                "If-None-Match", IdempotencyKey.HEADER));
        accepted = String.join(", ", requests);
    }

    /**
     * @param text origins with commas between them, or {@code *}; empty for none
     * @throws IllegalArgumentException if one is no origin
     */
    static Optional<CrossOrigin> of(String text) {
        Set<String> origins = Arrays.stream(text.split(",")).map(String::trim).filter(word -> !word.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        origins.stream().filter(origin -> !origin.equals("*") && !origin.matches("[a-z][a-z0-9+.-]*://[^/?#\\s]+")).findFirst()
                .ifPresent(wrong -> {
            throw new IllegalArgumentException("allowedOrigins are such as https://app.example, without a path, or *: " + wrong);
        });
        return origins.isEmpty() ? Optional.empty() : Optional.of(new CrossOrigin(origins));
    }

    private boolean allows(String origin) {
        return origin != null && (all || origins.contains(origin));
    }

    /** Says in an answer that the page may read it. */
    void mark(String origin, HttpFields.Mutable answer) {
        if (!all) {
            answer.add("Vary", "Origin");
        }
        if (allows(origin)) {
            answer.add("Access-Control-Allow-Origin", all ? "*" : origin);
            answer.add("Access-Control-Expose-Headers", exposed);
        }
    }

    /** Answers what a browser asks beforehand; false if that is not what the request is. */
    boolean preflight(Request request, Head head, Response response, Callback callback) {
        if (!request.getMethod().equals("OPTIONS") || head.origin == null
                || request.getHeaders().get("Access-Control-Request-Method") == null) {
            return false;
        }
        HttpFields.Mutable answer = response.getHeaders();
        response.setStatus(allows(head.origin) ? 204 : 403);
        mark(head.origin, answer);
        if (allows(head.origin)) {
            answer.add("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
            answer.add("Access-Control-Allow-Headers", accepted);
            answer.add("Access-Control-Max-Age", PREFLIGHT_SECONDS);
        }
        answer.add(Headers.STATUS_CODE, allows(head.origin) ? "2000" : "4103");
        response.write(true, null, callback);
        return true;
    }
}
