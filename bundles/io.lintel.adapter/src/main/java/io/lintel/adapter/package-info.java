// SPDX-License-Identifier: Apache-2.0
/**
 * The device adapter SPI: how a device that speaks MQTT but no oneM2M becomes an AE. An adapter translates; the host in
 * this bundle connects, registers, stores and carries commands back.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package io.lintel.adapter;
