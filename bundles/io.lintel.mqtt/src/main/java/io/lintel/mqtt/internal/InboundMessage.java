// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A PUBLISH as it arrived.
 *
 * @param ticket to be handed back once the message is dealt with; then its PUBACK may go
 */
record InboundMessage(String topic, byte[] payload, int qos, boolean duplicate, AcknowledgementLedger.Ticket ticket) {

    /** Equal for two deliveries of one message, also across a restart: a digest of topic and payload. */
    String deliveryKey() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(topic.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest(payload));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
