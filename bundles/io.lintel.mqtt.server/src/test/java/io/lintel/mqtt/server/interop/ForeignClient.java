// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.interop;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** One connection of a foreign client, in the few words that the tests need. Every call returns when its handshake is done. */
interface ForeignClient extends AutoCloseable {

    boolean sessionPresent();

    void subscribe(String filter, int qos) throws Exception;

    void unsubscribe(String filter) throws Exception;

    void publish(String topic, byte[] payload, int qos, boolean retain) throws Exception;

    /** The next message as {@link #describe} puts it. */
    String next() throws Exception;

    /** With DISCONNECT. */
    void disconnect() throws Exception;

    /** Without. */
    void die() throws Exception;

    /** Whatever it takes; may come after {@link #disconnect} or {@link #die}. */
    @Override
    void close() throws Exception;

    /** Topic, payload, QoS, and whether it is retained; of a long payload its length and checksum. */
    static String describe(String topic, byte[] payload, int qos, boolean retained) {
        CRC32 sum = new CRC32();
        sum.update(payload);
        String text = payload.length <= 100 ? new String(payload, StandardCharsets.UTF_8)
                : payload.length + " bytes " + Long.toHexString(sum.getValue());
        return topic + " " + text + " qos " + qos + (retained ? " retained" : "");
    }
}
