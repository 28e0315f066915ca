// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import java.util.Map;

/** A server in a process of its own, over a store that outlives it. */
public interface Victim extends AutoCloseable {
    /** A setting for the disk instead of the server: so much longer takes each sync, as on an SD card. */
    String SYNC_MICROS = "disk.syncMicros";

    /**
     * Starts it over what the last one left.
     *
     * @param settings of the MQTT server, by name
     * @return its port
     */
    int start(Map<String, String> settings);

    /** Kill -9; returns when it is gone. */
    void kill();

    /** How much the running server's store keeps besides what is retained: messages, deliveries, and loose ends. */
    long leftovers();

    @Override
    void close();
}
