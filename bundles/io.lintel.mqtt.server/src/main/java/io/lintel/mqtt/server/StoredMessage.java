// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.Objects;

/**
 * A message as the journal keeps it.
 *
 * @param id      its number in the journal, assigned by the server, growing
 * @param topic   the topic name
 * @param qos     the quality of service it was published with
 * @param retain  whether it is sent with RETAIN 1 (a retained message to a new subscription)
 * @param payload the bytes; never changed
 */
public record StoredMessage(long id, String topic, int qos, boolean retain, byte[] payload) {
    public StoredMessage {
        Objects.requireNonNull(topic);
        Objects.requireNonNull(payload);
    }
}
