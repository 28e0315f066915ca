// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

/**
 * A server that the suites are run against. Both are started with the same limits where both have such a limit.
 * {@link #restart} and {@link #kill} change the port.
 */
interface Subject extends AutoCloseable {
    /** Two users that each server knows, both with the same password; clients without a user name come in too. */
    String SOMEONE = "someone";
    String SOMEONE_ELSE = "someone else";
    String PASSWORD = "something";

    /** The port of the plain listener on 127.0.0.1. */
    int port();

    /** The port of the WebSocket listener, if the setup asks for one; its path is /mqtt. */
    int webSocketPort();

    /** Whether it is the control, so that its deviations are to be expected instead of our behaviour. */
    boolean isMosquitto();

    /** Ends it in good order and starts it again over what it kept. */
    void restart();

    /** Ends it as kill -9 does, and starts it again over what was on disk. */
    void kill();

    @Override
    void close();

    /** Starts a server. */
    @FunctionalInterface
    interface Starter {
        Subject start(Setup setup);
    }
}
