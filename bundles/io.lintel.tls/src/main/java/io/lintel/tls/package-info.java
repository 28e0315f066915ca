// SPDX-License-Identifier: Apache-2.0
/**
 * What all bindings share of TLS and DTLS: the node's own key, certificates and authority, whom it believes, keys that are
 * agreed beforehand (PSK), and which oneM2M entity a credential stands for. It knows no protocol above TLS, opens no socket,
 * and depends on none of our bundles, so that the MQTT server may use it as well as the oneM2M bindings.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package io.lintel.tls;
