// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/**
 * A peer sent bytes that MQTT 3.1.1 forbids: its network connection is closed [MQTT-4.8.0-1]. Without a stack trace,
 * since it tells about the peer and not about us.
 */
final class MalformedPacketException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedPacketException(String message) {
        super(message, null, false, false);
    }
}
