// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

/** No room now: the write queue is full, or the disk is nearly so. Asking again later may succeed. */
public final class StoreFullException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreFullException(String message) {
        super(message, null);
    }
}
