// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.Locale;

/** What the server counts since its start. */
enum Counter {
    CONNECTIONS_ACCEPTED, CONNECTIONS_REFUSED, CONNECTIONS_OPEN, CONNECTS_ACCEPTED, TAKEOVERS, PACKETS_IN, PACKETS_OUT,
    PACKETS_MALFORMED, BYTES_IN, BYTES_OUT, MESSAGES_IN, MESSAGES_OUT, PAYLOAD_IN, PAYLOAD_OUT, MESSAGES_REFUSED,
    MESSAGES_DROPPED_QOS0, SUBSCRIPTIONS_REFUSED, SLOW_CONSUMERS_CLOSED, CLIENTS_SLOWED, PUBLISHERS_TURNED_AWAY,
    WILLS_PUBLISHED, WILLS_DROPPED, TLS_HANDSHAKES_FAILED;

    private final String key = name().toLowerCase(Locale.ROOT).replace('_', '.');

    /** The name people see, such as {@code messages.in}. */
    String key() {
        return key;
    }
}
