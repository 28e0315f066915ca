// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which messages may be repetitions. One connection repeats nothing, so an equal message on it is another request; but who has
 * lost a connection before the answer sends the same bytes again over the next one, and must not have it executed twice. Of
 * one connection; used by whoever reads it.
 */
final class Repetitions {
    private static final int REMEMBERED = 256;

    private final Set<String> seen = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });

    /** What is equal for equal messages of one sender, over whatever connection. */
    static String key(String sender, byte[] message) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(("ws " + sender + '\n').getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest(message));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether this connection has brought the same before, so that it is surely no repetition. */
    synchronized boolean isNew(String key) {
        return !seen.add(key);
    }
}
