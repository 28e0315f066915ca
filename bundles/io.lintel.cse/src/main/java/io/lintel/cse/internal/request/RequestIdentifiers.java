// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Identifiers of the requests that this CSE makes: none is used for two, in this run or another. Any thread.
 *
 * <p>A request that is passed on gets one, too (TS-0001 7.1.7). Where its result comes later and on its own, as that of a
 * non-blocking request does, the new identifier carries the first one, so that the result can be handed out under the
 * identifier its originator knows, also after a restart: {@code <CSE-ID>:<identifier>/<first identifier>}.
 */
public final class RequestIdentifiers {
    private static final String RUN_PREFIX = Long.toString(new SecureRandom().nextLong() >>> 12, 36) + "-";
    /** What the bindings can all carry: a CoAP option has 255 bytes (TS-0008), and an identifier may be more than ASCII. */
    private static final int MAXIMUM_LENGTH = 200;
    private static final int DIGEST_BYTES = 16;
    private static final AtomicLong SEQUENCE = new AtomicLong();
    private static final SecureRandom RANDOM = new SecureRandom();

    private RequestIdentifiers() {
    }

    public static String next() {
        // The end can't be guessed from identifiers seen before: whoever answers has to have read the request.
        return RUN_PREFIX + Long.toString(SEQUENCE.incrementAndGet(), 36) + "-" + Long.toUnsignedString(RANDOM.nextLong(), 36);
    }

    /** The identifier of a request that is passed on because of a delivery: the same whenever that is delivered again. */
    public static String ofDelivery(String cseId, String deliveryKey) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(cseId.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            byte[] sum = digest.digest(deliveryKey.getBytes(StandardCharsets.UTF_8));
            return "d-" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sum, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** An identifier from which {@link #carried} gets back the one given; one that is too long is left out. */
    public static String carrying(String cseId, String own, String first) {
        String carrier = marker(cseId) + own + "/";
        return carrier.length() + first.length() > MAXIMUM_LENGTH ? own : carrier + first;
    }

    /** The identifier that {@link #carrying} of this CSE put in, if any. */
    public static Optional<String> carried(String cseId, String identifier) {
        int slash = identifier.indexOf('/');
        return identifier.startsWith(marker(cseId)) && slash >= 0 ? Optional.of(identifier.substring(slash + 1))
                : Optional.empty();
    }

    /** As {@link #carrying}, for a request that is known by a name: the name is in it in any case. */
    public static String named(String cseId, String name, String first) {
        String carrier = marker(cseId) + name + "/";
        return carrier.length() + first.length() > MAXIMUM_LENGTH ? carrier : carrier + first;
    }

    /** What {@link #carrying} or {@link #named} put before the first identifier. */
    public static Optional<String> carrier(String cseId, String identifier) {
        int slash = identifier.indexOf('/');
        int start = marker(cseId).length();
        return identifier.startsWith(marker(cseId)) && slash > start ? Optional.of(identifier.substring(start, slash))
                : Optional.empty();
    }

    private static String marker(String cseId) {
        return cseId.substring(1) + ":";
    }
}
