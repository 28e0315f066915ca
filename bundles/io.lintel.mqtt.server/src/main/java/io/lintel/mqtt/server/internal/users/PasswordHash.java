// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A salted password hash as {@code mosquitto_passwd} writes it: {@code $7$<iterations>$<salt>$<hash>}, the hash being
 * PBKDF2 (RFC 8018) with HMAC-SHA512. The password is bytes, as MQTT sends it, so the JDK's PBKDF2, which takes text,
 * does not fit. Computing takes milliseconds to tenths of a second: never on the event loop.
 */
final class PasswordHash {
    /**
     * 250 times what mosquitto_passwd does by default, which makes guessing from a stolen file dear; yet all devices of a
     * house come back within seconds of a restart, at about 60 ms of one core of a small machine each.
     */
    static final int OUR_ITERATIONS = 25_000;

    private static final String ALGORITHM = "HmacSHA512";
    private static final String KIND = "7";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 64;
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    static PasswordHash of(byte[] password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return new PasswordHash(OUR_ITERATIONS, salt, derive(password, salt, OUR_ITERATIONS, HASH_BYTES));
    }

    /** One that no password matches, as dear to check as any of that many iterations. */
    static PasswordHash decoy(int iterations) {
        return new PasswordHash(iterations, new byte[SALT_BYTES], new byte[0]);
    }

    /** Empty for any other kind of hash, and for one out of its bounds. */
    static Optional<PasswordHash> parse(String text) {
        String[] parts = text.split("\\$", -1);
        if (parts.length != 5 || !parts[0].isEmpty() || !parts[1].equals(KIND)) {
            return Optional.empty();
        }
        try {
            int iterations = Integer.parseInt(parts[2]);
            byte[] salt = Base64.getDecoder().decode(parts[3]);
            byte[] hash = Base64.getDecoder().decode(parts[4]);
            boolean sound = iterations > 0 && iterations <= MOST_ITERATIONS && salt.length > 0 && hash.length == HASH_BYTES;
            return sound ? Optional.of(new PasswordHash(iterations, salt, hash)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Takes as long for a wrong password as for the right one. */
    boolean matches(byte[] password) {
        return MessageDigest.isEqual(derive(password, salt, iterations, HASH_BYTES), hash);
    }

    int iterations() {
        return iterations;
    }

    private static byte[] derive(byte[] password, byte[] salt, int iterations, int bytes) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            // HMAC fills a short key up with zeros, so a single zero stands for the empty key that the JDK refuses.
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, ALGORITHM));
            byte[] derived = new byte[bytes];
            int blockBytes = mac.getMacLength();
            for (int block = 1, from = 0; from < bytes; block++, from += blockBytes) {
                mac.update(salt);
                byte[] last = mac.doFinal(ByteBuffer.allocate(4).putInt(block).array());
                byte[] sum = last.clone();
                for (int i = 1; i < iterations; i++) {
                    mac.update(last);
                    mac.doFinal(last, 0);
                    for (int k = 0; k < blockBytes; k++) {
                        sum[k] ^= last[k];
                    }
                }
                System.arraycopy(sum, 0, derived, from, Math.min(blockBytes, bytes - from));
            }
            return derived;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /** The text in the file. */
    @Override
    public String toString() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "$" + KIND + "$" + iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }
}
