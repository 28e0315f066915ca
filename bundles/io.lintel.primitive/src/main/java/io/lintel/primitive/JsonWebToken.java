// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import io.lintel.primitive.codec.JsonObjects;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/**
 * A signed token in its compact form, {@code header.claims.signature} in base64url (RFC 7515, TS-0003 7.3.2), taken apart
 * but not verified: who holds the issuer's key does that. Pure; any thread.
 *
 * @param algorithm {@code alg} of the header, such as {@code ES256}
 * @param claims    the payload
 * @param signed    the bytes that the signature is over
 * @param signature as it came
 */
public record JsonWebToken(String algorithm, Attributes claims, byte[] signed, byte[] signature) {
    private static final int LONGEST = 65_536;
    private static final int SIGNED_PARTS = 3;
    private static final int ENCRYPTED_PARTS = 5;

    public JsonWebToken {
        Objects.requireNonNull(algorithm);
        Objects.requireNonNull(claims);
    }

    /**
     * Reads the compact form.
     *
     * @throws PrimitiveException 4000 for what is no token, 5001 for an encrypted one (JWE)
     */
    public static JsonWebToken parse(String compact) {
        if (compact.length() > LONGEST) {
            throw bad("a token is longer than " + LONGEST + " characters");
        }
        String[] parts = compact.split("\\.", -1);
        if (parts.length == ENCRYPTED_PARTS) {
            throw new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED,
                    "the token is encrypted (JWE), only signed tokens (JWS) are supported");
        }
        if (parts.length != SIGNED_PARTS) {
            throw bad("a token consists of header, claims and signature with '.' between them");
        }
        Attributes header = object(parts[0], "header");
        String algorithm = header.text("alg").orElseThrow(() -> bad("the token's header has no alg"));
        if (header.has("crit") || header.has("b64")) {
            throw bad("the token's header asks for extensions that are not supported");
        }
        return new JsonWebToken(algorithm, object(parts[1], "claims"),
                (parts[0] + '.' + parts[1]).getBytes(StandardCharsets.US_ASCII), decoded(parts[2], "signature"));
    }

    private static Attributes object(String part, String what) {
        try {
            return JsonObjects.read(decoded(part, what));
        } catch (PrimitiveException malformed) {
            throw bad("the token's " + what + " can't be read: " + malformed.getMessage());
        }
    }

    private static byte[] decoded(String part, String what) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw bad("the token's " + what + " is no base64url text");
        }
    }

    private static PrimitiveException bad(String text) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, text);
    }
}
