// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

/** The store could not do what it was asked; nothing of the task was kept. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
