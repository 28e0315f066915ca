// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

/**
 * Limits of the engine, whichever database is below it.
 *
 * @param queueCapacity how many tasks may be on their way (waiting, in a batch, or being answered) before more are refused
 * @param cacheEntries  resources kept in memory, at most
 * @param cacheBytes    bytes they may take there, about
 * @param readers       connections for reading
 */
public record StoreSettings(int queueCapacity, int cacheEntries, long cacheBytes, int readers) {
    public StoreSettings {
        if (queueCapacity < 1 || cacheEntries < 0 || cacheBytes < 0 || readers < 1) {
            throw new IllegalArgumentException("queueCapacity and readers are at least 1, the cache's limits not negative");
        }
    }
}
