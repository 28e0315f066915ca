// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tokens that this CSE remembers (TS-0003 7.3.2): those that authorization systems gave, and short names: an originator that
 * sends a token whole gets a local token ID with the response and may send that the next time. Kept in memory, a bounded
 * number of them; who is told that one is not known any more, for example after a restart, sends the token again. Any
 * thread.
 */
final class LocalTokens {
    private static final int MOST = 1000;
    private static final int MOST_GIVEN = 8;
    private static final int LENGTH = 16;

    private final Map<String, String> tokens = bounded();
    private final Map<String, List<String>> given = bounded();

    private static <T> Map<String, T> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
                return size() > MOST;
            }
        };
    }

    /** Keeps a token that an authorization system gave for the originator; the newest few. */
    void give(String originator, String token) {
        synchronized (given) {
            List<String> tokens = new ArrayList<>(given.getOrDefault(originator, List.of()));
            tokens.remove(token);
            tokens.add(token);
            given.put(originator, List.copyOf(tokens.size() > MOST_GIVEN ? tokens.subList(1, tokens.size()) : tokens));
        }
    }

    /** What authorization systems gave for the originator; it has to be verified again. */
    List<String> given(String originator) {
        synchronized (given) {
            return given.getOrDefault(originator, List.of());
        }
    }

    Optional<String> find(String originator, String localId) {
        synchronized (tokens) {
            return Optional.ofNullable(tokens.get(originator + " " + localId));
        }
    }

    /** The response, with local IDs for the tokens that the request carried. */
    ResponsePrimitive assign(ResponsePrimitive response, String originator, Entitlements entitlements) {
        List<Attributes> assigned = new ArrayList<>();
        for (AcceptedToken token : entitlements.tokens()) {
            if (token.sent()) {
                String localId = localId(token.compact());
                synchronized (tokens) {
                    tokens.put(originator + " " + localId, token.compact());
                }
                assigned.add(Attributes.builder().set("lti", localId).set("tkid", token.id()).build());
            }
        }
        return assigned.isEmpty() ? response : response.toBuilder().set(ResponseParameter.ASSIGNED_TOKEN_IDENTIFIERS,
                Attributes.of("ltia", assigned)).build();
    }

    /** Begins with a letter, as xs:NCName has it; the same token has the same one. */
    private static String localId(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return "t" + HexFormat.of().formatHex(digest).substring(0, LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
