// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.time.Duration;

/**
 * What one connection may take and how long it may stay silent, checked once when the configuration is read.
 *
 * @param messageBytes largest message, unpacked
 * @param inProgress   requests that are with the CSE
 * @param outstanding  requests that wait for the other end's response
 * @param waiting      messages that wait to be sent
 * @param waitingBytes bytes that wait to be sent
 * @param ping         silence after which a ping is sent
 * @param silence      silence after which the connection is given up
 * @param registration how long the sender may stay unknown
 * @param write        how long the other end may take no byte
 */
record Limits(int messageBytes, int inProgress, int outstanding, int waiting, int waitingBytes, Duration ping, Duration silence,
        Duration registration, Duration write) {

    /** @throws IllegalArgumentException naming the key; the component does not start */
    static Limits of(WebSocketSettings settings) {
        int ping = positive("pingSeconds", settings.pingSeconds());
        int silence = positive("silenceSeconds", settings.silenceSeconds());
        if (silence <= ping) {
            throw new IllegalArgumentException("websocket.silenceSeconds (" + silence + ") must be longer than"
                    + " websocket.pingSeconds (" + ping + "), or no pong could arrive in time");
        }
        return new Limits(positive("maxMessageBytes", settings.maxMessageBytes()),
                positive("maxInProgress", settings.maxInProgress()), positive("maxOutstanding", settings.maxOutstanding()),
                positive("maxWaiting", settings.maxWaiting()), positive("maxWaitingBytes", settings.maxWaitingBytes()),
                Duration.ofSeconds(ping), Duration.ofSeconds(silence),
                Duration.ofSeconds(positive("registrationSeconds", settings.registrationSeconds())),
                Duration.ofSeconds(positive("writeTimeoutSeconds", settings.writeTimeoutSeconds())));
    }

    static int positive(String key, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("websocket." + key + " must be positive: " + value);
        }
        return value;
    }
}
