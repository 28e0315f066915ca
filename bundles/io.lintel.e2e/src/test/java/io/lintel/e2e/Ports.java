// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Port offsets for nodes: below the ports that the operating system gives to clients, and free when they are asked for. Where
 * they begin differs from process to process, so that another build on this machine does not find the same ones free.
 */
final class Ports {
    private static final int FIRST = 13_000;
    private static final int LAST = 23_000;
    private static final int STEP = 10;
    private static final int[] BASES = {1883, 8883, 8083, 8084, 8080, 8443, 8181, 5683, 5684};
    private static final AtomicInteger NEXT = new AtomicInteger(FIRST + (int) (ProcessHandle.current().pid() % 500) * STEP);

    private Ports() {
    }

    /** An offset at which all ports of a node are free; never the same twice. */
    static int offset() throws IOException {
        for (int offset = NEXT.getAndAdd(STEP); offset < LAST; offset = NEXT.getAndAdd(STEP)) {
            if (isFree(offset)) {
                return offset;
            }
        }
        throw new IOException("no free range of ports");
    }

    private static boolean isFree(int offset) {
        for (int base : BASES) {
            try (ServerSocket probe = new ServerSocket(base + offset, 1, InetAddress.getLoopbackAddress())) {
                probe.setReuseAddress(true);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
