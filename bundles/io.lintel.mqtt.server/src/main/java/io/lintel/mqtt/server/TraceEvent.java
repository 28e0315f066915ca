// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.Objects;
import java.util.Optional;

/**
 * One packet as it passed, or a connection's end.
 *
 * @param atMillis  milliseconds since 1970
 * @param clientId  empty text while the client has not said who it is
 * @param address   where it is connected from
 * @param packet    the packet's name in the standard, such as {@code PUBLISH}; {@code CLOSE} for a connection's end
 * @param topic     topic name, or topic filters separated by blanks
 * @param packetId  0 if the packet has none
 * @param bytes     size of the payload of a PUBLISH; otherwise 0
 * @param payload   its first bytes
 * @param detail    what else there is to say: codes, reasons, refusals; may be empty
 */
public record TraceEvent(long atMillis, String clientId, String address, Direction direction, String packet,
        Optional<String> topic, int qos, boolean retain, boolean dup, int packetId, int bytes, byte[] payload,
        String detail) {
    public TraceEvent {
        Objects.requireNonNull(clientId);
        Objects.requireNonNull(address);
        Objects.requireNonNull(direction);
        Objects.requireNonNull(packet);
        Objects.requireNonNull(topic);
        Objects.requireNonNull(payload);
        Objects.requireNonNull(detail);
    }

    /** As seen from the server; {@code NONE} for what is no packet. */
    public enum Direction {
        IN, OUT, NONE
    }
}
