// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

/**
 * Limits of the engine, whichever database is below it.
 *
 * @param queueCapacity how many tasks may be on their way (waiting, in a batch, or being answered) before more are refused
 * @param cacheEntries  resources kept in memory, at most
 * @param cacheBytes    bytes they may take there, about
 * @param readers       connections for reading
 * @param responses     stored responses that are kept, about; the oldest make room for new ones
 * @param responseBytes bytes these may have, about
 */
public record StoreSettings(int queueCapacity, int cacheEntries, long cacheBytes, int readers, long responses,
        long responseBytes) {
    /** What stored responses may take where nothing else is said: their number, and their bytes. */
    public static final long RESPONSES = 100_000;
    public static final long RESPONSE_BYTES = 64 << 20;

    public StoreSettings {
        if (queueCapacity < 1 || cacheEntries < 0 || cacheBytes < 0 || readers < 1 || responses < 1 || responseBytes < 1) {
            throw new IllegalArgumentException("queueCapacity, readers, responses and responseBytes are at least 1, the cache's "
                    + "limits not negative");
        }
    }

    /** With the usual limits for stored responses. */
    public StoreSettings(int queueCapacity, int cacheEntries, long cacheBytes, int readers) {
        this(queueCapacity, cacheEntries, cacheBytes, readers, RESPONSES, RESPONSE_BYTES);
    }
}
