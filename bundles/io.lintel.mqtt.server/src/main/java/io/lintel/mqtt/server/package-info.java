// SPDX-License-Identifier: Apache-2.0
/**
 * The MQTT 3.1.1 server as others see it: the policy it asks, the store it journals to, and its administration. It
 * knows no oneM2M.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package io.lintel.mqtt.server;
