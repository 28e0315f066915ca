// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

/**
 * A unit of change: all of it or nothing. Runs on the store's writer thread. If it throws, its changes are dropped and
 * its stage fails with what it threw; the other tasks of the batch are not touched.
 */
@FunctionalInterface
public interface WriteTask<T> {
    T run(ResourceWriter writer);
}
