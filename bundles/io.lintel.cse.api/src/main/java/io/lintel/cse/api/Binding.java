// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

/** The protocol by which a request came; {@link #LOCAL} is a bundle of this framework, such as a device adapter. */
public enum Binding {
    MQTT, HTTP, COAP, WEBSOCKET, LOCAL
}
