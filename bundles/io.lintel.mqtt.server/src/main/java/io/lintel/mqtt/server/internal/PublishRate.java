// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.internal.Limits.Publishing;

/**
 * How fast clients may send, one of them or all together. What was read is taken; the answer is how long to rest before
 * the next, so that nothing is refused or lost. Belongs to the event loop.
 */
final class PublishRate {
    private static final int BURST_SECONDS = 1;

    private final TokenBucket messages;
    private final TokenBucket bytes;

    private PublishRate(int messagesPerSecond, int bytesPerSecond, long now) {
        messages = messagesPerSecond == 0 ? null : new TokenBucket(messagesPerSecond, BURST_SECONDS, now);
        bytes = bytesPerSecond == 0 ? null : new TokenBucket(bytesPerSecond, BURST_SECONDS, now);
    }

    static PublishRate ofOne(Publishing limits) {
        return new PublishRate(limits.messagesPerSecond(), limits.bytesPerSecond(), System.nanoTime());
    }

    static PublishRate ofAll(Publishing limits) {
        return new PublishRate(limits.messagesPerSecondInAll(), limits.bytesPerSecondInAll(), System.nanoTime());
    }

    /** Nanoseconds to rest after a packet of so many bytes. */
    long rest(long packetBytes, long now) {
        long rest = messages == null ? 0 : messages.take(1, now);
        return bytes == null ? rest : Math.max(rest, bytes.take(packetBytes, now));
    }
}
