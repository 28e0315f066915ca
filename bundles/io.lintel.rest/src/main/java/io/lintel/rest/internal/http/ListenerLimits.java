// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

/**
 * What a listener bears, HTTP or HTTPS.
 *
 * @param threads           at most
 * @param connections       at most; when more come, those that have been idle longest are closed
 * @param idleMillis        after which a silent connection is closed
 * @param receiveMillis     grace for a request's head and body to arrive, however slowly
 * @param bytesPerSecond    the least average after that
 * @param headerBytes       request line and headers together
 */
record ListenerLimits(int threads, int connections, int idleMillis, int receiveMillis, int bytesPerSecond, int headerBytes) {
    ListenerLimits {
        require(threads > 0, "threads", "at least 1");
        require(connections > 0, "maxConnections", "at least 1");
        require(idleMillis > 0, "idleTimeoutMillis", "at least 1");
        require(receiveMillis > 0, "receiveTimeoutMillis", "at least 1");
        require(bytesPerSecond >= 0, "minBytesPerSecond", "0 for no least, or more");
        require(headerBytes >= 1024, "maxHeaderBytes", "at least 1024");
    }

    /**
     * Whether a request, or its body, comes too slowly.
     *
     * @param millis since it began
     * @param bytes  that have come since then
     */
    boolean isTooSlow(long millis, long bytes) {
        return millis > receiveMillis
                && bytes * 1000 < (millis - receiveMillis) * bytesPerSecond + (bytesPerSecond == 0 ? 0 : 1);
    }

    private static void require(boolean holds, String setting, String is) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " is " + is);
        }
    }
}
