// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionStore.StoredWill;

/**
 * What is published for a client that leaves without DISCONNECT [MQTT-3.1.2-8]; kept with its connection, and in the
 * journal, so that a server which dies publishes it when it is back.
 *
 * @param number its number in the journal
 */
record Will(long number, String topic, byte[] payload, int qos, boolean retain) {

    static Will of(StoredWill stored) {
        return new Will(stored.number(), stored.topic(), stored.payload(), stored.qos(), stored.retain());
    }

    StoredWill stored(String clientId) {
        return new StoredWill(number, clientId, topic, qos, retain, payload);
    }
}
