// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.interop;

/** What a foreign client may speak MQTT over. */
enum Transport {
    TCP, TLS, WS, WSS;

    boolean isSecure() {
        return this == TLS || this == WSS;
    }

    boolean isWebSocket() {
        return this == WS || this == WSS;
    }
}
