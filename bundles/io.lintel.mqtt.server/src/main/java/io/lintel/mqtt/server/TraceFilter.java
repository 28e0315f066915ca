// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.Objects;

/**
 * What a trace shows.
 *
 * @param clientId    a client identifier in which {@code *} stands for any text and {@code ?} for any character; empty
 *                    for all clients
 * @param topicFilter as in a SUBSCRIBE; with one, only packets that name a matching topic are shown. Empty for all packets
 * @param payloadBytes how much of each payload is shown at most
 */
public record TraceFilter(String clientId, String topicFilter, int payloadBytes) {
    /** Of everything, the start of each payload. */
    public static final TraceFilter ALL = new TraceFilter("", "", 64);

    private static final int MOST_PAYLOAD_BYTES = 4096;

    public TraceFilter {
        Objects.requireNonNull(clientId);
        Objects.requireNonNull(topicFilter);
        payloadBytes = Math.max(0, Math.min(payloadBytes, MOST_PAYLOAD_BYTES));
    }
}
