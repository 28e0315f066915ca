// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.util.function.Consumer;

/**
 * One open WebSocket, whoever made it: what a {@link Conversation} needs of Jetty's and of the JDK's. Any thread; nothing
 * blocks.
 */
interface Link {
    /** Normal end. */
    int NORMAL = 1000;
    /** This end goes away: the node stops, or its binding is replaced. */
    int GOING_AWAY = 1001;
    /** Text that is no UTF-8, a message that is no primitive, or text where binary belongs. */
    int BAD_DATA = 1007;
    /** A rule of this binding is broken. */
    int POLICY = 1008;
    /** A message is too large. */
    int TOO_LARGE = 1009;
    /** Longest reason of a close frame, in bytes. */
    int REASON_BYTES = 123;

    /**
     * Sends a message. Not called again before the one before has gone.
     *
     * @param gone runs once, on any thread: with null when the message is on its way, with the failure otherwise
     */
    void send(byte[] message, boolean text, Consumer<Throwable> gone);

    /** Asks the other end for a sign of life. */
    void ping();

    /** The next message may come: one for each call. */
    void more();

    /** Begins the closing handshake. */
    void close(int code, String reason);

    /** Ends the connection without a word. */
    void abort();
}
