// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.mqtt.server.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The checksum that a row with a message carries: CRC-32C over all that is delivered of it. The database's own
 * structure may be sound while bytes within a row are not, and an acknowledged message that comes out altered is worse
 * than one that is missing and said to be. Stateless.
 */
final class Checksum {
    /** Of a row that was written before there were checksums. */
    static final long NONE = -1;

    private Checksum() {
    }

    /** From 0 to 2^32 - 1. */
    static long of(StoredMessage message) {
        return of(message.id(), message.topic(), message.qos(), message.retain(), message.payload());
    }

    static long of(long id, String topic, int qos, boolean retain, byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(10).putLong(id).put((byte) qos).put((byte) (retain ? 1 : 0)).flip());
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        crc.update(name, 0, name.length);
        crc.update(payload, 0, payload.length);
        return crc.getValue();
    }

    static boolean fits(StoredMessage message, long stored) {
        return stored == NONE || stored == of(message);
    }
}
