// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.StoredMessage;

/**
 * One message on its way to one client.
 *
 * @param qos      the effective quality of service: the lower of the published and the granted [MQTT-3.8.4-6]
 * @param packetId what it is sent with; 0 while it has none
 * @param again    whether it is sent with DUP 1 [MQTT-3.3.1-1]
 */
record Delivery(StoredMessage message, int qos, int packetId, boolean again) {

    Delivery withPacketId(int id) {
        return new Delivery(message, qos, id, again);
    }

    long bytes() {
        return message.payload().length;
    }
}
