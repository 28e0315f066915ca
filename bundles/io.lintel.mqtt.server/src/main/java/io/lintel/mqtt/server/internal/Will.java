// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/** What is published for a client that leaves without DISCONNECT [MQTT-3.1.2-8]; kept with its connection. */
record Will(String topic, byte[] payload, int qos, boolean retain) {
}
