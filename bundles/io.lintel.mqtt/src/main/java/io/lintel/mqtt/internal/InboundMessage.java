// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A PUBLISH as it arrived.
 *
 * @param packetId what its server calls it while it is not acknowledged; 0 with QoS 0
 * @param ticket   to be handed back once the message is dealt with; then its PUBACK may go
 */
record InboundMessage(String topic, byte[] payload, int qos, boolean duplicate, int packetId,
        AcknowledgementLedger.Ticket ticket) {

    /**
     * Equal for two deliveries of one request, also across a restart: a digest of topic and payload. Where a sender does
     * not mind its request identifiers, equal for two deliveries of one message only (decision 18).
     */
    String deliveryKey(boolean ofMessage) {
        return ofMessage ? digest() + "/" + packetId : digest();
    }

    private String digest() {
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
