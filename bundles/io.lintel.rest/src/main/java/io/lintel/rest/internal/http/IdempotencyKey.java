// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

import org.eclipse.jetty.http.HttpFields;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;

/**
 * The word that HTTP lacks for "the same request again": the header Idempotency-Key, a string in quotation marks (a draft of the
 * IETF's HTTP API working group). A change that comes a second time with the same key, from the same sender and with the same
 * primitive gets the first one's response; what this node sends to others says so as well. Any thread.
 */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";
    private static final int LONGEST = 255;

    private IdempotencyKey() {
    }

    /**
     * The hop as it came, or with a delivery key if the request is a change whose sender may repeat it.
     *
     * @throws PrimitiveException 4000 for a key that is none
     */
    static Hop on(Hop hop, HttpFields headers, RequestPrimitive request) {
        Optional<String> key = request.operation() == Operation.RETRIEVE ? Optional.empty() : of(headers.get(HEADER));
        return key.isEmpty() ? hop : new Hop(hop.binding(), hop.peer(), hop.loopback(), hop.secured(), hop.verified(),
                hop.originator(), hop.credential(), Optional.of(digest(key.get(), hop, request)), false, hop.permitted());
    }

    /** What a header says to a receiver that knows it; empty for what needs none or can't be written in one. */
    static Optional<String> written(RequestPrimitive request) {
        String identifier = request.requestIdentifier();
        boolean carries = request.operation() != Operation.RETRIEVE && !identifier.isEmpty() && identifier.length() <= LONGEST
                && identifier.chars().allMatch(c -> c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
        return carries ? Optional.of('"' + identifier + '"') : Optional.empty();
    }

    private static Optional<String> of(String value) {
        if (value == null) {
            return Optional.empty();
        }
        String text = value.strip();
        String key = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"") ? text.substring(1, text.length() - 1)
                : text;
        if (key.isEmpty() || key.length() > LONGEST) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, HEADER + " is a string of 1 to " + LONGEST
                    + " characters in quotation marks");
        }
        return Optional.of(key);
    }

    private static String digest(String key, Hop hop, RequestPrimitive request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(("http " + hop.verified().or(hop::credential).orElse("") + '\n' + key + '\n')
                    .getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding()
                    .encodeToString(digest.digest(PrimitiveCodec.of(Serialization.JSON).encode(request)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
