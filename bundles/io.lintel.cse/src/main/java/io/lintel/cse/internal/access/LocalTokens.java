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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tokens that this CSE remembers (TS-0003 7.3.2): those that authorization systems gave, and short names: an originator that
 * sends a token whole gets a local token ID with the response and may send that the next time. A bounded number of them; who
 * is told that one is not known any more sends the token again. A local ID is on disk before the response leaves that
 * assigns it. Any thread.
 */
final class LocalTokens {
    private static final int MOST = 1000;
    private static final int MOST_GIVEN = 8;
    private static final int LENGTH = 16;

    private static final String LOCAL = "local token ";
    private static final String GIVEN = "given tokens ";

    private final AccessMemory memory;
    private final Map<String, String> tokens = bounded(LOCAL);
    private final Map<String, List<String>> given = bounded(GIVEN);

    LocalTokens(AccessMemory memory) {
        this.memory = memory;
    }

    /** What the last run knew. */
    void load() {
        memory.each(LOCAL, (key, kept) -> kept.text("token").ifPresent(token -> {
            synchronized (tokens) {
                tokens.put(key, token);
            }
        }));
        memory.each(GIVEN, (originator, kept) -> {
            synchronized (given) {
                given.put(originator, kept.texts("tokens"));
            }
        });
    }

    private <T> Map<String, T> bounded(String prefix) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
                boolean tooMany = size() > MOST;
                if (tooMany) {
                    memory.remove(List.of(prefix + eldest.getKey()));
                }
                return tooMany;
            }
        };
    }

    /** Keeps a token that an authorization system gave for the originator; the newest few. */
    void give(String originator, String token) {
        synchronized (given) {
            List<String> tokens = new ArrayList<>(given.getOrDefault(originator, List.of()));
            tokens.remove(token);
            tokens.add(token);
            List<String> kept = List.copyOf(tokens.size() > MOST_GIVEN ? tokens.subList(1, tokens.size()) : tokens);
            if (!kept.equals(given.put(originator, kept))) {
                memory.put(GIVEN + originator, Attributes.of("tokens", kept));
            }
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

    /** The response, with local IDs for the tokens that the request carried, once these are kept. */
    CompletionStage<ResponsePrimitive> assign(ResponsePrimitive response, String originator, Entitlements entitlements) {
        List<Attributes> assigned = new ArrayList<>();
        CompletionStage<Void> kept = CompletableFuture.completedFuture(null);
        for (AcceptedToken token : entitlements.tokens()) {
            if (token.sent()) {
                String localId = localId(token.compact());
                String before;
                synchronized (tokens) {
                    before = tokens.put(originator + " " + localId, token.compact());
                }
                if (!token.compact().equals(before)) {
                    CompletionStage<Void> one = memory.put(LOCAL + originator + " " + localId, Attributes.of("token",
                            token.compact()));
                    kept = kept.thenCompose(done -> one);
                }
                assigned.add(Attributes.builder().set("lti", localId).set("tkid", token.id()).build());
            }
        }
        return kept.thenApply(done -> assigned.isEmpty() ? response : response.toBuilder().set(
                ResponseParameter.ASSIGNED_TOKEN_IDENTIFIERS, Attributes.of("ltia", assigned)).build());
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
