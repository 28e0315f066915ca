// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names and passwords that were right, so that clients which come again, all at once after a power cut perhaps, are not
 * hashed again. Kept as a MAC under a key that exists in this process only: neither the passwords nor anything to guess
 * them by. The least recently used goes first. Any thread.
 */
final class Remembered {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MOST = 4096;

    private final SecretKeySpec key;
    private final Map<Trace, Boolean> traces = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Trace, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** Sixteen bytes of the MAC: with an unknown key, nobody finds another pair that has the same. */
    record Trace(long first, long second) {
    }

    Remembered() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, ALGORITHM);
    }

    /** @param hash what the file says of the user at present, so that a changed password is never remembered */
    Trace trace(String name, byte[] password, PasswordHash hash) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (String part : new String[] {name, hash.toString()}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                mac.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
                mac.update(bytes);
            }
            ByteBuffer sum = ByteBuffer.wrap(mac.doFinal(password));
            return new Trace(sum.getLong(), sum.getLong());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    synchronized boolean contains(Trace trace) {
        return traces.get(trace) != null;
    }

    synchronized void add(Trace trace) {
        traces.put(trace, true);
    }

    synchronized void clear() {
        traces.clear();
    }
}
