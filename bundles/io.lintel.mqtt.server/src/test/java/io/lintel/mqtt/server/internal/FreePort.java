// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Ports for servers of tests that cannot choose their own. They are below those that the operating system gives to the ends
 * of clients: one of those could be taken by any connection of a test before the server listens, or between its kill and its
 * next start, and a client that tries again and again to reach it there may in the end be connected to itself.
 */
public final class FreePort {
    private static final int FIRST = 24_000;
    private static final int COUNT = 8_000;
    private static final int ATTEMPTS = 1_000;
    private static final Random RANDOM = new Random();
    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePort() {
    }

    /** One that nobody listens at; never the same twice. */
    public static synchronized int next() {
        IOException last = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = FIRST + RANDOM.nextInt(COUNT);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(probe.getLocalPort())) {
                    return port;
                }
            } catch (IOException e) {
                last = e;   // taken
            }
        }
        throw new AssertionError("no free port", last);
    }
}
